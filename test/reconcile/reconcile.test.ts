import { beforeEach, describe, expect, it } from 'vitest';
import { DAY, MINUTE, SECOND } from '../../shared/duration.ts';
import { LeaseLostError, MalformedInputError } from '../../shared/errors.ts';
import { finding } from '../../shared/findings.ts';
import type { ObservationScope } from '../../shared/observe/observe.ts';
import type { Observed, ObservedService } from '../../shared/plan/observed.ts';
import type { OpenWait, WaitCondition } from '../../shared/plan/wait.ts';
import { type ReconcileMessage, type Waiting, waitingOf } from '../../shared/reconcile/message.ts';
import { type ReconcileResult, reconcileService } from '../../shared/reconcile/reconcile.ts';
import type { LeaseResult } from '../../shared/state/lease.ts';
import { nameClaims } from '../../shared/state/name-claims.ts';
import { initialState, parseRow, type ServiceRow, type ServiceState } from '../../shared/state/row.ts';
import type { SaveResult, Store } from '../../shared/state/store.ts';
import { needValidation, validationClaimKey } from '../../shared/validation-claim.ts';
import {
  DOMAIN,
  domainState,
  effectivePolicy,
  ledger,
  observed,
  present,
  SERVICE_ARN,
  SERVICE_ID,
  START,
  validationCname,
  wantsDetached,
  wantsPrivate,
} from '../fixtures.ts';
import { memoryClaims } from '../memory-claims.ts';
import { StandInObserver } from './stand-in-observer.ts';

const OTHER = SERVICE_ARN.replace(SERVICE_ID, 'a'.repeat(32));
const bare = parseRow({ serviceArn: SERVICE_ARN, generation: 1 });
const row = (change: Partial<ServiceRow> = {}): ServiceRow => ({ ...bare, ...initialState, ...change });

/** One service whose table answers as a test says, and what is asked, sent and saved. */
class Bench extends StandInObserver {
  time = START;
  seen: Observed = observed();
  row: ServiceRow | undefined = row();
  lease: LeaseResult | undefined;
  /** The answers to saving, in order; then `saved`. */
  saves: SaveResult[] = [];
  renewal: Awaited<ReturnType<Store['renewToken']>> = 'renewed';
  writeAhead: () => Promise<void> = async () => {};
  checks: (condition: WaitCondition) => Promise<string> = async () => 'as before';
  fingerprint = 'tags';

  /** What happened, in order. */
  readonly done: string[] = [];
  readonly sent: { readonly message: ReconcileMessage; readonly delay: number | undefined }[] = [];
  readonly saved: {
    readonly lease: Parameters<Store['save']>[1];
    readonly state: ServiceState;
    readonly next: Parameters<Store['save']>[3];
  }[] = [];
  readonly removed: Parameters<Store['remove']>[1][] = [];
  readonly taken: Parameters<Store['acquireLease']>[1][] = [];
  readonly renewed: Parameters<Store['renewToken']>[1][] = [];
  readonly asked: string[] = [];
  readonly isFresh: boolean[] = [];
  looks = 0;
  readonly held = memoryClaims();
  #tokens = 0;

  override forOneReconciliation(how?: { readonly isFresh: boolean }) {
    if (how !== undefined) this.isFresh.push(how.isFresh);
    return this;
  }
  override now = () => this.time;
  override service = async (): Promise<ObservedService> => this.seen.service;
  override tagsFingerprint = async () => {
    this.asked.push('tags');
    return this.fingerprint;
  };
  override check = (condition: WaitCondition) => {
    this.asked.push(JSON.stringify(condition));
    return this.checks(condition);
  };
  override world = async (_: ObservedService, { connectionOnly = false }: ObservationScope): Promise<Observed> => {
    if (!connectionOnly) this.looks++;
    return { ...this.seen, at: this.time };
  };

  readonly store: Store = {
    hold: async () => {},
    markDirty: async (arn) => void this.done.push(`mark ${arn}`),
    get: async (arn) => (arn === SERVICE_ARN ? this.row : undefined),
    async *list() {},
    acquireLease: async (_, take) => {
      this.taken.push(take);
      return this.lease ?? { kind: 'taken', row: this.row ?? row() };
    },
    writeAhead: () => this.writeAhead(),
    save: async (_, lease, state, next) => {
      this.done.push('save');
      this.saved.push({ lease, state, next });
      return this.saves.shift() ?? 'saved';
    },
    renewToken: async (_, renew) => {
      this.renewed.push(renew);
      return this.renewal;
    },
    remove: async (_, lease) => {
      this.done.push('remove');
      this.removed.push(lease);
      return this.saves.shift() ?? 'saved';
    },
  };

