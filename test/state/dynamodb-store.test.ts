import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { createCloud, type EmbeddedCloud } from 'apprunner-embedded-cloud';
import { VirtualClock } from 'apprunner-embedded-cloud/clock';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LeaseLostError } from '../../shared/errors.ts';
import type { OwnedResources } from '../../shared/plan/ledger.ts';
import { dynamoDbStore } from '../../shared/state/dynamodb-store.ts';
import { dynamoDbEventNotes, type EventNotes } from '../../shared/state/event-notes.ts';
import { initialState, type ServiceState } from '../../shared/state/row.ts';
import type { Store } from '../../shared/state/store.ts';
import { ledger } from '../fixtures.ts';
import { embeddedTable } from './embedded-table.ts';

const TABLE = 'rows';
const NOW = Date.UTC(2026, 0, 1);
const LEASE = 90_000;

let cloud: EmbeddedCloud;
let client: DynamoDBDocumentClient;
let store: Store;
let notes: EventNotes;
let arn = '';
let services = 0;
beforeAll(async () => {
  cloud = createCloud({ clock: new VirtualClock(NOW) });
  client = await embeddedTable(cloud, TABLE, 'serviceArn');
  store = dynamoDbStore(client, TABLE);
  notes = dynamoDbEventNotes(client, TABLE);
});
afterAll(() => cloud.stop());
beforeEach(() => {
  arn = `arn:aws:apprunner:ap-northeast-1:123456789012:service/hello/${String(services++).padStart(32, '0')}`;
});

const item = async () => (await client.send(new GetCommand({ TableName: TABLE, Key: { serviceArn: arn } }))).Item;
const take = (message: string, at = 0, more: { token?: string; onlyUnseen?: boolean } = {}) =>
  store.acquireLease(arn, { message, token: undefined, now: NOW + at, until: NOW + at + LEASE, ...more });
const save = (message: string, generation: number, next: Partial<Parameters<Store['save']>[3]> = {}, state = {}) =>
  store.save(arn, { message, now: NOW, generation }, { ...initialState, ...state } satisfies ServiceState, {
    token: undefined,
    expiresAt: undefined,
    ...next,
  });

describe('the lease', () => {
  it('is held by one at a time, and free again when it is over', async () => {
    expect(await take('first')).toMatchObject({ kind: 'taken', row: { generation: 0 } });
    expect(await take('second')).toEqual({ kind: 'held', by: 'first' });
    expect(await take('second', LEASE - 1)).toEqual({ kind: 'held', by: 'first' });
    expect(await take('second', LEASE)).toMatchObject({ kind: 'taken' });
  });

  it('refuses a write of one who has lost it', async () => {
    await take('first');
    await store.writeAhead(arn, { message: 'first', now: NOW }, ledger());
    expect((await store.get(arn))?.ledger).toEqual(ledger());
    await expect(
      store.writeAhead(arn, { message: 'first', now: NOW + LEASE }, ledger({ domains: {} })),
    ).rejects.toThrow(LeaseLostError);
    await take('second', LEASE);
    expect(await save('first', 0)).toBe('lost');
    expect(await store.remove(arn, { message: 'first', generation: 0 })).toBe('lost');
    expect((await store.get(arn))?.ledger).toEqual(ledger());
  });

  it('is returned by who saves', async () => {
    await take('first');
    expect(await save('first', 0)).toBe('saved');
    expect(await item()).not.toHaveProperty('lease');
  });
});

