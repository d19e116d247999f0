import type { Context } from 'hono';
import { HonoBase } from 'hono/hono-base';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { TrieRouter } from 'hono/router/trie-router';
import type * as z from 'zod';
import { adopt, attach, detach, reconcileNow, release } from './change.ts';
import type { ApiDependencies } from './dependencies.ts';
import { problemOf } from './failure.ts';
import { listFindings, listServices } from './list.ts';
import { planFor } from './plan.ts';
import { type Problem, problemDefinitions, problemType, RequestProblem } from './problems.ts';
import { readBody, readParams, readQuery } from './read-request.ts';
import { locateReport } from './report.ts';
import type { Input, Route } from './route.ts';
import { routes } from './routes.ts';
import { explainKnown, serviceAt } from './service.ts';
import { askForSweep, confirmHeldSweep, listSweeps, showSweep } from './sweeps.ts';

/** What a `Request` cannot carry. */
export interface ApiBindings {
  /** Decoded. A `Request` would resolve a `..` in it. */
  readonly path: string;
  /** A `Request` has none with GET. */
  readonly body: Uint8Array;
  /** ARN of the IAM identity that signed the request. */
  readonly caller: string | undefined;
  /** The logs use it too. */
  readonly requestId: string;
}

type Env = { readonly Bindings: ApiBindings };

/**
 * The HTTP API: routes, and a problem (RFC 9457) for everything that fails.
 * @param report receives the failures that are not the caller's mistake.
 */
export function createApp(
  dependencies: ApiDependencies,
  report: (problem: Problem, cause: unknown, request: ApiBindings) => void,
): HonoBase<Env> {
  const app = new HonoBase<Env>({ router: new TrieRouter(), getPath: (_, options) => options?.env?.path ?? '/' });

  app.onError((error, context) => {
    const found = problemOf(error);
    const body = problemBody(found, context.env.requestId);
    if (body.status >= 500) report(body, found.cause ?? error, context.env);
    return problemResponse(body, found.headers, context);
  });
  app.notFound((context) => {
    const found = new RequestProblem('route-unknown', `Nothing is at ${shown(context.req.path)}.`);
    return problemResponse(problemBody(found, context.env.requestId), {}, context);
  });
  app.use(async (context, next) => {
    // Every answer is about this moment and this caller.
    context.header('cache-control', 'no-store');
    if (context.env.caller === undefined) {
      throw new RequestProblem('caller-unknown', 'The request carries no IAM identity.');
    }
    await next();
  });
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed(context, methods) {
        const { method, path } = context.req;
        const allow = [...methods, 'OPTIONS'].join(', ');
        if (method === 'OPTIONS') return context.body(null, 204, { allow });
        const detail = `${shown(method)} is not one of ${allow}, the methods of ${shown(path)}.`;
        throw new RequestProblem('method-not-allowed', detail, { headers: { allow } });
      },
    }),
  );

  function on<Params extends z.ZodObject, Query extends z.ZodObject, Body extends z.ZodType, Answer extends z.ZodType>(
    route: Route<Params, Query, Body, Answer>,
    handle: (input: Input<z.output<Params>, z.output<Query>, z.output<Body>>) => Promise<z.input<Answer>>,
  ): void {
    app.on(route.method, route.path.replaceAll(/\{(\w+)\}/g, ':$1'), async ({ req, env, body }) => {
      const answer: unknown = await handle({
        params: readParams(route.params, req.param()),
        query: readQuery(route.query, new URL(req.url).searchParams),
        body: readBody(route.body, env.body, req.raw.headers),
        caller: env.caller ?? '',
        requestId: env.requestId,
      });
      const location = locationOf(answer, route.answer.location);
      return body(JSON.stringify(answer), route.answer.status, { 'content-type': 'application/json', ...location });
    });
  }

  on(routes.listServices, (input) => listServices(input, dependencies));
  on(routes.explainService, ({ params }) => explainKnown(serviceAt(params), dependencies));
  on(routes.attachService, (input) => attach(input, dependencies));
  on(routes.detachService, (input) => detach(input, dependencies));
  on(routes.releaseService, (input) => release(input, dependencies));
  on(routes.adoptDomains, (input) => adopt(input, dependencies));
  on(routes.reconcileService, (input) => reconcileNow(input, dependencies));
  on(routes.plan, (input) => planFor(input, dependencies));
  on(routes.listFindings, (input) => listFindings(input, dependencies));
  on(routes.beginSweep, (input) => askForSweep(input, dependencies));
  on(routes.listSweeps, (input) => listSweeps(input, dependencies));
  on(routes.showSweep, (input) => showSweep(input, dependencies));
  on(routes.confirmSweep, (input) => confirmHeldSweep(input, dependencies));
  on(routes.report, (input) => locateReport(input, dependencies));
  on(routes.policy, async () => withoutExternalIds(dependencies.inForce));
  return app;
}

/** An external id is for the role's caller only. */
function withoutExternalIds({ from, policy }: ApiDependencies['inForce']) {
  return { from, policy: { ...policy, zones: policy.zones.map(({ externalId: _, ...zone }) => zone) } };
}

function locationOf(answer: unknown, member: Route['answer']['location']): { readonly location?: string } {
  const found = member === undefined ? undefined : new Map(Object.entries(Object(answer))).get(member);
  return typeof found === 'string' ? { location: found } : {};
}

function problemBody({ problem, message, remedy, errors }: RequestProblem, requestId: string) {
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

function problemResponse(
  problem: ReturnType<typeof problemBody>,
  headers: Readonly<Record<string, string>>,
  context: Context<Env>,
): Response {
  const type = { 'content-type': 'application/problem+json' };
  return context.body(JSON.stringify(problem), problem.status, { ...type, ...headers });
}

const shown = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)}…` : text);
