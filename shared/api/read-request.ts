import * as z from 'zod';
import { counted } from '../counted.ts';
import { type ProblemError, type ProblemName, RequestProblem } from './problems.ts';
import type { Route } from './route.ts';

/** Each parameter once, and no unknown one. @throws RequestProblem */
export function readQuery<Schema extends z.ZodObject>(schema: Schema, query: URLSearchParams): z.output<Schema> {
  const names = [...new Set(query.keys())];
  const twice = names
    .filter((name) => query.getAll(name).length > 1)
    .map((name) => ({ parameter: name, detail: 'is given more than once' }));
  // Without a prototype, a parameter named __proto__ is one like any other.
  const given = Object.assign(Object.create(null), Object.fromEntries(query));
  return validated(schema, given, 'query-invalid', (path) => ({ parameter: path.join('.') }), twice);
}

/** @throws RequestProblem */
export function readParams<Schema extends z.ZodObject>(schema: Schema, given: unknown): z.output<Schema> {
  return validated(schema, given, 'path-invalid', (path) => ({ parameter: path.join('.') }));
}

/** An optional body that is missing is read as `{}`. @throws RequestProblem */
export function readBody<Schema extends z.ZodType>(
  { schema, required, limit }: Route<z.ZodObject, z.ZodObject, Schema>['body'],
  body: Uint8Array,
  headers: Headers,
): z.output<Schema> {
  if (body.length > 0) refuseUnreadable(body, headers, limit);
  else if (required) throw new RequestProblem('body-missing', 'The body is empty.');
  const json = body.length === 0 ? {} : parsedJson(body);
  return validated(schema, json, 'body-invalid', (path) => ({ pointer: pointer(path) }));
}

function refuseUnreadable(body: Uint8Array, headers: Headers, limit: number): void {
  if (limit === 0) throw new RequestProblem('body-unexpected', `There is a body of ${counted(body.length, 'byte')}.`);
  refuseHeader(headers, 'Content-Type', /^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i, false);
  refuseHeader(headers, 'Content-Encoding', /^identity$/i, true);
  if (body.length > limit) {
    throw new RequestProblem('body-too-large', `The body has ${body.length} bytes, and ${limit} are taken at most.`);
  }
}

function refuseHeader(headers: Headers, header: string, pattern: RegExp, isOptional: boolean): void {
  const value = headers.get(header);
  if (value === null ? isOptional : pattern.test(value)) return;
  const detail = value === null ? `There is no ${header}.` : `The ${header} is "${shortened(value)}".`;
  throw new RequestProblem('content-type-unsupported', detail, { errors: [{ header, detail }] });
}

function parsedJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (error) {
    const why = error instanceof SyntaxError ? error.message : 'it is not UTF-8';
    throw new RequestProblem('body-not-json', `The body cannot be read: ${why}.`, { cause: error });
  }
}

/** @param found what is wrong besides. */
function validated<Schema extends z.ZodType>(
  schema: Schema,
  given: unknown,
  problem: ProblemName,
  place: (path: readonly PropertyKey[]) => Omit<ProblemError, 'detail'>,
  found: readonly ProblemError[] = [],
): z.output<Schema> {
  const parsed = schema.safeParse(given);
  if (parsed.success && found.length === 0) return parsed.data;
  const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  const kind = problem === 'body-invalid' ? 'members' : 'parameters';
  const unknown = `is not known here; there are ${known.length === 0 ? `no ${kind}` : known.join(', ')}`;
  const issues = (parsed.error?.issues ?? []).flatMap((issue): ProblemError[] =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ ...place([...issue.path, key]), detail: unknown }))
      : [{ ...place(issue.path), detail: issue.message }],
  );
  const errors = [...found, ...issues];
  // All errors in one sentence, for those who read only the detail.
  const detail = errors.map((error) => `${shortened(error.parameter ?? error.pointer ?? '')}: ${error.detail}`);
  throw new RequestProblem(problem, detail.join('; '), { errors });
}

/** RFC 6901, as a URI fragment, in which half a character has no place. */
function pointer(path: readonly PropertyKey[]): string {
  const parts = path.map((part) =>
    encodeURIComponent(String(part).toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1')),
  );
  return ['#', ...parts].join('/');
}

const shortened = (text: string): string => (text.length > 100 ? `${text.slice(0, 100)}…` : text);
