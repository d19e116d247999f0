import { z } from 'zod';
import type { Route } from '../shared/api/route.ts';
import { routes } from '../shared/api/routes.ts';
import { parseServiceArn } from '../shared/service-arn.ts';
import { functionArn, Installation } from '../test/installation/installation.ts';
import { TAGS } from '../test/scenarios/vocabulary.ts';
import type { Draw } from './seeded.ts';
import { spoilt } from './spoil.ts';

const answer = z.object({ statusCode: z.number().int().min(200).max(599), body: z.string() });
/** RFC 9457. */
const problem = z.object({ type: z.string(), title: z.string(), detail: z.string(), remedy: z.string().optional() });

/** What each route takes at its best. */
const BODIES: Readonly<Record<string, unknown>> = {
  attachService: {
    domains: ['hello.example.com'],
    vpc: 'vpc-0a1b2c3d',
    strategy: 'endpoint',
    zones: ['Z0123456789ABC'],
  },
  adoptDomains: { domains: ['hello.example.com'] },
};
const QUERIES = ['', '', 'limit=7&phase=ready', 'limit=1&cursor=eyJhZnRlciI6IngifQ', 'format=csv', 'name=hello'];

/**
 * Asks the API of an installation with one service so many requests, each with something hostile in it.
 * @throws Error that names a request which is not answered as the API describes
 */
export async function playHostileRequests(draw: Draw, count: number): Promise<void> {
  const world = await Installation.start({ probe: false });
  try {
    const serviceArn = await world.createService('hello', TAGS);
    await world.until(serviceArn, ['ready', 'ready-unverified']);
    const { account = '', region = '', name = '', id = '' } = parseServiceArn(serviceArn) ?? {};
    const all: readonly (readonly [string, Route])[] = Object.entries(routes);
    const fn = world.cloud.lambda.get(functionArn('api'));
    for (let asked = 0; asked < count; asked++) {
      const [operation, { method, path }] = all[draw(all.length)] ?? ['listServices', routes.listServices];
      const body = operation === 'plan' ? { serviceArn } : (BODIES[operation] ?? {});
      const event = {
        version: '2.0',
        rawPath: path
          .replace('{account}', account)
          .replace('{region}', region)
          .replace('{name}', name)
          .replace('/{id}', operation.endsWith('Sweep') ? '/20260101T000000Z-0123abcd' : `/${id}`),
        rawQueryString: QUERIES[draw(QUERIES.length)],
        headers: { 'content-type': 'application/json', host: 'api.example.com' },
        requestContext: {
          requestId: 'JKJaXmPLvHcESHA=',
          http: { method },
          authorizer: { iam: { userArn: `arn:aws:sts::${account}:assumed-role/operator/session` } },
        },
        ...(method === 'POST' ? { body: JSON.stringify(draw(2) === 0 ? spoilt(body, draw) : body) ?? '' } : {}),
        isBase64Encoded: draw(20) === 0,
      };
      const sent = draw(2) === 0 ? spoilt(event, draw) : event;
      const outcome = await world.cloud.lambda.invoke(fn, sent ?? null);
      const wrong = outcome.ok ? whatIsWrong(outcome.payload) : outcome.errorType;
      if (wrong === undefined || wrong === 'MalformedInputError') continue;
      throw new Error(`${JSON.stringify(sent)} is answered with ${wrong}: ${JSON.stringify(outcome)}`);
    }
  } finally {
    await world.stop();
  }
}

/** What of an answer is not as the API describes its answers. */
function whatIsWrong(payload: unknown): string | undefined {
  const { data } = answer.safeParse(payload);
  if (data === undefined) return 'no answer of an HTTP API';
  if (data.statusCode >= 500) return 'an error of the server';
  if (data.statusCode < 400) return undefined;
  return data.body === '' || problem.safeParse(JSON.parse(data.body)).success ? undefined : 'what is no problem';
}
