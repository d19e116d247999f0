import { describe, expect, it } from 'vitest';
import { fairly } from '../../src/services/sqs/fairness.ts';

const NOW = 1000;
const messages = (count: number, group: string | undefined, state: 'visible' | 'in flight' | 'delayed') =>
  Array.from({ length: count }, () => ({
    visibleAt: state === 'visible' ? NOW : NOW + 1,
    delivery: state === 'in flight' ? {} : undefined,
    system: group === undefined ? {} : { MessageGroupId: group },
  }));
const order = (all: ReturnType<typeof messages>) =>
  fairly(all, NOW)
    .filter(({ visibleAt }) => visibleAt <= NOW)
    .map(({ system }) => system.MessageGroupId);

describe('a queue', () => {
  it('delivers the oldest first while no tenant has much in flight', () => {
    const all = [...messages(29, 'a', 'in flight'), ...messages(2, 'a', 'visible'), ...messages(1, 'b', 'visible')];
    expect(order(all)).toEqual(['a', 'a', 'b']);
  });

  it('delivers those of a noisy neighbor last', () => {
    const all = [...messages(30, 'a', 'in flight'), ...messages(2, 'a', 'visible'), ...messages(1, 'b', 'visible')];
    expect(order(all)).toEqual(['b', 'a', 'a']);
  });

  it('takes no tenant for noisy that has a small share', () => {
    const others = Array.from({ length: 300 }, (_, index) => messages(1, `other ${index}`, 'in flight')).flat();
    const all = [...messages(30, 'a', 'in flight'), ...others, ...messages(1, 'a', 'visible')];
    expect(order([...all, ...messages(1, 'b', 'visible')])).toEqual(['a', 'b']);
  });

  it('takes each message without a group for a tenant of its own, and delayed ones for nothing', () => {
    const all = [...messages(40, undefined, 'in flight'), ...messages(40, 'a', 'delayed')];
    const visible = [...messages(1, undefined, 'visible'), ...messages(1, 'a', 'visible')];
    expect(order([...all, ...visible])).toEqual([undefined, 'a']);
  });
});
