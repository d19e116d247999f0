import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ExecutionOutcome } from '../../shared/execute/outcome.ts';
import { observeServiceClaims } from '../../shared/observe/claims.ts';
import type { ObservationScope } from '../../shared/observe/observe.ts';
import type { Action } from '../../shared/plan/action.ts';
import type { Observed, ObservedService } from '../../shared/plan/observed.ts';
import type { ReconcileMessage } from '../../shared/reconcile/message.ts';
import { reconcileService } from '../../shared/reconcile/reconcile.ts';
import { ownershipName } from '../../shared/records/names.ts';
import { claimOf } from '../../shared/records/ownership.ts';
import { type RecordSet, sameRecord } from '../../shared/records/record-set.ts';
import { parseRow, type ServiceRow } from '../../shared/state/row.ts';
import type { Store } from '../../shared/state/store.ts';
import {
  association,
  connection,
  DOMAIN,
  domainState,
  effectivePolicy,
  observed,
  present,
  rules,
  START,
} from '../fixtures.ts';
import { memoryClaims } from '../memory-claims.ts';
import { StandInObserver } from './stand-in-observer.ts';

/** Two services of two accounts, one zone, one name, and every way to ask for it. */

const IDS = ['a'.repeat(32), 'b'.repeat(32)] as const;
const ACCOUNTS = ['111111111111', '222222222222'] as const;
type Who = 0 | 1;
const arnOf = (who: Who) => `arn:aws:apprunner:ap-northeast-1:${ACCOUNTS[who]}:service/web/${IDS[who]}`;

const changes = [
  'enable',
  'enable and adopt',
  'disable',
  'release',
  'untag',
  'rename',
  'delete',
  'lose row',
  'may claim',
  'may not claim',
  'may adopt',
  'may not adopt',
  'require',
  'leave to the tag',
  'resolve',
  'do not resolve',
] as const;
type Change = (typeof changes)[number];

const steps = fc.array(
  fc.record({
    who: fc.constantFrom<Who>(0, 1),
    change: fc.option(fc.constantFrom(...changes), { nil: undefined }),
    reconcile: fc.boolean(),
  }),
  { minLength: 2, maxLength: 30 },
);

interface Side {
  tags: Readonly<Record<string, string>>;
  isDeleted: boolean;
  mayClaim: boolean;
  mayAdopt: boolean;
  isRequired: boolean;
  isAssociated: boolean;
  /** Whether the connection's name resolves, so that names are published. */
  resolves: boolean;
}

class SideObserver extends StandInObserver {
  readonly #see: (scope: ObservationScope) => Promise<Observed>;
  readonly #service: () => ObservedService;

  constructor(service: () => ObservedService, see: (scope: ObservationScope) => Promise<Observed>) {
    super();
    this.#service = service;
    this.#see = see;
  }
  override now = () => START;
  override service = async () => this.#service();
  override tagsFingerprint = async () => 'never the same';
  override check = async () => 'never the same';
  override world = async (_: ObservedService, scope: ObservationScope) => this.#see(scope);
}

class TwoServices {
  readonly sides: readonly [Side, Side] = [side(), side()];
  /** Who may have the name, by the rules of this test alone. */
  holder: Who | undefined;
  readonly violations: string[] = [];
  readonly rows = new Map<string, ServiceRow>();
  #records: readonly RecordSet[] = [];
  #messages: ReconcileMessage[] = [];
  readonly #claims = memoryClaims();

