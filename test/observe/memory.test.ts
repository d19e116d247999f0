import { Route53Client } from '@aws-sdk/client-route-53';
import { describe, expect, it, vi } from 'vitest';
import { MINUTE } from '../../shared/duration.ts';
import { type FindingCode, finding } from '../../shared/findings.ts';
import { Answers, askedNow, Freshness, KeptAnswers } from '../../shared/observe/memory.ts';
import {
  forget,
  forgetUnreliable,
  type Kept,
  KeptPages,
  nothingKept,
  type ReconciliationMemory,
  reconciliationMemory,
} from '../../shared/observe/reconciliation-memory.ts';
import type { ListPage } from '../../shared/observe/zone-pages.ts';
import type { Action } from '../../shared/plan/action.ts';
import type { Phase, Plan } from '../../shared/plan/plan.ts';
import { endpoint, START } from '../fixtures.ts';

/** Never used. */
const client = new Route53Client({ region: 'us-east-1' });
const empty: ListPage = async () => ({ ResourceRecordSets: [], IsTruncated: false });
const pagesOf = (list = empty) => new KeptPages({ pages: () => list }, () => START);

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

  it('that something else has given are taken until they are forgotten', async () => {
    const answers = new Answers<number>();
    await answers.read('a', async () => 1);
    answers.put('a', 2);
    expect(await answers.read('a', async () => 3)).toBe(2);
    answers.forget();
    expect(await answers.read('a', async () => 3)).toBe(3);
  });

  it('of an earlier reconciliation are taken for minutes, and not once something is to be written', async () => {
    let now = START;
    const kept = new KeptAnswers<number>(() => true);
    const later = () => new Answers(new Freshness(() => now, true), kept);
    await later().read('a', async () => 1);
    now += 15 * MINUTE - 1;
    const second = later();
    expect(await second.read('a', async () => 2)).toBe(1);
    expect(second.usedKept).toBe(true);
    second.forget();
    expect(second.usedKept).toBe(false);
    expect(await second.read('a', async () => 2)).toBe(2);
    // What was asked again is kept in its place.
    expect(await later().read('a', async () => 3)).toBe(2);
    now += 15 * MINUTE;
    const third = later();
    expect(await third.read('a', async () => 3)).toBe(3);
    expect(third.usedKept).toBe(false);
  });

  it('are as many as a process can hold: the oldest give way', async () => {
    const kept = new KeptAnswers<number>(() => true);
    for (let index = 0; index <= 1_000; index++)
      kept.put(
        String(index),
        askedNow(() => START),
        index,
      );
    const read = (about: string) => kept.read(about, new Freshness(() => START, true), async () => -1);
    expect([await read('1'), await read('1000'), await read('0')]).toEqual([1, 1_000, -1]);
  });

  it('that failed are not kept', async () => {
    const kept = new KeptAnswers<number>(() => true);
    const answers = () => new Answers(new Freshness(() => START, true), kept);
    await expect(answers().read('a', () => Promise.reject(new Error('x')))).rejects.toThrow('x');
    expect(await answers().read('a', async () => 1)).toBe(1);
  });

  it.each([
    ['an endpoint that answers', {}, true],
    ['one that is not available yet', { state: 'pending' }, false],
    ['one without a name', { name: undefined }, false],
    ['one that is closed', { allowsHttps: false }, false],
    ['one whose group lacks a range', { ownGroup: { id: 'sg-1', missing: ['10.1.0.0/16'] } }, false],
  ])('of a VPC with %s: %o are kept: %s', async (_, change, isKept) => {
    const kept: Kept = nothingKept();
    kept.networks.put(
      'a',
      askedNow(() => START),
      network(change),
    );
    const ask = vi.fn(async () => network());
    await kept.networks.read('a', new Freshness(() => START, true), ask);
    expect(ask).toHaveBeenCalledTimes(isKept ? 0 : 1);
  });

  it('that another reconciliation asked for since are as good as its own, and those of before are not', async () => {
    let now = START;
    const kept = new KeptAnswers<string>(() => true);
    const fresh = () => new Answers(new Freshness(() => now, false), kept);
    const [first, second, earlier] = [fresh(), fresh(), fresh()];
    // Whatever the clock does.
    now -= MINUTE;
    expect(await first.read('a', async () => 'asked after all began')).toBe('asked after all began');
    expect(await second.read('a', async () => 'another')).toBe('asked after all began');
    expect(second.usedKept).toBe(false);
    earlier.forget();
    expect(await earlier.read('a', async () => 'asked once more')).toBe('asked once more');
  });

  it('are as old as their question: what changed since may not be in them', async () => {
    let now = START;
    const kept = new KeptAnswers<string>(() => true);
    const slow = Promise.withResolvers<string>();
    const answers = (takesKept: boolean) => new Answers(new Freshness(() => now, takesKept), kept);
    const first = answers(false).read('a', () => slow.promise);
    now += 1;
    const [later, newer] = [answers(false), answers(false)];
    now += 1;
    expect(await newer.read('a', async () => 'new')).toBe('new');
    slow.resolve('old');
    expect(await first).toBe('old');
    expect(await later.read('a', async () => 'asked')).toBe('new');
    expect(await answers(true).read('a', async () => 'asked')).toBe('new');
  });
});

