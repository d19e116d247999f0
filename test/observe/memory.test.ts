import { describe, expect, it, vi } from 'vitest';
import { MINUTE } from '../../shared/duration.ts';
import { Answers, forget, type Kept, KeptAnswers, nothingKept, passMemory } from '../../shared/observe/memory.ts';
import { endpoint, START } from '../fixtures.ts';

const network = (change: object = {}) => ({
  vpcId: 'vpc-1',
  vpcFound: true,
  endpoints: [endpoint(change)],
  endpointInputs: undefined,
});

describe('answers', () => {
  it('are asked once, failures too, until they are forgotten', async () => {
    const answers = new Answers<number>();
    const ask = vi.fn(async () => 1);
    expect(await answers.read('a', ask)).toBe(1);
    expect(await answers.read('a', ask)).toBe(1);
    expect(ask).toHaveBeenCalledTimes(1);
    const fails = vi.fn(async () => Promise.reject(new Error('broken')));
    await expect(answers.read('b', fails)).rejects.toThrow('broken');
    await expect(answers.read('b', fails)).rejects.toThrow('broken');
    expect(fails).toHaveBeenCalledTimes(1);
    answers.forget();
    await answers.read('a', ask);
    expect(ask).toHaveBeenCalledTimes(2);
  });

  it('of an earlier reconciliation are taken for a minute, and not once something is to be written', async () => {
    let now = START;
    const kept = new KeptAnswers<number>(() => true);
    const later = () => new Answers(kept, () => now);
    await later().read('a', async () => 1);
    now += MINUTE - 1;
    const second = later();
    expect(await second.read('a', async () => 2)).toBe(1);
    expect(second.usedKept).toBe(true);
    second.forget();
    expect(second.usedKept).toBe(false);
    expect(await second.read('a', async () => 2)).toBe(2);
    now += MINUTE;
    const third = later();
    expect(await third.read('a', async () => 3)).toBe(3);
    expect(third.usedKept).toBe(false);
  });

  it('that failed are not kept', async () => {
    const kept = new KeptAnswers<number>(() => true);
    await expect(new Answers(kept, () => START).read('a', () => Promise.reject(new Error('x')))).rejects.toThrow('x');
    expect(await new Answers(kept, () => START).read('a', async () => 1)).toBe(1);
  });

  it.each([
    ['an endpoint that answers', {}, true],
    ['one that is not available yet', { state: 'pending' }, false],
    ['one without a name', { name: undefined }, false],
    ['one that is closed', { allowsHttps: false }, false],
    ['one whose group lacks a range', { ownGroup: { id: 'sg-1', missing: ['10.1.0.0/16'] } }, false],
  ])('of a VPC with %s: %o are kept: %s', async (_, change, isKept) => {
    const kept: Kept = nothingKept();
    kept.networks.put('a', START, network(change));
    expect(kept.networks.get('a', START) !== undefined).toBe(isKept);
  });
});

it('an action makes forget what it may have changed, and nothing else', async () => {
  const memory = passMemory(undefined, () => START);
  const ask = vi.fn(async () => []);
  const readBoth = async () => {
    await memory.connections?.read('a', ask);
    await memory.zones?.read('a', ask);
  };
  await readBoth();
  forget(memory, 'create-connection');
  await readBoth();
  expect(ask).toHaveBeenCalledTimes(3);
  forget(memory);
  await readBoth();
  expect(ask).toHaveBeenCalledTimes(5);
});