  run(message: Partial<ReconcileMessage> = {}, id = 'm1'): Promise<ReconcileResult> {
    return reconcileService(
      id,
      { serviceArn: SERVICE_ARN, ...message },
      {
        store: this.store,
        queue: {
          send: async (sent, delay) => {
            this.done.push(`send ${sent.serviceArn}`);
            this.sent.push({ message: sent, delay });
          },
        },
        claims: this.held,
        accessTo: () => ({ observer: this, execute: async () => ({ kind: 'done' }) }),
        evaluatePolicy: async () => effectivePolicy(),
        killSwitch: async () => undefined,
        token: () => `t${++this.#tokens}`,
        random: () => 0.5,
      },
    );
  }
}

const unmanaged = observed({ service: present({ tags: {}, isPublic: true }), connections: [], domains: {} });
const slow = observed({ answer: { vantage: 'vpc', outcome: 'nxdomain' } });

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});

describe('a message', () => {
  it('about something else than a service is refused before anything is asked', async () => {
    await expect(bench.run({ serviceArn: 'arn:aws:s3:::bucket' })).rejects.toThrow(MalformedInputError);
    expect(bench.taken).toEqual([]);
  });

  it('takes the lease for its delivery, with what it knows', async () => {
    await bench.run({ token: 'next', event: true });
    expect(bench.taken).toEqual([
      { message: `m1@${START}`, token: 'next', onlyUnseen: true, now: START, until: START + 90 * SECOND },
    ]);
  });

  it.each([undefined, true, false])(
    'of a person or a sweep (%s) takes nothing from earlier reconciliations',
    async (fresh) => {
      bench.saves = ['dirty'];
      await bench.run({ fresh });
      expect(bench.isFresh).toEqual([fresh === true, fresh === true]);
    },
  );

  it.each<[LeaseResult, ReconcileResult['kind']]>([
    [{ kind: 'stale' }, 'stale'],
    [{ kind: 'held', by: 'm2@5' }, 'held'],
    [{ kind: 'held', by: 'm1@5' }, 'redeliver'],
    [{ kind: 'held', by: 'm11@5' }, 'held'],
  ])('whose lease is %j ends as %s, and nothing is read', async (lease, kind) => {
    bench.lease = lease;
    expect(await bench.run()).toEqual({ kind });
    expect([bench.looks, bench.done]).toEqual([0, []]);
  });

  it('that comes before its reconciliation has saved is sent again', async () => {
    bench.lease = { kind: 'early' };
    const message = { serviceArn: SERVICE_ARN, token: 'next' };
    expect(await bench.run(message)).toEqual({ kind: 'early' });
    expect(bench.sent).toEqual([{ message, delay: 5 * SECOND }]);
  });
});

