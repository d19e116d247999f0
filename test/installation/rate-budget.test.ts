import { limitRates, route53Limits } from 'apprunner-embedded-cloud/rate-limits';
import { timedCalls } from 'apprunner-embedded-cloud/timed-calls';
import { WireCounter } from 'apprunner-embedded-cloud/wire-counter';
import { expect, test } from 'vitest';
import { Installation } from './installation.ts';

const SERVICES = [1, 2, 3, 4, 5, 6];

/**
 * Calls of Route 53, and how many of them it throttled, while six services become ready.
 * @param apart milliseconds between their creations.
 */
async function attachSix(apart: number): Promise<{ readonly calls: number; readonly failed: number }> {
  const world = await Installation.start({
    probe: false,
    timed: ({ gateway, world: { chance } }, clock) => ({
      calls: () => timedCalls({ gateway, clock, chance, takes: () => 20, maxAttempts: 3 }),
      sleep: (milliseconds) => clock.pause(milliseconds),
    }),
  });
  try {
    limitRates(world.cloud.gateway, world.clock, route53Limits({ burst: 5, perSecond: 5 }));
    const counter = new WireCounter(world.cloud.gateway, ({ service }) => service === 'route53');
    const arns: string[] = [];
    for (const number of SERVICES) {
      const name = `hello-${number}`;
      const tags = { 'private-ingress': 'enabled', 'private-ingress:domains': `${name}.example.com` };
      arns.push(await world.createService(name, tags));
      await world.clock.advance(apart);
    }
    for (const arn of arns) await world.until(arn, 'ready');
    const sum = (of: 'calls' | 'failed') => counter.operations.reduce((total, one) => total + one[of], 0);
    return { calls: sum('calls'), failed: sum('failed') };
  } finally {
    await world.stop();
  }
}

test('functions that run side by side share the rate of Route 53', async () => {
  // How calls meet is chance: of one such roll-out it throttles 2 to 9 of some 105.
  const seen: Awaited<ReturnType<typeof attachSix>>[] = [];
  for (const apart of [0, 37, 74]) seen.push(await attachSix(apart));
  for (const { calls } of seen) expect(calls).toBeGreaterThan(50);
  const sum = (of: 'calls' | 'failed') => seen.reduce((total, one) => total + one[of], 0);
  // Less than one call a service; without the budget a third of them fails.
  expect(sum('failed')).toBeLessThan(seen.length * SERVICES.length);
});
