import { expect, test } from 'vitest';
import { routes } from '../../shared/api/routes.ts';
import type { PolicyRule } from '../../shared/policy/policy.ts';
import { start } from '../installation/worlds.ts';
import { answerOf, ask, pathOf, problemIn } from './caller.ts';

const rule = (enforcement: PolicyRule['enforcement']): PolicyRule => ({
  name: 'every service',
  match: {},
  enforcement,
  mode: 'enforce',
  domains: [],
});

test.each(['detach', 'release'])('a request cannot %s what the policy requires', async (verb) => {
  const world = await start();
  world.deployPolicy({ rules: [rule('required')] });
  const arn = await world.createService('hello');
  const said = await ask(world, { target: `${pathOf(arn)}/${verb}`, body: {} });
  expect(problemIn(said)).toMatchObject({
    status: 409,
    type: 'urn:apprunner-private-ingress:problem:policy-decides',
    detail: expect.stringContaining('every service'),
  });
  expect((await world.row(arn))?.requests ?? []).toEqual([]);
});

test('a service that the policy ignores cannot be attached', async () => {
  const world = await start();
  world.deployPolicy({ rules: [rule('ignored')] });
  const arn = await world.createService('hello');
  const said = await ask(world, { target: `${pathOf(arn)}/attach`, body: {} });
  expect(problemIn(said)).toMatchObject({
    status: 409,
    type: 'urn:apprunner-private-ingress:problem:policy-decides',
    detail: expect.stringContaining('every service'),
  });
});

test('a service says which rule speaks for it', async () => {
  const world = await start();
  const arn = await world.createService('hello', { team: 'pay', salary: 'secret', 'private-ingress:vpc': 'vpc-0' });
  const exception = { match: { tags: { team: 'p*' } }, reason: 'moving', until: '2026-12-31' };
  world.deployPolicy({
    rules: [
      { ...rule('required'), name: 'others', match: { services: ['web-*'] } },
      { ...rule('required'), mode: 'audit' },
    ],
    exceptions: [exception],
  });
  const { policy } = await answerOf(routes.explainService, world, { target: pathOf(arn) });
  expect(policy).toEqual({
    enforcement: 'by-tag',
    mode: 'enforce',
    because: expect.stringContaining('every service'),
    rule: 'every service',
    exception: { state: 'in-force', reason: 'moving', until: '2026-12-31' },
    matchTrace: [
      { rule: 'others', matched: false, why: 'the name hello does not match web-*' },
      { rule: 'every service', matched: true, why: '' },
    ],
    // Its other tags do not matter here.
    tags: { team: 'pay', 'private-ingress:vpc': 'vpc-0' },
  });
});

test('the policy in force is returned as the functions have it, with its origin', async () => {
  const world = await start();
  const before = await answerOf(routes.policy, world, { target: '/policy' });
  expect(before).toMatchObject({ from: 'parameters', policy: { rules: [{ name: 'tagged services' }] } });
  world.deployPolicy({ rules: [rule('required')] });
  const after = await answerOf(routes.policy, world, { target: '/policy' });
  expect(after).toEqual({ from: 'file', policy: { ...before.policy, rules: [rule('required')] } });
});

test('the external id of a zone’s role is not returned', async () => {
  const world = await start();
  const role = { roleArn: 'arn:aws:iam::210987654321:role/zones', externalId: 'between us' };
  world.deployPolicy({ zones: [{ id: 'Z0123456789ABCDEFGHIJ', allowedNames: ['*.example.com'], ...role }] });
  const { text } = await ask(world, { target: '/policy' });
  expect(text).toContain(role.roleArn);
  expect(text).not.toContain(role.externalId);
});