describe('a reconciliation', () => {
  it('sends the next message before it saves, with a new token and what is waited for', async () => {
    bench.seen = slow;
    const result = await bench.run({ correlation: 'event/1' });
    expect(result).toMatchObject({ kind: 'reconciled', phase: 'waiting-for-dns', state: { phase: 'waiting-for-dns' } });
    expect(bench.done).toEqual([`send ${SERVICE_ARN}`, 'save']);
    const [sent] = bench.sent;
    expect(sent?.message).toMatchObject({
      token: 't1',
      correlation: 'event/1',
      waiting: { lookedAt: START, waits: [{ kind: 'dns' }] },
    });
    expect(sent?.delay).toBe(5 * SECOND);
    expect(bench.saved).toMatchObject([
      { lease: { message: `m1@${START}`, now: START, generation: 1 }, next: { token: 't1', correlation: 'event/1' } },
    ]);
    expect(bench.saved[0]?.next.expiresAt).toBeUndefined();
  });

  it('sends nothing when there is nothing to wait for', async () => {
    bench.row = row({ desired: wantsPrivate(), ledger: ledger() });
    await bench.run();
    expect(bench.sent).toEqual([]);
    expect(bench.saved).toMatchObject([{ next: { token: undefined } }]);
  });

  it('that loses its lease leaves the message in the queue', async () => {
    bench.saves = ['lost'];
    expect(await bench.run()).toEqual({ kind: 'redeliver' });
    bench.writeAhead = () => Promise.reject(new LeaseLostError('lost'));
    expect(await bench.run()).toEqual({ kind: 'redeliver' });
    bench.writeAhead = () => Promise.reject(new TypeError('a fault'));
    await expect(bench.run()).rejects.toThrow('a fault');
  });

  it('observes again when an event came meanwhile, from what it had done', async () => {
    bench.seen = slow;
    bench.saves = ['dirty'];
    bench.row = row({ generation: 2, ledger: ledger() });
    expect(await bench.run()).toMatchObject({ kind: 'reconciled' });
    expect(bench.saved.map(({ lease }) => lease.generation)).toEqual([2, 2]);
    expect(bench.saved[1]?.state.timeline).toEqual(bench.saved[0]?.state.timeline);
  });

  it('leaves the message in the queue when the row has gone meanwhile', async () => {
    bench.saves = ['dirty'];
    const { acquireLease } = bench.store;
    bench.store.acquireLease = async (...asked) => {
      const taken = await acquireLease(...asked);
      bench.row = undefined;
      return taken;
    };
    expect(await bench.run()).toEqual({ kind: 'redeliver' });
  });

  it.each<[SaveResult, ReconcileResult['kind']]>([
    ['saved', 'reconciled'],
    ['lost', 'redeliver'],
  ])(
    'outrun by events three times saves what it saw (%s), and everything is observed a second later',
    async (last, kind) => {
      bench.saves = ['dirty', 'dirty', 'dirty', last];
      bench.row = row({ generation: 5, seenGeneration: 4, ledger: ledger() });
      expect(await bench.run({ correlation: 'event/1' })).toMatchObject({ kind });
      expect(bench.looks).toBe(3);
      expect(bench.sent.at(-1)).toEqual({
        message: { serviceArn: SERVICE_ARN, token: expect.any(String), correlation: 'event/1' },
        delay: SECOND,
      });
      const token = bench.sent.at(-1)?.message.token;
      expect(bench.saved.at(-1)).toMatchObject({
        lease: { message: `m1@${START}`, now: START, generation: 4, outrun: true },
        next: { token, correlation: 'event/1' },
        state: { desired: { kind: 'private' } },
      });
    },
  );
});

describe('a row', () => {
  const gone = observed({ service: { kind: 'deleted' }, connections: [], domains: {}, answer: undefined });
  const request = { at: START, by: 'arn:me', what: 'requested a reconciliation' };
  const open = { ...finding('tag-unknown', { resource: SERVICE_ARN, message: 'no meaning' }), since: START };

  it.each<[string, Observed, Partial<ServiceRow>]>([
    ['the stack never did anything for the service', unmanaged, {}],
    ['the service was deleted before anything was done', gone, {}],
  ])('is removed when %s', async (_, seen, change) => {
    bench.seen = seen;
    bench.row = row(change);
    expect(await bench.run()).toEqual({ kind: 'forgotten' });
    expect(bench.done).toEqual(['remove']);
    expect(bench.removed).toEqual([{ message: `m1@${START}`, generation: 1 }]);
  });

  const misspelt = observed({
    service: present({ tags: { 'private-ingress:domain': 'x' }, isPublic: true }),
    connections: [],
  });
  it.each<[string, Observed, Partial<ServiceRow>]>([
    ['a person asked for something', unmanaged, { requests: [request] }],
    ['there is something to report', misspelt, {}],
    [
      'the service was managed',
      gone,
      { desired: wantsPrivate(), phase: 'ready', timeline: [{ at: START, text: 'ready' }] },
    ],
    ['something of it is left', gone, { desired: wantsDetached(), phase: 'detaching', findings: [open] }],
  ])('stays when %s', async (_, seen, change) => {
    bench.seen = seen;
    bench.row = row(change);
    expect(await bench.run()).toMatchObject({ kind: 'reconciled' });
    expect(bench.done).toEqual(['save']);
  });

  it('of a detached service is kept for thirty days', async () => {
    bench.seen = gone;
    bench.time = START + 1;
    bench.row = row({ desired: wantsPrivate(), phase: 'ready', timeline: [{ at: START, text: 'ready' }] });
    expect(await bench.run()).toMatchObject({ phase: 'detached' });
    expect(bench.saved[0]?.next.expiresAt).toBe((START + 30 * DAY) / SECOND + 1);
  });
});