  change(who: Who, change: Change): void {
    const one = this.sides[who];
    const tagged = (value: string, more = {}) => {
      one.tags = { 'private-ingress': value, 'private-ingress:domains': DOMAIN, ...more };
    };
    const does: Readonly<Record<Change, () => unknown>> = {
      enable: () => tagged('enabled'),
      'enable and adopt': () => tagged('enabled', { 'private-ingress:adopt': DOMAIN }),
      disable: () => tagged('disabled'),
      release: () => tagged('released'),
      untag: () => Object.assign(one, { tags: {} }),
      rename: () => tagged('enabled', { 'private-ingress:domains': 'other.example.com' }),
      delete: () => Object.assign(one, { isDeleted: true, isAssociated: false }),
      // A name that is not published yet is lost with the row.
      'lose row': () => (this.holder !== who || this.#publishedBy() === who) && this.rows.delete(arnOf(who)),
      'may claim': () => Object.assign(one, { mayClaim: true }),
      'may not claim': () => Object.assign(one, { mayClaim: false }),
      'may adopt': () => Object.assign(one, { mayAdopt: true }),
      'may not adopt': () => Object.assign(one, { mayAdopt: false }),
      require: () => Object.assign(one, { isRequired: true }),
      resolve: () => Object.assign(one, { resolves: true }),
      'do not resolve': () => Object.assign(one, { resolves: false }),
      'leave to the tag': () => Object.assign(one, { isRequired: false }),
    };
    does[change]();
  }

  /** The service alone, and then whoever was woken. */
  async reconcile(who: Who): Promise<void> {
    this.#messages.push({ serviceArn: arnOf(who) });
    for (let count = 0; count < 10; count++) {
      const message = this.#messages.shift();
      if (message === undefined) return;
      await this.#reconcileOne(message.serviceArn === arnOf(0) ? 0 : 1);
    }
  }

  async #reconcileOne(who: Who): Promise<void> {
    const one = this.sides[who];
    const wants = this.#wants(who);
    if (wants) this.holder ??= who;
    await reconcileService(
      'message',
      { serviceArn: arnOf(who) },
      {
        store: this.#store,
        queue: { send: async (message, delay) => void (delay === undefined && this.#messages.push(message)) },
        claims: this.#claims,
        accessTo: () => ({
          observer: new SideObserver(
            () => (one.isDeleted ? { kind: 'deleted' } : present({ isPublic: false, tags: one.tags })),
            (scope) => this.#see(who, scope),
          ),
          execute: async (action) => this.#execute(who, action),
        }),
        evaluatePolicy: async () =>
          effectivePolicy({
            enforcement: one.isRequired ? 'required' : 'by-tag',
            rules: rules({
              detachGrace: 0,
              mayAdopt: one.mayAdopt,
              claimableNames: one.mayClaim ? ['*.example.com'] : [],
              domains: one.isRequired ? [DOMAIN] : [],
            }),
          }),
        killSwitch: async () => undefined,
        token: () => 'token',
        random: () => 0.5,
      },
    );
    const isReleased = !one.isDeleted && !one.isRequired && one.tags['private-ingress'] === 'released';
    const isClean = !one.isAssociated && this.#publishedBy() !== who;
    if (this.holder === who && !this.#wants(who) && (isReleased || isClean)) this.holder = undefined;
  }

  #wants(who: Who): boolean {
    const { tags, isDeleted, mayClaim, isRequired } = this.sides[who];
    if (isDeleted) return false;
    const asks = tags['private-ingress'] === 'enabled' && tags['private-ingress:domains'] === DOMAIN && mayClaim;
    return isRequired || asks;
  }

  #publishedBy(): Who | undefined {
    const txt = this.#records.find(({ name }) => name === ownershipName(DOMAIN));
    const id = txt === undefined ? undefined : claimOf(txt)?.serviceId;
    return id === IDS[0] ? 0 : id === IDS[1] ? 1 : undefined;
  }

  async #see(who: Who, scope: ObservationScope): Promise<Observed> {
    const names = [...new Set([...scope.domains, ...Object.keys(scope.ledger.domains)])];
    const { isAssociated, isDeleted, resolves } = this.sides[who];
    const state = (name: string) => {
      const { association: _, ...bare } = domainState();
      return {
        ...bare,
        association: isAssociated && name === DOMAIN ? association({ validation: [] }) : undefined,
        records: {
          ZPRIVATE: {
            at: this.#records.filter((record) => record.name === name),
            txt: this.#records.find((record) => record.name === ownershipName(name)),
          },
        },
        validation: {},
      };
    };
    return observed({
      service: isDeleted ? { kind: 'deleted' } : present({ isPublic: false, tags: this.sides[who].tags }),
      connections: [connection({ owner: 'another' })],
      domains: Object.fromEntries(names.map((name) => [name, state(name)])),
      ...(resolves ? {} : { answer: { vantage: 'vpc', outcome: 'nxdomain' } }),
      claims: (await observeServiceClaims(this.#claims, arnOf(who), scope.domains, [])).names,
    });
  }

  #execute(who: Who, action: Action): ExecutionOutcome {
    const done = { kind: 'done' } as const;
    const violate = (what: string) => this.violations.push(`${who}: ${what}, and ${this.holder} holds the name`);
    if (action.kind === 'associate-domain' && action.domain === DOMAIN) {
      if (this.holder !== who) violate('associates');
      this.sides[who].isAssociated = true;
    }
    if (action.kind === 'disassociate-domain' && action.domain === DOMAIN) this.sides[who].isAssociated = false;
    if (action.kind !== 'change-records') return done;
    const owner = this.#publishedBy();
    for (const { action: verb, record } of action.changes) {
      const there = this.#records.find((one) => sameRecord(one, record));
      if (verb === 'DELETE') {
        if (owner !== undefined && owner === this.holder && owner !== who) violate(`deletes ${record.type}`);
        if (there === undefined) return { kind: 'retry', reason: 'was not found' };
        this.#records = this.#records.filter((one) => one !== there);
      } else {
        if (action.domain === DOMAIN && this.holder !== who) violate(`creates ${record.type}`);
        if (this.#records.some(({ name, type }) => name === record.name && type === record.type))
          return { kind: 'retry', reason: 'already exists' };
        this.#records = [...this.#records, record];
      }
    }
    return done;
  }

  readonly #store: Store = {
    markDirty: async () => {},
    renewToken: async () => 'refused',
    hold: async () => {},
    get: async (arn) => this.rows.get(arn),
    list: async function* () {},
    acquireLease: async (arn) => {
      const row = this.rows.get(arn) ?? parseRow({ serviceArn: arn, generation: 0 });
      this.rows.set(arn, row);
      return { kind: 'taken', row };
    },
    writeAhead: async (arn, _, ledger) => {
      const row = this.rows.get(arn);
      if (row !== undefined) this.rows.set(arn, { ...row, ledger });
    },
    save: async (arn, _, state) => {
      const row = this.rows.get(arn) ?? parseRow({ serviceArn: arn, generation: 0 });
      this.rows.set(arn, { ...row, ...state });
      return 'saved';
    },
    remove: async (arn) => {
      this.rows.delete(arn);
      return 'saved';
    },
  };

  waits(who: Who): boolean {
    return (
      this.rows.get(arnOf(who))?.findings.some(({ code, domain }) => code === 'domain-held' && domain === DOMAIN) ===
      true
    );
  }
}

function side(): Side {
  return {
    tags: {},
    isDeleted: false,
    mayClaim: true,
    mayAdopt: true,
    isRequired: false,
    isAssociated: false,
    resolves: true,
  };
}

it('one name has one owner, and changes hands by release or deletion only', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const world = new TwoServices();
      for (const { who, change, reconcile } of all) {
        if (change !== undefined) world.change(who, change);
        if (reconcile || change === undefined) await world.reconcile(who);
        expect(world.violations).toEqual([]);
        // A name without a holder is free at once.
        if (world.holder === undefined && reconcile) expect([world.waits(0), world.waits(1)]).toEqual([false, false]);
      }
    }),
    { numRuns: 300 },
  );
});

it('is played where names are published', async () => {
  const world = new TwoServices();
  world.change(0, 'enable');
  await world.reconcile(0);
  await world.reconcile(0);
  expect(world.rows.get(arnOf(0))?.phase).toBe('ready');
});