describe('an event during a reconciliation', () => {
  it('is not overwritten: whoever saves has to look again', async () => {
    await take('first');
    expect(await notes.note(arn, { now: NOW, deletionRefusedAt: NOW - 1 })).toMatchObject({ sends: true });
    expect(await save('first', 0)).toBe('dirty');
    expect(await store.get(arn)).toMatchObject({ generation: 1, deletionRefusedAt: NOW - 1 });
    expect(await save('first', 1)).toBe('saved');
  });

  it('may be outrun, and is unseen then', async () => {
    await take('first');
    await store.markDirty(arn);
    const outrun = { message: 'first', now: NOW, generation: 0, outrun: true };
    expect(await store.save(arn, outrun, initialState, { token: 'next', expiresAt: undefined })).toBe('saved');
    expect(await take('second', 1, { onlyUnseen: true })).toMatchObject({ kind: 'taken', row: { generation: 1 } });
  });

  it('shares its message with those of the next seconds, until that counts as lost or was answered', async () => {
    expect(await notes.note(arn, { now: NOW })).toEqual({ sends: true, isCutOff: false });
    expect(await notes.note(arn, { now: NOW + 30_000 })).toMatchObject({ sends: false });
    expect(await notes.note(arn, { now: NOW + 30_001 })).toMatchObject({ sends: true });
    await take('first');
    await save('first', 3);
    expect(await notes.note(arn, { now: NOW + 30_002 })).toMatchObject({ sends: true });
  });

  it.each<[boolean, Partial<OwnedResources>]>([
    [true, { madePrivate: true }],
    [false, { madePrivate: true, endpoint: { id: 'vpce-1', vpcId: 'vpc-1' } }],
    [false, { madePrivate: false }],
  ])('tells whether the service is cut off (%s): its ledger has %j', async (isCutOff, owned) => {
    await take('first');
    await store.writeAhead(arn, { message: 'first', now: NOW }, ledger(owned));
    expect(await notes.note(arn, { now: NOW })).toEqual({ sends: true, isCutOff });
  });

  it('is not looked at twice', async () => {
    await notes.note(arn, { now: NOW });
    await take('first');
    await save('first', 1);
    expect(await take('second', 1, { onlyUnseen: true })).toEqual({ kind: 'stale' });
  });
});

describe('the token of the next message', () => {
  it('is the only one that the row is taken with', async () => {
    await take('first');
    expect(await take('early', 1, { token: 'next' })).toEqual({ kind: 'early' });
    await save('first', 0, { token: 'next' });
    expect(await take('other', 1, { token: 'another' })).toEqual({ kind: 'stale' });
    expect(await take('second', 1, { token: 'next' })).toMatchObject({ kind: 'taken' });
  });

  it('is renewed once; the one before still takes the row, as its message may come again, and renews nothing', async () => {
    await take('first');
    await save('first', 0, { token: 'one' });
    expect(await store.renewToken(arn, { token: 'one', next: 'two', now: NOW })).toBe('renewed');
    expect(await store.renewToken(arn, { token: 'one', next: 'three', now: NOW })).toBe('refused');
    expect(await store.renewToken(arn, { token: 'none', next: 'three', now: NOW })).toBe('stale');
    expect(await take('again', 1, { token: 'one' })).toMatchObject({ kind: 'taken' });
    await save('again', 0, { token: 'four' });
    expect(await take('again', 1, { token: 'one' })).toEqual({ kind: 'stale' });
  });

  it.each([
    ['an event came', () => store.markDirty(arn)],
    ['a reconciliation runs', () => take('second')],
  ])('is not renewed when %s', async (_, happens) => {
    await take('first');
    await save('first', 0, { token: 'one' });
    await happens();
    expect(await store.renewToken(arn, { token: 'one', next: 'two', now: NOW })).toBe('refused');
  });
});

describe('what is saved', () => {
  it('takes the place of everything before, also where there is nothing now', async () => {
    await take('first');
    await save('first', 0, { token: 'one', expiresAt: 1_800_000_000, correlation: 'event/1' }, { unreadSince: NOW });
    expect(await item()).toMatchObject({ token: 'one', expiresAt: 1_800_000_000, unreadSince: NOW });
    await take('second');
    await save('second', 0);
    const saved = await item();
    for (const gone of ['token', 'expiresAt', 'correlation', 'unreadSince']) expect(saved).not.toHaveProperty(gone);
  });

  it('survives the hold of a sweep', async () => {
    await store.hold(arn, 'run-1');
    await take('first');
    await save('first', 0);
    expect(await store.get(arn)).toMatchObject({ heldBy: 'run-1' });
    await store.hold(arn, undefined);
    expect((await store.get(arn))?.heldBy).toBeUndefined();
    await store.hold(`${arn}x`, undefined);
    expect(await store.get(`${arn}x`)).toBeUndefined();
  });
});

it('removes a row only as it was seen', async () => {
  await take('first');
  await store.markDirty(arn);
  expect(await store.remove(arn, { message: 'first', generation: 0 })).toBe('dirty');
  expect(await store.remove(arn, { message: 'first', generation: 1 })).toBe('saved');
  expect(await item()).toBeUndefined();
});
