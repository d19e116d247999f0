import { WireCounter } from 'apprunner-embedded-cloud/wire-counter';
import { expect } from 'vitest';
import { serviceText } from '../../cli/service-text.ts';
import { plainLayout } from '../../cli/terminal/output.ts';
import { explain } from '../../shared/api/explain.ts';
import { createScopeReader } from '../../shared/observe/scope-reader.ts';
import { createPolicyEvaluator } from '../../shared/policy/evaluator.ts';
import { createObservers } from '../../shared/reconcile/service-access.ts';
import { parseServiceArn } from '../../shared/service-arn.ts';
import { parseRuleSettings } from '../../shared/settings.ts';
import { createStore } from '../../shared/state/tables.ts';
import { environment as clockAndDns } from '../installation/handlers.ts';
import { functionArn } from '../installation/installation.ts';
import type { Stage } from './stage.ts';

/** Told by the mode and the actions of an explanation. */
const TOLD_OTHERWISE = 'audit';

/**
 * Explains the service as `npm run plan` does, and checks what holds in every situation: nothing is written on the
 * wire, text and JSON say the same, and both say what the stack's own last look has found.
 *
 * @returns the text.
 */
export async function explained(stage: Stage, serviceArn: string): Promise<string> {
  const { world } = stage;
  const service = parseServiceArn(serviceArn);
  if (service === undefined) throw new Error(`${serviceArn} is not the ARN of a service`);
  const { environment } = world.cloud.lambda.get(functionArn('reconcile'));
  const settings = parseRuleSettings(environment);
  const policy = world.policyFor(settings);
  const counter = new WireCounter(world.cloud.gateway, ({ context }) => context.principal.kind === 'root');
  const row = await createStore(environment.TABLE_NAME ?? '', world.config).get(serviceArn);
  const observer = createObservers(settings, policy, world.config, clockAndDns(world.cloud))(service);
  const evaluatePolicy = createPolicyEvaluator(
    policy,
    settings,
    createScopeReader(policy, world.config, () => world.clock.now()),
  );
  const explanation = {
    ...(await explain(service, row, { observer, evaluatePolicy })),
    settingsFrom: 'function reconcile',
  };
  counter.stop();
  expect(
    counter.operations.filter(({ operation, writes }) => writes && operation !== 'lambda:Invoke'),
    'explaining writes nothing',
  ).toEqual([]);
  const text = serviceText(explanation, plainLayout, world.clock.now(), 'function reconcile');
  const json: typeof explanation = JSON.parse(JSON.stringify(explanation));
  const facts = [
    // A service that is not managed is in no phase that says anything of it.
    ...(json.desired.kind === 'unmanaged' ? [] : [json.phase]),
    ...json.actions.flatMap(({ description, why }) => [description, why]),
    ...json.waits.map(({ why }) => why),
    ...json.findings.flatMap(({ code, message, remedy }) => [code, message, remedy]),
  ];
  for (const fact of facts) expect(text).toContain(fact);
  const open = (await world.row(serviceArn))?.findings ?? [];
  const known = open.map(({ code }) => code).filter((code) => code !== TOLD_OTHERWISE);
  expect(json.findings.map(({ code }) => code)).toEqual(expect.arrayContaining(known));
  return text;
}
