import { limitRates, route53Limits } from 'apprunner-embedded-cloud/rate-limits';
import { timedCalls } from 'apprunner-embedded-cloud/timed-calls';
import { WireCounter } from 'apprunner-embedded-cloud/wire-counter';
import { expect, test } from 'vitest';
import { Installation } from './installation.ts';

test('functions that run side by side share the rate of Route 53', async () => {
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
    for (const name of ['hello-1', 'hello-2', 'hello-3', 'hello-4', 'hello-5', 'hello-6']) {
      const tags = { 'private-ingress': 'enabled', 'private-ingress:domains': `${name}.example.com` };
      arns.push(await world.createService(name, tags));
    }
    for (const arn of arns) await world.until(arn, 'ready');
    const sum = (of: 'calls' | 'failed') => counter.operations.reduce((total, one) => total + one[of], 0);
    // Without the budget a third of them fails.
    expect(sum('calls')).toBeGreaterThan(50);
    expect(sum('failed') / sum('calls')).toBeLessThan(0.1);
  } finally {
    await world.stop();
  }
});