describe('a claim', () => {
  it('of a name that is not wanted any more is released, and the service that waits for it is woken', async () => {
    const names = nameClaims(bench.held, bench.store);
    bench.row = row({ ledger: ledger({ names: [DOMAIN, 'old.example.com'] }) });
    await names.claim(SERVICE_ARN, [DOMAIN, 'old.example.com']);
    await names.claim(OTHER, ['old.example.com']);
    await bench.run({ correlation: 'event/1' });
    expect(bench.sent).toContainEqual({ message: { serviceArn: OTHER, correlation: 'event/1' }, delay: undefined });
    expect(bench.done.slice(0, 2)).toEqual([`mark ${OTHER}`, `send ${OTHER}`]);
    expect(bench.saved[0]?.state.ledger.names).toEqual([DOMAIN]);
    expect(await names.claim(OTHER, [DOMAIN, 'old.example.com'])).toEqual([SERVICE_ARN, OTHER]);
  });

  it.each<[string, Observed, readonly string[] | undefined]>([
    [
      'is kept while its records stand',
      observed({ service: present({ tags: { 'private-ingress': 'disabled' } }) }),
      [DOMAIN],
    ],
    [
      'is released with the service',
      observed({ service: present({ tags: { 'private-ingress': 'released' } }) }),
      undefined,
    ],
    [
      'is kept while it is unclear what is wanted',
      observed({ service: present({ tags: { 'private-ingress': 'maybe' } }) }),
      [DOMAIN],
    ],
  ])('of a name %s', async (_, seen, kept) => {
    bench.seen = seen;
    bench.row = row({ desired: wantsPrivate(), ledger: ledger({ names: [DOMAIN] }) });
    await nameClaims(bench.held, bench.store).claim(SERVICE_ARN, [DOMAIN]);
    await bench.run();
    expect(bench.saved[0]?.state.ledger.names).toEqual(kept);
  });

  it('of a validation record is left when the record has left the ledger, though another writer deleted it', async () => {
    const needed = { zoneId: 'ZPUBLIC', record: validationCname };
    await needValidation(bench.held, SERVICE_ARN, needed, true);
    const users = async () => Object((await bench.held.get(validationClaimKey(needed))).value).users;
    bench.row = row({ desired: wantsPrivate(), ledger: ledger() });
    await bench.run();
    expect(await users()).toEqual([SERVICE_ARN]);
    bench.seen = observed({
      service: present({ tags: { 'private-ingress': 'enabled' } }),
      domains: { [DOMAIN]: domainState({ association: undefined, records: {}, validation: {} }) },
    });
    await bench.run();
    expect(await users()).toEqual([]);
  });
});

