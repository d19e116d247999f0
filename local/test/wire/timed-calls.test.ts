import { ListHostedZonesCommand, Route53Client } from '@aws-sdk/client-route-53';
import { expect, it, onTestFinished } from 'vitest';
import { playFaults } from '../../src/faults.ts';
import { timedCalls } from '../../src/wire/timed-calls.ts';
import { cloud, HUB } from '../organizations/cloud.ts';
import { errorOf } from './fake.ts';

/** A client whose calls take about 100 ms, used by tasks of a clock. */
function timed() {
  const made = cloud();
  onTestFinished(() => made.stop());
  const { clock, gateway, world } = made;
  const calls = timedCalls({ gateway, clock, chance: world.chance, takes: () => 100, maxAttempts: 3 });
  const route53 = new Route53Client({ ...made.config(HUB), ...calls });
  const took: number[] = [];
  const start = clock.now();
  const task = async (call: () => Promise<unknown>) => {
    await call();
    took.push(clock.now() - start);
  };
  return { ...made, took, route53, run: (call: () => Promise<unknown>) => clock.schedule(0, () => task(call)) };
}

it('take virtual time, and overlap', async () => {
  const { clock, took, route53, run } = timed();
  for (let call = 0; call < 20; call++) run(() => route53.send(new ListHostedZonesCommand({})));
  await clock.advance(1000);
  expect(took).toHaveLength(20);
  expect(Math.min(...took)).toBeGreaterThanOrEqual(50);
  expect(Math.max(...took)).toBeLessThanOrEqual(150);
  expect(new Set(took).size).toBeGreaterThan(10);
});

it('are retried as the SDK does, after virtual delays', async () => {
  const { clock, gateway, took, route53, run } = timed();
  playFaults(gateway, [{ calls: 'route53:*', answer: 'throttled', times: 2 }]);
  let attempts: number | undefined;
  run(async () => {
    attempts = (await route53.send(new ListHostedZonesCommand({}))).$metadata.attempts;
  });
  await clock.advance(10_000);
  expect(attempts).toBe(3);
  // Three calls, and delays of up to one and two seconds.
  expect(took[0]).toBeGreaterThan(300);
  expect(took[0]).toBeLessThanOrEqual(3_450);
});

it('fail after as many attempts as they are given', async () => {
  const { clock, gateway, route53, run } = timed();
  playFaults(gateway, [{ calls: 'route53:*', answer: 'throttled' }]);
  let error: unknown;
  run(async () => {
    error = await errorOf(route53.send(new ListHostedZonesCommand({})));
  });
  await clock.advance(10_000);
  expect(error).toMatchObject({ name: 'Throttling', $metadata: { attempts: 3 } });
});
