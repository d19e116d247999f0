import { AwsError } from 'apprunner-embedded-cloud/aws-error';
import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../shared/duration.ts';
import { createSweepRuns } from '../../shared/state/tables.ts';
import { functionArn, type Installation } from '../installation/installation.ts';
import { start } from '../installation/worlds.ts';
import { answer } from './answer.ts';

const HERE = '123456789012/ap-northeast-1';

async function begin(world: Installation, request: unknown = {}): Promise<string> {
  const outcome = await world.cloud.lambda.invoke(world.cloud.lambda.get(functionArn('sweep')), request);
  if (!outcome.ok) throw new Error(JSON.stringify(outcome));
  return String(Object(outcome.payload).id);
}

const runsOf = (world: Installation) => createSweepRuns(world.stack.outputs.SweepTableName ?? '', world.config);

/** The answer of this account and region is never noted. @returns what puts it right. */
const silence = (world: Installation) =>
  world.cloud.gateway.intercept(({ operation, input }) =>
    operation === 'PutItem' && JSON.stringify(input).includes(`"item":{"S":"${HERE}"}`)
      ? new AwsError('InternalServerError', 'the function is out of memory', { status: 500 })
      : undefined,
  );

describe('while a sweep is under way', () => {
  it('none begins by schedule, however often; by hand one does', async () => {
    const world = await start();
    const first = await begin(world);
    expect(await begin(world)).toBe(first);
    const byHand = await begin(world, { kind: 'begin', by: 'operator' });
    expect(byHand).not.toBe(first);
    await world.quiet();
    expect((await runsOf(world).latest(5)).map(({ status }) => status)).toEqual(['done', 'done']);
    expect(await begin(world)).not.toBe(first);
  });

  it('it is not given up as long as any target answers, though it began long ago', async () => {
    const world = await start();
    silence(world);
    const id = await begin(world);
    const runs = runsOf(world);
    const zone = world.network.publicZoneId;
    const late = answer(HERE);
    for (let minutes = 0; minutes < 60; minutes += 10) {
      await world.clock.advance(10 * MINUTE);
      await runs.answer(id, { ...late, target: zone }, world.clock.now());
      expect(await begin(world)).toBe(id);
    }
    await world.clock.advance(15 * MINUTE);
    expect(await begin(world)).not.toBe(id);
    expect((await runs.get(id))?.summary?.failures).toMatchObject([{ code: 'not-answered', resource: HERE }]);
  });
});
