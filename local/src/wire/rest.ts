import { NormalizedSchema } from '@smithy/core/schema';
import { queryValue, type WireRequest } from './message.ts';
import { type Asked, nameOf } from './protocol.ts';
import type { OperationDefinition, ServiceDefinition } from './service.ts';
import { fromText } from './text.ts';
import { path, type Refusals, requiredMembers } from './validation.ts';

/** The `http` trait of an operation, taken apart. */
interface Route {
  readonly method: string;
  readonly segments: readonly string[];
  /** Query parameters that are part of the route: `?lifecycle`. */
  readonly query: ReadonlyMap<string, string>;
  readonly status: number;
  readonly operation: OperationDefinition;
}

type Labels = Readonly<Record<string, string>>;

const segmentsOf = (uri: string): readonly string[] => uri.split('/').filter((segment) => segment !== '');

function routeOf(operation: OperationDefinition): Route {
  const traits = operation.schema[3];
  const http = typeof traits === 'object' ? traits.http : undefined;
  if (http === undefined) throw new Error(`${nameOf(operation)} has no http trait, so no REST protocol can carry it`);
  const [method, uri, status] = http;
  const [pathname = '', query = ''] = uri.split('?');
  return { method, segments: segmentsOf(pathname), query: new Map(new URLSearchParams(query)), status, operation };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** The labels of the path, or `undefined` when it is not this route's. `{Name+}` takes all that is left. */
function labelsOf(route: Route, request: WireRequest): Labels | undefined {
  if (route.method !== request.method.toUpperCase()) return undefined;
  for (const [name, value] of route.query) if (queryValue(request, name) !== value) return undefined;
  const segments = segmentsOf(request.path);
  const labels: Record<string, string> = {};
  for (const [index, pattern] of route.segments.entries()) {
    const segment = segments[index];
    if (segment === undefined) return undefined;
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
  return segments.length === route.segments.length ? labels : undefined;
}

const literals = (route: Route): number => route.segments.filter((segment) => !segment.startsWith('{')).length;

/** The HTTP bindings of a REST service: routes, labels, query, headers, payload, status. */
export class Bindings {
  readonly #routes: readonly Route[];
  readonly #byOperation: ReadonlyMap<OperationDefinition, Route>;
  readonly #refuse: Refusals;

  constructor(service: ServiceDefinition, refuse: Refusals) {
    const routes = service.operations.map(routeOf);
    this.#byOperation = new Map(routes.map((route) => [route.operation, route]));
    // Of two routes that fit, the one that says more of the path is meant.
    this.#routes = routes.sort((a, b) => literals(b) - literals(a) || b.query.size - a.query.size);
    this.#refuse = refuse;
  }

  asked(request: WireRequest): Asked {
    const route = this.#routes.find((candidate) => labelsOf(candidate, request) !== undefined);
    if (route !== undefined) return { name: nameOf(route.operation), operation: route.operation };
    return { name: `${request.method.toUpperCase()} ${request.path}`, operation: undefined };
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
    const route = this.#byOperation.get(operation);
    const labels = (route && labelsOf(route, request)) ?? {};
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