describe('a look at what is waited for', () => {
  const wait = (change: Partial<OpenWait> = {}): OpenWait => ({
    ...{ kind: 'dns', subject: DOMAIN, condition: { check: 'name', name: DOMAIN }, since: START },
    ...{ expected: 'as before', why: 'it takes its time' },
    ...change,
  });
  const connection: WaitCondition = { check: 'connection', arn: 'arn:connection' };
  const waitsFor = (waits: readonly OpenWait[] = [wait()], lookedAt = START): Waiting => {
    const waiting = waitingOf(waits, 'tags', lookedAt);
    if (waiting === undefined) throw new Error('too long');
    return waiting;
  };
  const look = (waiting = waitsFor()) => bench.run({ token: 'now', waiting, correlation: 'event/1' });
  beforeEach(() => {
    bench.time = START + 10 * SECOND;
  });

  it('at which nothing has changed reads and saves nothing else, and sends the message again with a new token', async () => {
    const waiting = waitsFor();
    expect(await look(waiting)).toEqual({ kind: 'waiting', waits: waiting.waits });
    expect(bench.renewed).toEqual([{ token: 'now', next: 't1', now: bench.time }]);
    expect(bench.sent).toEqual([
      {
        message: {
          ...{ serviceArn: SERVICE_ARN, token: 't1', correlation: 'event/1' },
          waiting: { ...waiting, lookedAt: bench.time },
        },
        delay: 5 * SECOND,
      },
    ]);
    expect([bench.taken, bench.saved, bench.looks]).toEqual([[], [], 0]);
  });

  it.each<[string, readonly OpenWait[], readonly string[]]>([
    [
      'one question for all that wait for the same',
      [wait(), wait({ subject: 'other' })],
      [JSON.stringify(wait().condition)],
    ],
    [
      'all that are due',
      [wait(), wait({ kind: 'connection', condition: connection })],
      [JSON.stringify(wait().condition), JSON.stringify(connection)],
    ],
    ['nothing that is not due', [wait({ since: START + 8 * SECOND })], []],
    ['nothing where no check is', [wait({ condition: { check: 'nothing' } })], []],
  ])('asks %s', async (_, waits, asked) => {
    expect(await look(waitsFor(waits))).toMatchObject({ kind: 'waiting' });
    expect(bench.asked).toEqual(asked);
  });

  it.each<[string, (given: Bench) => void]>([
    ['an answer is another', (given) => Object.assign(given, { checks: async () => 'something else' })],
    ['an answer fails', (given) => Object.assign(given, { checks: () => Promise.reject(new Error('throttled')) })],
    ['an event came, or a reconciliation runs', (given) => Object.assign(given, { renewal: 'refused' })],
  ])('observes everything when %s', async (_, happens) => {
    happens(bench);
    expect(await look()).toMatchObject({ kind: 'reconciled' });
    expect(bench.taken).toMatchObject([{ token: 'now' }]);
  });

  it.each<[string, OpenWait, number]>([
    ['takes too long', wait(), 30 * MINUTE + 1],
    ['has ended by time', wait({ kind: 'grace', condition: { check: 'nothing' }, endsAt: START + MINUTE }), MINUTE],
    ['is a retry', wait({ kind: 'retry', condition: { check: 'nothing' } }), MINUTE],
    ['needs all to be seen', wait({ kind: 'https', condition: { check: 'nothing' } }), 10 * MINUTE],
  ])('observes everything, without a question, when what is waited for %s', async (_, one, after) => {
    bench.time = START + after;
    expect(await look(waitsFor([one]))).toMatchObject({ kind: 'reconciled' });
    expect([bench.renewed, bench.asked]).toEqual([[], []]);
  });

  it('asks on until it takes too long', async () => {
    bench.time = START + 30 * MINUTE;
    expect(await look(waitsFor([wait()], bench.time - MINUTE))).toMatchObject({ kind: 'waiting' });
  });

  it('reads the tags once they are five minutes old, which no event may have reported', async () => {
    const readAt = START - 5 * MINUTE;
    const readTags = () => bench.asked.filter((one) => one === 'tags').length;
    bench.time = START - 1;
    await look({ ...waitsFor([wait()], START - MINUTE), tagsReadAt: readAt });
    expect([readTags(), bench.sent.at(-1)?.message.waiting?.tagsReadAt]).toEqual([0, readAt]);
    bench.time = START;
    await look({ ...waitsFor([wait()], START - MINUTE), tagsReadAt: readAt });
    expect([readTags(), bench.sent.at(-1)?.message.waiting?.tagsReadAt]).toEqual([1, START]);
    // A message of before that was said.
    const { tagsReadAt: _, ...waiting } = waitsFor([wait()], START - MINUTE);
    bench.fingerprint = 'others';
    expect(await look(waiting)).toMatchObject({ kind: 'reconciled' });
    expect(readTags()).toBe(2);
  });

  it('whose row waits for another message ends at once', async () => {
    bench.renewal = 'stale';
    expect(await look()).toEqual({ kind: 'stale' });
    expect([bench.asked, bench.sent, bench.taken]).toEqual([[], [], []]);
  });

  it.each([{ token: 'now' }, { waiting: waitsFor() }])(
    'takes a token and what is waited for, not only one of them (%#)',
    async (message) => {
      expect(await bench.run(message)).toMatchObject({ kind: 'reconciled' });
      expect(bench.renewed).toEqual([]);
    },
  );
});
