import { expect, test } from 'vitest';
import { routes } from '../../shared/api/routes.ts';
import type { PolicyRule } from '../../shared/policy/policy.ts';
import { start } from '../installation/worlds.ts';
import { answerOf, ask, pathOf, problemIn } from './caller.ts';

const rule = (reach: PolicyRule['reach']): PolicyRule => ({
  name: 'every service',
  match: {},
  reach,
  mode: 'enforce',
  domains: [],
});

test.each(['detach', 'release'])('what the policy requires nobody can %s', async (verb) => {
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

test('what the policy ignores nobody can attach', async () => {
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
  world.deployPolicy({ rules: [{ ...rule('required'), mode: 'audit' }] });
  const arn = await world.createService('hello');
  const { policy, actions } = await answerOf(routes.explainService, world, { target: pathOf(arn) });
  expect(policy).toEqual({ reach: 'required', mode: 'audit', because: expect.stringContaining('every service') });
  expect(actions.length).toBeGreaterThan(0);
});
