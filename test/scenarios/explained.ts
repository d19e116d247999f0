import { expect } from 'vitest';
import { explain, explanationText } from '../../cli/explain.ts';
import { WireCounter } from '../../local/wire/counter.ts';
import { composeObserver } from '../../shared/compose/halves.ts';
import { composeStore } from '../../shared/compose/state.ts';
import { parseServiceArn } from '../../shared/service-arn.ts';
import { parseRuleSettings } from '../../shared/settings.ts';
import { functionArn, surroundings } from '../installation/installation.ts';
import type { Stage } from './stage.ts';

/**
 * Explains the service as `npm run plan` does, and checks what holds in every situation: it says something, text and
 * JSON say the same, and nothing is written on the wire.
 */
export async function checkExplanation(stage: Stage): Promise<void> {
  const { world } = stage;
  const service = parseServiceArn(stage.service());
  if (service === undefined) throw new Error(`${stage.service()} is not the ARN of a service`);
  const { environment } = world.cloud.lambda.get(functionArn('reconcile'));
  const settings = parseRuleSettings(environment);
  const counter = new WireCounter(world.cloud.gateway, ({ context }) => context.principal.kind === 'root');
  const explanation = await explain(service, {
    settings,
    source: 'function reconcile',
    observer: composeObserver(settings, world.config, surroundings(world.cloud)),
    store: composeStore(environment.TABLE_NAME ?? '', world.config),
  });
  counter.stop();
  expect(
    counter.operations.filter(({ operation, writes }) => writes && operation !== 'lambda:Invoke'),
    'explaining writes nothing',
  ).toEqual([]);
  const text = explanationText(explanation, world.clock.now());
  const json: typeof explanation = JSON.parse(JSON.stringify(explanation));
  const facts = [
    json.phase,
    ...json.actions.flatMap(({ description, why }) => [description, why]),
    ...json.waits.map(({ why }) => why),
    ...json.findings.flatMap(({ code, message, remedy }) => [code, message, remedy]),
  ];
  for (const fact of facts) expect(text).toContain(fact);
}
