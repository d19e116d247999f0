import type { z } from 'zod';
import { problemOf } from './failure.ts';
import type { HttpAnswer, HttpRequest } from './http.ts';
import { type Problem, problemDefinitions, problemType, RequestProblem } from './problems.ts';
import { readBody, readParams, readQuery } from './read-request.ts';
import type { Route } from './route.ts';
import type { RouteName } from './routes.ts';

/** What a route's handler is given: all of it has been checked. */
export interface Input<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** ARN of whoever signed the request. */
  readonly caller: string;
}

/** A route with what answers it. */
export interface Endpoint {
  readonly route: Route;
  answer(request: HttpRequest, caller: string, params: Readonly<Record<string, string>>): Promise<HttpAnswer>;
}

/** Checks a request, has it handled, and makes the answer. */
export function endpoint<
  Params extends z.ZodObject,
  Query extends z.ZodObject,
  Body extends z.ZodType,
  Answer extends z.ZodType,
>(
  route: Route<Params, Query, Body, Answer>,
  handle: (input: Input<z.output<Params>, z.output<Query>, z.output<Body>>) => Promise<z.input<Answer>>,
): Endpoint {
  return {
    route,
    async answer(request, caller, given) {
      const params = readParams(route.params, given);
      const query = readQuery(route.query, request.query);
      const body = readBody(route.body, request);
      const said: unknown = await handle({ params, query, body, caller });
      const location = route.answer.location === true ? watchOf(said) : {};
      return { status: route.answer.status, headers: { ...JSON_HEADERS, ...location }, body: JSON.stringify(said) };
    },
  };
}

/** Every answer is about this moment and this caller. */
const COMMON = { 'cache-control': 'no-store' } as const;
const JSON_HEADERS = { ...COMMON, 'content-type': 'application/json' } as const;

function watchOf(answer: unknown): { readonly location?: string } {
  const watch = typeof answer === 'object' && answer !== null && 'watch' in answer ? answer.watch : undefined;
  return typeof watch === 'string' ? { location: watch } : {};
}

export type Endpoints = Readonly<Record<RouteName, Endpoint>>;

/**
 * The one way in: finds the route, and turns whatever goes wrong into a problem (RFC 9457). It never throws.
 * @param report told of what is our mistake or AWS's, not the caller's.
 */
export function router(
  endpoints: Endpoints,
  report: (problem: Problem, cause: unknown) => void,
): (request: HttpRequest) => Promise<HttpAnswer> {
  return async (request) => {
    try {
      return withoutBodyOfHead(request, await answer(request, Object.values(endpoints)));
    } catch (error) {
      const found = problemOf(error);
      const body = problemBody(found, request.id);
      if (body.status >= 500) report(body, found.cause ?? error);
      const headers = { ...COMMON, 'content-type': 'application/problem+json', ...found.headers };
      return withoutBodyOfHead(request, { status: body.status, headers, body: JSON.stringify(body) });
    }
  };
}

async function answer(request: HttpRequest, endpoints: readonly Endpoint[]): Promise<HttpAnswer> {
  const { method, path, caller } = request;
  if (caller === undefined) throw new RequestProblem('caller-unknown', 'The request carries no IAM identity.');
  const here = endpoints.flatMap((one) => {
    const params = matched(one.route.path, path);
    return params === undefined ? [] : [{ one, params }];
  });
  if (here.length === 0) throw new RequestProblem('route-unknown', `Nothing is at ${shown(path)}.`);
  const methods = here.flatMap(({ one }) => (one.route.method === 'GET' ? ['GET', 'HEAD'] : [one.route.method]));
  const allow = [...methods, 'OPTIONS'].join(', ');
  if (method === 'OPTIONS') return { status: 204, headers: { ...COMMON, allow }, body: '' };
  const wanted = method === 'HEAD' ? 'GET' : method;
  const found = here.find(({ one }) => one.route.method === wanted);
  if (found === undefined) {
    const detail = `${shown(method)} is not one of ${allow}, which ${shown(path)} takes.`;
    throw new RequestProblem('method-not-allowed', detail, { headers: { allow } });
  }
  return found.one.answer(request, caller, found.params);
}

/** The parameters of a path that fits the pattern, or `undefined`. */
function matched(pattern: string, path: string): Readonly<Record<string, string>> | undefined {
  const [wanted, given] = [pattern.split('/'), path.split('/')];
  if (wanted.length !== given.length) return undefined;
  const params: [string, string][] = [];
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? '';
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (name === undefined ? value !== part : value === '') return undefined;
    if (name !== undefined) params.push([name, value]);
  }
  return Object.fromEntries(params);
}

function problemBody({ problem, message, remedy, errors }: RequestProblem, requestId: string): Problem {
  const { status, title } = problemDefinitions[problem];
  return {
    type: problemType(problem),
    title,
    status,
    detail: message,
    instance: `urn:request:${requestId}`,
    remedy,
    ...(errors.length === 0 ? {} : { errors }),
  };
}

function withoutBodyOfHead({ method }: HttpRequest, answered: HttpAnswer): HttpAnswer {
  return method === 'HEAD' ? { ...answered, body: '' } : answered;
}

const shown = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)}…` : text);
