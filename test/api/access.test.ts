import {
  AppRunnerClient,
  ListTagsForResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-apprunner';
import { ACCOUNT } from 'apprunner-embedded-cloud';
import type { Credentials } from 'apprunner-embedded-cloud/test/apigateway/cloud';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Route } from '../../shared/api/route.ts';
import { routes } from '../../shared/api/routes.ts';
import { functionArn, Installation } from '../installation/installation.ts';
import { answerOf, ask, pathOf, type Said } from './caller.ts';

let world: Installation;
let arn: string;
let sweep: string;

beforeAll(async () => {
  world = await Installation.start();
  arn = await world.createService('hello');
  await world.sweep();
  sweep = (await answerOf(routes.listSweeps, world, { target: '/sweeps' })).sweeps[0]?.id ?? '';
});
afterAll(() => world.stop());

/** Credentials of a role that has these managed policies of the stack. */
function caller(name: string, ...policies: readonly ('ApiReadPolicyArn' | 'ApiChangePolicyArn')[]): Credentials {
  const role = world.cloud.iam.createRole(ACCOUNT, {
    RoleName: name,
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Principal: { AWS: ACCOUNT }, Action: 'sts:AssumeRole' },
    },
    ManagedPolicyArns: policies.map((policy) => world.stack.outputs[policy] ?? ''),
  });
  return world.cloud.iam.issueRoleCredentials(role.arn, 'operator');
}

async function tags() {
  return (await world.appRunner.send(new ListTagsForResourceCommand({ ResourceArn: arn }))).Tags;
}

const all = Object.values<Route>(routes);

function call({ method, path, body }: Route, credentials: Credentials): Promise<Said> {
  const target = path.replace(/^\/services\/.*\{id\}/, pathOf(arn)).replace('{id}', sweep);
  return ask(world, { method, target, credentials, ...(body.limit > 0 ? { body: {} } : {}) });
}

const isForbidden = ({ status, text }: Said) => status === 403 && text === '{"message":"Forbidden"}';

describe('a request', () => {
  test('by a role without a policy is refused on every route, and changes nothing', async () => {
    const before = await tags();
    const stranger = caller('stranger');
    for (const route of all) expect(isForbidden(await call(route, stranger)), route.path).toBe(true);
    expect(await tags()).toEqual(before);
    expect(await world.row(arn)).toBeUndefined();
  });

  test('that is not signed is refused', async () => {
    const answer = await world.cloud.httpApis.handle(world.stack.outputs.HttpApiId ?? '', {
      method: 'GET',
      target: '/services',
      headers: { host: 'api.example.com' },
      body: new Uint8Array(),
    });
    expect(answer.status).toBe(403);
  });

  test('by a reader reads everything and changes nothing', async () => {
    const reader = caller('api-reader', 'ApiReadPolicyArn');
    for (const route of all) {
      const said = await call(route, reader);
      expect(isForbidden(said), `${route.method} ${route.path}`).toBe(route.access === 'change');
      if (route.method === 'GET') expect(said.status).toBe(route.answer.status);
    }
    expect(await tags()).toEqual([]);
    expect((await ask(world, { target: '/nowhere', credentials: reader })).status).toBe(404);
  });

  test('by a caller who may change is recorded with the ARN of the caller', async () => {
    const changer = caller('api-changer', 'ApiChangePolicyArn');
    for (const route of all) {
      expect(isForbidden(await call(route, changer)), `${route.method} ${route.path}`).toBe(route.access === 'read');
    }
    const by = `arn:aws:sts::${ACCOUNT}:assumed-role/api-changer/operator`;
    const requests = (await world.row(arn))?.requests ?? [];
    expect(requests.map((request) => request.by)).toEqual([by, by, by, by]);
    expect(requests.map(({ what }) => what.split(':')[0])).toEqual([
      'requested attach',
      'requested detach',
      'requested release',
      'requested a reconciliation',
    ]);
  });
});

test('the role of the function can write no other tag', async () => {
  const { roleArn } = world.cloud.lambda.get(functionArn('api'));
  const appRunner = new AppRunnerClient({
    ...world.config,
    credentials: world.cloud.iam.issueRoleCredentials(roleArn),
  });
  const denied = expect.objectContaining({ name: 'AccessDeniedException' });
  const tag = (Key: string) =>
    appRunner.send(new TagResourceCommand({ ResourceArn: arn, Tags: [{ Key, Value: 'any' }] }));
  await expect(tag('team')).rejects.toEqual(denied);
  await expect(appRunner.send(new UntagResourceCommand({ ResourceArn: arn, TagKeys: ['team'] }))).rejects.toEqual(
    denied,
  );
  await expect(tag('private-ingress')).resolves.toBeDefined();
});
