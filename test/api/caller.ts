import { ACCOUNT } from 'apprunner-embedded-cloud';
import { type Credentials, signed, textOf } from 'apprunner-embedded-cloud/test/apigateway/cloud';
import { expect } from 'vitest';
import type { z } from 'zod';
import { type Problem, problem } from '../../shared/api/problems.ts';
import type { Route } from '../../shared/api/route.ts';
import { parseServiceArn } from '../../shared/service-arn.ts';
import type { Installation } from '../installation/installation.ts';

export interface Said {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

export interface ApiCall {
  readonly method?: string;
  readonly target: string;
  /** Sent as JSON, unless it is text already. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly credentials?: Credentials;
}

const ROOT: Credentials = { accessKeyId: ACCOUNT, secretAccessKey: 'any' };

/** Asks the API of an installation, through API Gateway, with a request signed by the SDK's own signer. */
export async function ask(world: Installation, { method, target, body, headers, credentials }: ApiCall): Promise<Said> {
  const text = body === undefined || typeof body === 'string' ? (body ?? '') : JSON.stringify(body);
  const given = { method: method ?? (body === undefined ? 'GET' : 'POST'), target, body: text };
  const type = text === '' ? {} : { 'content-type': 'application/json' };
  const about = { credentials: credentials ?? ROOT, at: world.clock.now() };
  const sent = await signed({ ...given, headers: { ...type, ...headers } }, about);
  const answering = world.cloud.httpApis.handle(world.stack.outputs.HttpApiId ?? '', {
    ...given,
    headers: sent,
    body: new TextEncoder().encode(text),
  });
  const answer = await whileWaiting(world, answering);
  return { status: answer.status, headers: answer.headers, text: textOf(answer) };
}

export function problemIn({ headers, text }: Said): Problem {
  if (headers['content-type'] !== 'application/problem+json') throw new Error(`not a problem: ${text}`);
  return problem.strict().parse(JSON.parse(text));
}

/** Turns of the event loop within which a call that waits for nothing but computing has long ended. */
const TURNS = 1000;

/** Time stands still while a function computes, and goes on when it waits for it, as a long poll of a queue does. */
async function whileWaiting<Answer>({ clock }: Installation, answering: Promise<Answer>): Promise<Answer> {
  let done = false;
  const ended = answering.finally(() => {
    done = true;
  });
  ended.catch(() => {});
  while (!done) {
    for (let turn = 0; turn < TURNS && !done; turn++) await new Promise(setImmediate);
    if (!done) await clock.advance(1000);
  }
  return ended;
}

/** The answer of a route, checked against its schema: it has nothing that the OpenAPI document lacks. */
export async function answerOf<Answer extends z.ZodObject>(
  route: Route<z.ZodObject, z.ZodObject, z.ZodType, Answer>,
  world: Installation,
  question: Omit<ApiCall, 'method'>,
): Promise<z.output<Answer>> {
  const said = await ask(world, { ...question, method: route.method });
  if (said.status !== route.answer.status) throw new Error(`${said.status}: ${said.text}`);
  const raw: unknown = JSON.parse(said.text);
  const answer = route.answer.schema.parse(raw);
  // Parsing leaves out what the schema does not know.
  expect(answer).toEqual(raw);
  return answer;
}

/** Path of a service in the API. */
export function pathOf(serviceArn: string): string {
  const { account, region, name, id } = parsedArn(serviceArn);
  return `/services/${account}/${region}/${name}/${id}`;
}

function parsedArn(serviceArn: string) {
  const service = parseServiceArn(serviceArn);
  if (service === undefined) throw new Error(`${serviceArn} is not the ARN of a service`);
  return service;
}
