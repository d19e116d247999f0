import * as z from 'zod';
import type { HttpRequest } from './http.ts';
import { type ProblemError, RequestProblem } from './problems.ts';
import type { Route } from './route.ts';

/**
 * A request's query, each parameter once.
 * @throws RequestProblem
 */
export function readQuery<Schema extends z.ZodObject>(schema: Schema, query: string): z.output<Schema> {
  const given = new URLSearchParams(query);
  const known = Object.keys(schema.shape);
  const errors: ProblemError[] = [...new Set(given.keys())].flatMap((name) => {
    if (!known.includes(name))
      return [{ parameter: name, detail: `is not known here; ${listed(known, 'parameters')}` }];
    return given.getAll(name).length > 1 ? [{ parameter: name, detail: 'is given more than once' }] : [];
  });
  const parsed = schema.safeParse(Object.fromEntries([...given].filter(([name]) => known.includes(name))));
  errors.push(...parameterErrors(parsed.error));
  if (errors.length > 0 || !parsed.success) throw new RequestProblem('query-invalid', said(errors), { errors });
  return parsed.data;
}

/**
 * The parameters of a path.
 * @throws RequestProblem
 */
export function readParams<Schema extends z.ZodObject>(
  schema: Schema,
  given: Readonly<Record<string, string>>,
): z.output<Schema> {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const errors = parameterErrors(parsed.error);
  throw new RequestProblem('path-invalid', said(errors), { errors });
}

/**
 * A request's body. None is read as `{}` where the route can do without.
 * @throws RequestProblem
 */
export function readBody<Schema extends z.ZodType>(
  { schema, required, limit }: Route<z.ZodObject, z.ZodObject, Schema>['body'],
  { body, headers }: HttpRequest,
): z.output<Schema> {
  if (body.length === 0) {
    if (required) throw new RequestProblem('body-missing', 'The body is empty.');
    return validated(schema, {});
  }
  if (limit === 0) throw new RequestProblem('body-unexpected', `There is a body of ${body.length} bytes.`);
  const type = headers['content-type'];
  if (type === undefined || !/^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i.test(type)) {
    const detail = type === undefined ? 'There is no Content-Type.' : `The Content-Type is "${shortened(type)}".`;
    throw new RequestProblem('content-type-unsupported', detail, { errors: [{ header: 'Content-Type', detail }] });
  }
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    const detail = `The Content-Encoding is "${shortened(encoding)}".`;
    throw new RequestProblem('content-type-unsupported', detail, { errors: [{ header: 'Content-Encoding', detail }] });
  }
  if (body.length > limit) {
    throw new RequestProblem('body-too-large', `The body has ${body.length} bytes, and ${limit} are taken at most.`);
  }
  return validated(schema, parsedJson(body));
}

function parsedJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (error) {
    const why = error instanceof SyntaxError ? error.message : 'it is not UTF-8';
    throw new RequestProblem('body-not-json', `The body cannot be read: ${why}.`, { cause: error });
  }
}

function validated<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  const errors = parsed.error.issues.flatMap((issue): ProblemError[] =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({
          pointer: pointer([...issue.path, key]),
          detail: `is not known here; ${listed(known, 'members')}`,
        }))
      : [{ pointer: pointer(issue.path), detail: issue.message }],
  );
  throw new RequestProblem('body-invalid', said(errors), { errors });
}

function parameterErrors(error: z.ZodError | undefined): readonly ProblemError[] {
  return (error?.issues ?? []).map(({ path, message }) => ({ parameter: path.join('.'), detail: message }));
}

/** RFC 6901, as a URI fragment. */
function pointer(path: readonly PropertyKey[]): string {
  const dependencies = path.map((part) => encodeURIComponent(String(part).replaceAll('~', '~0').replaceAll('/', '~1')));
  return ['#', ...dependencies].join('/');
}

/** All errors in one sentence, for those who read no further. */
function said(errors: readonly ProblemError[]): string {
  return errors.map((error) => `${shortened(error.parameter ?? error.pointer ?? '')}: ${error.detail}`).join('; ');
}

const listed = (names: readonly string[], kind: string): string =>
  names.length === 0 ? `there are no ${kind}` : `there are ${names.join(', ')}`;

const shortened = (text: string): string => (text.length > 100 ? `${text.slice(0, 100)}…` : text);
