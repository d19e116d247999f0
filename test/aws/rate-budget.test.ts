import { VirtualClock } from 'apprunner-embedded-cloud/clock';
import { describe, expect, it } from 'vitest';
import { isThrottled } from '../../shared/aws/errors.ts';
import { RateBudget, type RateLines, type Urgency, withUrgency } from '../../shared/aws/rate-budget.ts';
import { forEachWithConcurrency } from '../../shared/concurrency.ts';
import { memoryRateLines } from '../memory-rate-lines.ts';

const RATE = { perSecond: 5, burst: 5 };
const BUCKET = 'route53/123456789012';

/** Processes that share lines, on a clock at 0. */
function processes(lines: RateLines = memoryRateLines()) {
  const clock = new VirtualClock(0);
  let asked = 0;
  const counted: RateLines = {
    reserve: (reservation) => {
      asked++;
      return lines.reserve(reservation);
    },
  };
  const made: number[] = [];
  const process = () => {
    const sleep = (milliseconds: number) => clock.pause(milliseconds);
    return new RateBudget({ lines: counted, now: () => clock.now(), sleep, random: () => 0.5 });
  };
  /** Takes so many one after the other, from now on. */
  const call = (budget: RateBudget, times: number, urgency: Urgency = 'new') => {
    const outcome = { made: [] as number[], refused: 0 };
    clock.schedule(0, () =>
      withUrgency(urgency, async () => {
        for (let time = 0; time < times; time++) {
          try {
            await budget.take(BUCKET, RATE);
            made.push(clock.now());
            outcome.made.push(clock.now());
          } catch (error) {
            if (!isThrottled(error)) throw error;
            outcome.refused++;
          }
        }
      }),
    );
    return outcome;
  };
  return { clock, process, call, made, asked: () => asked };
}

/** The most calls in any second. */
const mostInASecond = (times: readonly number[]): number =>
  Math.max(...times.map((from) => times.filter((time) => time >= from && time < from + 1000).length));

describe('the budget of calls', () => {
  it('lets a burst through at once, and then the rate', async () => {
    const { clock, process, call, made } = processes();
    call(process(), 20);
    await clock.advance(60_000);
    expect(made.filter((time) => time === 0)).toHaveLength(6);
    expect(made.at(-1)).toBe(2800);
  });

  it('is one for all processes, whoever calls', async () => {
    const { clock, process, call, made } = processes();
    const all = Array.from({ length: 8 }, () => call(process(), 5));
    await clock.advance(60_000);
    expect(made).toHaveLength(40);
    expect(all.every(({ refused }) => refused === 0)).toBe(true);
    // The burst, and a second of calls.
    expect(mostInASecond(made)).toBeLessThanOrEqual(11);
    expect(Math.max(...made)).toBeGreaterThanOrEqual((40 - 11) * 200);
  });

  it('asks once for a second of calls', async () => {
    const { clock, process, call, asked } = processes();
    const budget = process();
    for (let caller = 0; caller < 10; caller++) call(budget, 1);
    await clock.advance(60_000);
    expect(asked()).toBe(2);
  });

  it('refuses at once who would wait too long, and says how long', async () => {
    const { clock, process, call } = processes();
    const others = Array.from({ length: 30 }, () => call(process(), 5));
    await clock.advance(60_000);
    const refused = others.reduce((sum, one) => sum + one.refused, 0);
    expect(refused).toBeGreaterThan(0);
    expect(Math.max(...others.flatMap(({ made }) => made))).toBeLessThanOrEqual(17_000);
  });

  it('keeps a place for a service on its way, whatever is only repeated', async () => {
    const { clock, process, call } = processes();
    for (let other = 0; other < 50; other++) call(process(), 5, 'repeated');
    await clock.advance(1);
    const onItsWay = call(process(), 5, 'new');
    await clock.advance(60_000);
    expect(onItsWay).toMatchObject({ refused: 0, made: { length: 5 } });
    expect(onItsWay.made[0]).toBeLessThanOrEqual(6_000);
  });

  it('lets a sweep wait for what is left over, and never before others', async () => {
    const { clock, process, call } = processes();
    const sweeps = Array.from({ length: 6 }, () => call(process(), 20, 'sweep'));
    await clock.advance(1_000);
    const onItsWay = call(process(), 5, 'new');
    await clock.advance(120_000);
    expect(onItsWay.made[0]).toBeLessThanOrEqual(1_000 + 4_000);
    expect(sweeps.every(({ refused, made }) => refused === 0 && made.length === 20)).toBe(true);
  });

  it('does not keep what was reserved and not used', async () => {
    const { clock, process, call, made } = processes();
    const budget = process();
    call(budget, 1);
    await clock.advance(600_000);
    call(budget, 12);
    await clock.advance(60_000);
    expect(made.filter((time) => time === 600_000)).toHaveLength(6);
  });

  it('lets calls through if its table fails, and leaves it alone for a while', async () => {
    const { clock, process, call, made, asked } = processes({
      reserve: () => Promise.reject(new Error('no table')),
    });
    call(process(), 20);
    await clock.advance(1);
    expect(made).toHaveLength(20);
    expect(asked()).toBe(1);
  });

  it('has a line of its own for each account', async () => {
    const { clock, process, made } = processes();
    clock.schedule(0, () =>
      forEachWithConcurrency(['a', 'b', 'c'], 3, async (account) => {
        const budget = process();
        for (let time = 0; time < 10; time++) await budget.take(account, RATE);
        made.push(clock.now());
      }),
    );
    await clock.advance(10_000);
    expect(made).toEqual([800, 800, 800]);
  });
});