describe('an action', () => {
  const asked = () => ({
    lists: vi.fn(async () => []),
    zones: vi.fn(async () => []),
    records: vi.fn(async () => ({ ResourceRecordSets: [], IsTruncated: false })),
  });
  const read = async (memory: ReconciliationMemory, { lists, zones }: ReturnType<typeof asked>) => {
    await memory.connectionLists.read('a', lists);
    await memory.zones.read('a', zones);
    for (const zoneId of ['Z1', 'Z2']) await memory.records.at(client, zoneId, ['x'], []);
  };

  it.each<[string, Action | undefined, readonly [number, number, number]]>([
    ['a new connection', { kind: 'create-connection', name: 'x', vpcId: 'x', endpointId: 'x', why: '' }, [2, 1, 2]],
    [
      'a change in one zone',
      { kind: 'change-records', purpose: 'traffic', domain: 'x', zoneId: 'Z1', changes: [], why: '' },
      [1, 1, 2],
    ],
    ['what was refused', undefined, [2, 2, 4]],
  ])('makes forget what it may have changed, and nothing else: %s', async (_, action, calls) => {
    const ask = asked();
    const memory = reconciliationMemory(nothingKept(), pagesOf(ask.records), () => START, false);
    await read(memory, ask);
    forget(memory, action);
    await read(memory, ask);
    expect([ask.lists, ask.zones, ask.records].map(({ mock }) => mock.calls.length)).toEqual(calls);
  });
});

describe('what was kept', () => {
  const waiting: Plan = {
    ...{ phase: 'waiting-for-certificate', actions: [], waits: [], findings: [], forget: [], existing: [] },
    cutover: undefined,
  };
  const makePrivate: Action = { kind: 'make-private', why: '' };
  const connect: Action = { kind: 'create-connection', name: 'x', vpcId: 'x', endpointId: 'x', why: '' };
  const associate: Action = { kind: 'associate-domain', domain: 'x', why: '' };
  const record = { name: 'x', type: 'CNAME', content: { kind: 'values', ttl: 300, values: ['y'] } } as const;
  const validation = (...actions: readonly ('CREATE' | 'DELETE')[]): Extract<Action, { kind: 'change-records' }> => ({
    ...({ kind: 'change-records', purpose: 'validation', domain: 'x', zoneId: 'Z1', why: '' } as const),
    changes: actions.map((action) => ({ action, record })),
  });
  const publish: Action = { ...validation('CREATE'), purpose: 'traffic' };
  const found = (code: FindingCode) => finding(code, { resource: 'x', message: 'x' });
  const all = ['networks', 'zones', 'records', 'claims'] as const;

  it.each<[string, Partial<Plan>, Phase, readonly (typeof all)[number][]]>([
    ['waiting', {}, 'waiting-for-certificate', []],
    ['waiting for something else than before', {}, 'waiting-for-dns', []],
    ['nothing, as before', { phase: 'ready' }, 'ready', []],
    ['that it is ready', { phase: 'ready' }, 'waiting-for-certificate', all],
    ['that a record is gone', { forget: ['one.example.com'] }, 'waiting-for-certificate', all],
    ['a cut', { actions: [makePrivate] }, 'waiting-for-certificate', all],
    ['a connection, which depends on the network', { actions: [connect] }, 'waiting-for-certificate', ['networks']],
    ['a certificate', { actions: [associate] }, 'waiting-for-certificate', ['zones', 'records', 'claims']],
    ['a record for it', { actions: [validation('CREATE')] }, 'waiting-for-certificate', ['claims']],
    ['the end of one', { actions: [validation('DELETE')] }, 'waiting-for-certificate', ['claims']],
    ['a name', { actions: [publish] }, 'waiting-for-certificate', all],
    ['a finding', { findings: [found('record-foreign')] }, 'waiting-for-certificate', all],
    ['a finding of what is read anew', { findings: [found('dns-unobservable')] }, 'waiting-for-certificate', []],
    ['one of each', { findings: [found('tag-missing'), found('vpc-not-found')] }, 'waiting-for-certificate', all],
  ])('justifies %s, if it is not asked again first', async (_, change, before, again) => {
    const pages = pagesOf();
    await pages.of(client, 'Z1').read(['x']);
    const asked = askedNow(() => START);
    const memory = reconciliationMemory(nothingKept(), pages, () => START, false);
    for (const part of ['networks', 'zones', 'claims'] as const) memory[part].freshness.take(asked);
    await memory.records.at(client, 'Z1', ['x'], []);
    const forgotten = () => all.filter((part) => memory[part].usedKept === false);
    expect(forgotten()).toEqual([]);
    const plan = { ...waiting, ...change };
    expect(forgetUnreliable(memory, plan, before)).toBe(again.length > 0);
    expect(forgotten()).toEqual(again);
    expect(forgetUnreliable(memory, plan, before)).toBe(false);
  });

  it('of records is asked again for the names that are changed, and for no other', async () => {
    const asked: (string | undefined)[] = [];
    const pages = pagesOf(async ({ StartRecordName }) => {
      asked.push(StartRecordName);
      return { ResourceRecordSets: [], IsTruncated: true, NextRecordName: `${StartRecordName}.y`, NextRecordType: 'A' };
    });
    for (const name of ['x', 'other']) await pages.of(client, 'Z1').read([name]);
    const memory = reconciliationMemory(nothingKept(), pages, () => START, false);
    const read = () => memory.records.at(client, 'Z1', ['x', 'other'], []);
    await read();
    const plan = { ...waiting, actions: [validation('CREATE')] };
    expect(forgetUnreliable(memory, plan, undefined)).toBe(true);
    await read();
    expect(asked).toEqual(['x', 'other', 'x']);
    expect(forgetUnreliable(memory, plan, undefined)).toBe(false);
  });

  it('is not taken where everything is to be fresh', async () => {
    const kept = nothingKept();
    kept.networks.put(
      'a',
      askedNow(() => START),
      network(),
    );
    const ask = vi.fn(async () => network());
    await reconciliationMemory(kept, pagesOf(), () => START, true).networks.read('a', ask);
    expect(ask).toHaveBeenCalledTimes(1);
  });
});
