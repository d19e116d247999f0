import { NormalizedSchema } from '@smithy/core/schema';
import type { StaticOperationSchema } from '@smithy/types';
import { queryValue, type WireRequest } from './message.ts';
import type { RequestedOperation } from './protocol.ts';
import type { OperationDefinition, ServiceDefinition } from './service.ts';
import { fromText } from './text.ts';
import { path, type Refusals, requiredMembers } from './validation.ts';

/** The `http` trait of an operation, taken apart. */
interface HttpBinding {
  readonly name: string;
  readonly method: string;
  readonly segments: readonly string[];
  /** Query parameters that are part of the binding: `?lifecycle`, `?list-type=2`. */
  readonly query: ReadonlyMap<string, string>;
  /** Query parameters and headers that the input requires. */
  readonly requiredQuery: readonly string[];
  readonly requiredHeaders: readonly string[];
  readonly status: number;
  /** `undefined` when the embedded service does not serve it. */
  readonly operation: OperationDefinition | undefined;
}

type Labels = Readonly<Record<string, string>>;

/** S3's clients may repeat the operation's name in the query; other clients leave it out. */
const OPERATION_NAME = 'x-id';

const segmentsOf = (path: string): readonly string[] => path.split('/').slice(1);

/** An empty last segment is a slash at the end, which only a greedy label keeps. */
const withoutTrailingSlash = (segments: readonly string[]): readonly string[] =>
  segments.at(-1) === '' ? segments.slice(0, -1) : segments;

function bindingOf(schema: StaticOperationSchema, operation: OperationDefinition | undefined): HttpBinding {
  const [, , name, traits, input] = schema;
  const http = typeof traits === 'object' ? traits.http : undefined;
  if (http === undefined) throw new Error(`${name} has no http trait, so no REST protocol can carry it`);
  const [method, uri, status] = http;
  const [pathname = '', query = ''] = uri.split('?');
  const ns = NormalizedSchema.of(input);
  const required = requiredMembers(ns).map((member) => ns.getMemberSchema(member).getMergedTraits());
  return {
    name,
    method,
    segments: withoutTrailingSlash(segmentsOf(pathname)),
    query: new Map(new URLSearchParams(query)),
    requiredQuery: required.flatMap(({ httpQuery }) => httpQuery ?? []),
    requiredHeaders: required.flatMap(({ httpHeader }) => httpHeader?.toLowerCase() ?? []),
    status,
    operation,
  };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function matchesQuery({ query }: HttpBinding, request: WireRequest): boolean {
  for (const [name, expected] of query) {
    const value = queryValue(request, name);
    if (value === undefined ? name !== OPERATION_NAME : expected !== '' && value !== expected) return false;
  }
  return true;
}

/** The labels of the path, or `undefined` when the request does not match. `{Name+}` takes the rest of the path. */
function labelsOf(binding: HttpBinding, request: WireRequest): Labels | undefined {
  if (binding.method !== request.method.toUpperCase() || !matchesQuery(binding, request)) return undefined;
  const segments = segmentsOf(request.path);
  const labels: Record<string, string> = {};
  for (const [index, pattern] of binding.segments.entries()) {
    const segment = segments[index];
    if (segment === undefined || (segment === '' && index === segments.length - 1)) return undefined;
    const [, name, greedy] = /^\{([^}+]+)(\+?)\}$/.exec(pattern) ?? [];
    if (name === undefined) {
      if (pattern !== segment) return undefined;
    } else if (greedy === '+') {
      labels[name] = segments.slice(index).map(decoded).join('/');
      return labels;
    } else {
      labels[name] = decoded(segment);
    }
  }
  return withoutTrailingSlash(segments).length === binding.segments.length ? labels : undefined;
}

/**
 * How much of a request a binding accounts for, most significant first. `PUT /bucket/key?partNumber=1&uploadId=x` fits
 * PutObject and UploadPart: UploadPart accounts for the two parameters that it requires.
 */
function specificity(binding: HttpBinding, request: WireRequest): readonly number[] {
  const namesItself = queryValue(request, OPERATION_NAME) === binding.name;
  const required = [
    ...binding.requiredQuery.map((name) => queryValue(request, name)),
    ...binding.requiredHeaders.map((name) => request.headers[name]),
  ];
  const complete = required.every((value) => value !== undefined);
  return [
    binding.segments.filter((segment) => !segment.startsWith('{')).length,
    [...binding.query.keys()].filter((name) => name !== OPERATION_NAME).length,
    Number(namesItself),
    Number(complete),
    required.length,
  ];
}

function compare(a: readonly number[], b: readonly number[]): number {
  const index = a.findIndex((value, position) => value !== b[position]);
  return index === -1 ? 0 : (a[index] ?? 0) - (b[index] ?? 0);
}

/** The HTTP bindings of a REST service: routes, labels, query, headers, payload, status. */
export class Bindings {
  readonly #bindings: readonly HttpBinding[];
  readonly #byOperation: ReadonlyMap<OperationDefinition, HttpBinding>;
  readonly #refuse: Refusals;
  readonly #apiIsKnown: boolean;

  constructor(service: ServiceDefinition, refuse: Refusals) {
    const served = service.operations.map((operation) => bindingOf(operation.schema, operation));
    const names = new Set(served.map(({ name }) => name));
    const others = (service.api ?? []).filter((schema) => !names.has(schema[2]));
    this.#bindings = [...served, ...others.map((schema) => bindingOf(schema, undefined))];
    this.#byOperation = new Map(
      served.flatMap((binding) => (binding.operation === undefined ? [] : [[binding.operation, binding]])),
    );
    this.#refuse = refuse;
    this.#apiIsKnown = service.api !== undefined;
  }

  requested(request: WireRequest): RequestedOperation {
    const [best] = this.#bindings
      .filter((binding) => labelsOf(binding, request) !== undefined)
      .map((binding) => ({ binding, rank: specificity(binding, request) }))
      .sort((a, b) => compare(b.rank, a.rank));
    if (best !== undefined) return { name: best.binding.name, operation: best.binding.operation, exists: true };
    return { name: `${request.method.toUpperCase()} ${request.path}`, operation: undefined, exists: !this.#apiIsKnown };
  }

  /**
   * The input, member by member from where it is bound. What is bound to the body is read by `body`,
   * which answers `undefined` for what is not there; the payload by `payload`.
   */
  decode(
    operation: OperationDefinition,
    request: WireRequest,
    body: {
      member(name: string, member: NormalizedSchema, missing: string[]): unknown;
      payload(member: NormalizedSchema, missing: string[]): unknown;
    },
  ): object {
    const binding = this.#byOperation.get(operation);
    const labels = (binding && labelsOf(binding, request)) ?? {};
    const ns = NormalizedSchema.of(operation.schema[4]);
    const input: Record<string, unknown> = {};
    if (ns.isUnitSchema()) return input;
    const missing: string[] = [];
    for (const [name, member] of ns.structIterator()) {
      const traits = member.getMergedTraits();
      const at = path.member('', name);
      let value: unknown;
      if (traits.httpLabel) value = this.#text(member, labels[name], at);
      else if (traits.httpQuery !== undefined) value = this.#query(member, request.query[traits.httpQuery], at);
      else if (traits.httpQueryParams) value = { ...request.query };
      else if (traits.httpHeader !== undefined)
        value = this.#header(member, request.headers[traits.httpHeader.toLowerCase()], at);
      else if (traits.httpPrefixHeaders !== undefined) value = withPrefix(request.headers, traits.httpPrefixHeaders);
      else if (traits.httpPayload) value = body.payload(member, missing);
      else value = body.member(name, member, missing);
      if (value !== undefined) input[name] = value;
    }
    for (const name of requiredMembers(ns)) if (input[name] === undefined) missing.push(path.member('', name));
    if (missing.length > 0) throw this.#refuse.missing(missing);
    return input;
  }

  /** Status and headers of an answer, and the members that are left for its body. */
  encode(
    operation: OperationDefinition,
    output: Readonly<Record<string, unknown>>,
  ): {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly payload: { readonly member: NormalizedSchema; readonly value: unknown } | undefined;
    readonly body: Readonly<Record<string, NormalizedSchema>>;
  } {
    const ns = NormalizedSchema.of(operation.schema[5]);
    const headers: Record<string, string> = {};
    const body: Record<string, NormalizedSchema> = {};
    let status = this.#byOperation.get(operation)?.status ?? 200;
    let payload: { member: NormalizedSchema; value: unknown } | undefined;
    for (const [name, member] of ns.isUnitSchema() ? [] : ns.structIterator()) {
      const value = output[name];
      const { httpHeader, httpPrefixHeaders, httpPayload, httpResponseCode } = member.getMergedTraits();
      if (httpResponseCode) status = typeof value === 'number' ? value : status;
      else if (httpPayload) payload = { member, value };
      else if (httpHeader === undefined && httpPrefixHeaders === undefined) body[name] = member;
      else if (value === undefined || value === null) continue;
      else if (httpHeader !== undefined) headers[httpHeader.toLowerCase()] = headerText(value);
      else
        for (const [key, text] of Object.entries(value))
          headers[`${httpPrefixHeaders}${key}`.toLowerCase()] = String(text);
    }
    // RFC 9110, 15.3.7: what has a Content-Range is a part.
    if (headers['content-range'] !== undefined) status = 206;
    return { status, headers, payload, body };
  }

  #text(member: NormalizedSchema, text: string | undefined, at: string): unknown {
    return text === undefined
      ? undefined
      : fromText(member, text, (expected) => this.#refuse.wrongType(at, expected, 'string'));
  }

  #query(member: NormalizedSchema, value: string | readonly string[] | undefined, at: string): unknown {
    if (value === undefined) return undefined;
    const texts = typeof value === 'string' ? [value] : value;
    if (!member.isListSchema()) return this.#text(member, texts[0], at);
    return texts.map((text, index) => this.#text(member.getValueSchema(), text, path.item(at, index)));
  }

  #header(member: NormalizedSchema, value: string | undefined, at: string): unknown {
    if (value === undefined || !member.isListSchema()) return this.#text(member, value, at);
    const texts = value.split(',').map((text) => text.trim());
    return texts.map((text, index) => this.#text(member.getValueSchema(), text, path.item(at, index)));
  }
}

const withPrefix = (headers: Readonly<Record<string, string>>, prefix: string): object =>
  Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => name.startsWith(prefix.toLowerCase()))
      .map(([name, value]) => [name.slice(prefix.length), value]),
  );

function headerText(value: unknown): string {
  if (value instanceof Date) return value.toUTCString();
  return Array.isArray(value) ? value.map(headerText).join(', ') : String(value);
}
