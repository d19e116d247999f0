import type { Route53Client } from '@aws-sdk/client-route-53';
import type { FindingCode } from '../findings.ts';
import type { Action } from '../plan/action.ts';
import type { OwnedRecord } from '../plan/ledger.ts';
import type { NetworkState } from '../plan/observed.ts';
import type { Phase, Plan } from '../plan/plan.ts';
import type { RecordChange, RecordSet } from '../records/record-set.ts';
import type { ServiceClaims } from './claims.ts';
import type { JoinedReads } from './joined-reads.ts';
import { Answers, Freshness, KEPT_MS, KeptAnswers, type Memory, type ZoneRecords } from './memory.ts';
import { type Span, ZonePages } from './zone-pages.ts';

/** What is kept: what other services, people and other tools change, and no event reports. */
export interface Kept {
  readonly networks: KeptAnswers<NetworkState>;
  readonly claims: KeptAnswers<ServiceClaims>;
}
/** What was read of Route 53 is kept for all of the process (`JoinedReads`, `KeptPages`). */
type KeptPart = keyof Kept | 'zones' | 'records';
const keptParts: readonly KeptPart[] = ['networks', 'zones', 'records', 'claims'];

export const nothingKept = (): Kept => ({
  networks: new KeptAnswers(({ endpoints }) => endpoints.length > 0 && endpoints.every(isHealthy)),
  claims: new KeptAnswers(({ names }) => Object.values(names).every(({ holder }) => holder !== undefined)),
});

function isHealthy({ state, name, allowsHttps, ownGroup }: NetworkState['endpoints'][number]): boolean {
  return state === 'available' && name !== undefined && allowsHttps === true && (ownGroup?.missing ?? []).length === 0;
}

/** Pages that are kept at most for a client, of up to 300 records each: of all zones, and of one. */
const MAX_PAGES = 150;
const MAX_PAGES_OF_ZONE = 50;

/** The pages of hosted zones that a process has read. What AWS answers may depend on who asks. */
export class KeptPages {
  readonly #byClient = new WeakMap<Route53Client, Map<string, ZonePages>>();
  readonly #reads: Pick<JoinedReads, 'pages'>;
  readonly #now: () => number;

  /** @param now milliseconds since the epoch. */
  constructor(reads: Pick<JoinedReads, 'pages'>, now: () => number) {
    this.#reads = reads;
    this.#now = now;
  }

  of(client: Route53Client, zoneId: string): ZonePages {
    const known = this.#byClient.get(client) ?? new Map<string, ZonePages>();
    this.#byClient.set(client, known);
    const options = { now: this.#now, keptFor: KEPT_MS, most: MAX_PAGES_OF_ZONE };
    const pages = known.get(zoneId) ?? new ZonePages(this.#reads.pages(client, zoneId), options);
    // The zone that was asked for longest ago goes first.
    known.delete(zoneId);
    let count = [...known.values()].reduce((sum, one) => sum + one.count, pages.count);
    for (const [id, one] of known) {
      if (count <= MAX_PAGES && this.#now() - one.lastAt < KEPT_MS) break;
      known.delete(id);
      count -= one.count;
    }
    known.set(zoneId, pages);
    return pages;
  }
}

/** What a reconciliation has asked of one hosted zone. */
interface ZoneAsked {
  readonly pages: ZonePages;
  /** The last question. */
  last: Promise<unknown>;
  /** Names that were taken from pages of earlier reconciliations. */
  readonly taken: Set<string>;
  /** Names for which those pages will not do. */
  readonly refused: Set<string>;
}

/** Records of hosted zones for one reconciliation, from the pages that all of the process have read. */
export class RecordAnswers implements ZoneRecords {
  readonly #freshness: Freshness;
  readonly #pages: KeptPages;
  /** By id. */
  readonly #zones = new Map<string, ZoneAsked>();

  /** @param freshness which pages of other reconciliations are taken. */
  constructor(freshness: Freshness, pages: KeptPages) {
    this.#freshness = freshness;
    this.#pages = pages;
  }

  /** Whether a page of an earlier reconciliation was taken. */
  get usedKept(): boolean {
    return this.#freshness.usedKept;
  }

  at(
    client: Route53Client,
    zoneId: string,
    names: readonly string[],
    written: readonly OwnedRecord[],
  ): Promise<readonly RecordSet[]> {
    const pages = this.#pages.of(client, zoneId);
    for (const { zoneId: of, record, at } of written)
      if (of === zoneId && at !== undefined) pages.apply([{ action: 'CREATE', record }], at);
    const before = this.#zones.get(zoneId) ?? { last: Promise.resolve(), taken: new Set(), refused: new Set() };
    const zone: ZoneAsked = { ...before, pages };
    this.#zones.set(zoneId, zone);
    const mayTake = (span: Span, name: string) => {
      if (this.#freshness.isNew(span)) return true;
      if (zone.refused.has(name) || !this.#freshness.take(span)) return false;
      zone.taken.add(name);
      return true;
    };
    // One question after the other: the next one finds the pages of those before.
    const answer = before.last.then(() => pages.read(names, mayTake));
    zone.last = answer.catch(() => undefined);
    return answer;
  }

  /** Asks for names again that were taken from earlier reconciliations. @returns whether there are some. */
  forgetNames(zoneId: string, names: readonly string[]): boolean {
    const zone = this.#zones.get(zoneId);
    const unreliable = names.filter((name) => zone?.taken.delete(name));
    for (const name of unreliable) zone?.refused.add(name);
    return unreliable.length > 0;
  }

  /** Takes over changes that Route 53 has just made. */
  change(zoneId: string, changes: readonly RecordChange[]): void {
    this.#zones.get(zoneId)?.pages.apply(changes, this.#freshness.now());
  }

  /** Asks again; from now on no page of earlier reconciliations is taken. */
  forget(): void {
    this.#freshness.renew();
    for (const { taken } of this.#zones.values()) taken.clear();
  }
}

/** What a reconciliation remembers. */
export type ReconciliationMemory = Required<Memory> & { readonly records: RecordAnswers };

/**
 * For one reconciliation: everything, until an action touches it.
 * @param kept what was answered in earlier ones.
 * @param pages what was read of hosted zones.
 * @param isFresh whether nothing of that is taken.
 */
export function reconciliationMemory(
  kept: Kept,
  pages: KeptPages,
  now: () => number,
  isFresh: boolean,
): ReconciliationMemory {
  const freshness = () => new Freshness(now, !isFresh);
  return {
    networks: new Answers(freshness(), kept.networks),
    zones: new Answers(freshness()),
    records: new RecordAnswers(freshness(), pages),
    claims: new Answers(freshness(), kept.claims),
    services: new Answers(),
    tags: new Answers(),
    connectionLists: new Answers(),
    connections: new Answers(),
    customDomains: new Answers(),
    names: new Answers(),
  };
}

const connection: readonly (keyof ReconciliationMemory)[] = [
  'services',
  'connectionLists',
  'connections',
  'customDomains',
  'names',
];

/** What an action may touch. App Runner may show any change of its resources at the service, too. */
const touched: Readonly<Record<Action['kind'], readonly (keyof ReconciliationMemory)[]>> = {
  'create-security-group': ['networks'],
  'extend-security-group': ['networks'],
  'create-endpoint': ['networks', 'names'],
  'make-private': ['services', 'customDomains', 'names'],
  'make-public': ['services', 'customDomains', 'names'],
  'create-connection': ['connectionLists', 'connections', 'names'],
  'update-connection': connection,
  'delete-connection': connection,
  'remove-tag': ['tags'],
  'associate-domain': ['services', 'customDomains'],
  'disassociate-domain': ['services', 'customDomains'],
  'change-records': ['names'],
};

/**
 * Forgets what an action that is done may have changed, or what is said of claims; without a change, everything. Of records
 * the change itself is known.
 */
export function forget(memory: ReconciliationMemory, change?: Action | 'claims'): void {
  if (change === 'claims') memory.claims.forget();
  else if (change === undefined) for (const part of Object.values(memory)) part.forget();
  else {
    for (const part of touched[change.kind]) memory[part].forget();
    // Route 53 has confirmed the whole batch.
    if (change.kind === 'change-records') memory.records.change(change.zoneId, change.changes);
  }
}

/** What an action relies on, of that which may be kept, beside what it changes; a record for a certificate leads nowhere. */
const relies = (action: Action): readonly KeptPart[] =>
  action.kind === 'change-records' && action.purpose === 'validation' ? ['claims'] : reliedOn[action.kind];
const reliedOn: Readonly<Record<Action['kind'], readonly KeptPart[]>> = {
  'create-security-group': ['networks'],
  'extend-security-group': ['networks'],
  'create-endpoint': ['networks'],
  'make-private': keptParts,
  'make-public': keptParts,
  'create-connection': ['networks'],
  'update-connection': keptParts,
  'delete-connection': keptParts,
  'remove-tag': [],
  'associate-domain': ['zones', 'records', 'claims'],
  'disassociate-domain': keptParts,
  'change-records': keptParts,
};

/** Findings of what each look reads anew: tags, the policy, and whether DNS can be observed. */
const ofNothingKept: ReadonlySet<FindingCode> = new Set<FindingCode>([
  'adopt-not-allowed',
  'alias-strategy-unknown',
  'deletion-refused',
  'dns-unobservable',
  'domain-invalid',
  'domain-not-allowed',
  'domain-not-claimable',
  'domains-tag-missing',
  'domains-too-many',
  'exception-expired',
  'tag-ignored',
  'tag-incomplete',
  'tag-missing',
  'tag-overruled',
  'tag-unknown',
  'tag-value-unknown',
]);

/**
 * Forgets kept answers that the plan must not rely on: they justify waiting or an empty plan, never a write, a finding about
 * them, a record that counts as gone, or that something is reached.
 * @returns whether there were any: then the plan is to be made again.
 */
export function forgetUnreliable(memory: ReconciliationMemory, plan: Plan, before: Phase | undefined): boolean {
  const isReached = plan.phase !== before && ['ready', 'ready-unverified', 'detached'].includes(plan.phase);
  const concludes = isReached || plan.forget.length > 0 || !plan.findings.every(({ code }) => ofNothingKept.has(code));
  const parts = concludes ? keptParts : plan.actions.flatMap(relies);
  const unreliable = new Set(parts.filter((part) => memory[part].usedKept));
  for (const part of unreliable) memory[part].forget();
  const changed = plan.actions.flatMap((action) => (action.kind === 'change-records' ? action : []));
  const forgotten = changed.map(({ zoneId, changes }) =>
    memory.records.forgetNames(
      zoneId,
      changes.map(({ record }) => record.name),
    ),
  );
  return unreliable.size > 0 || forgotten.includes(true);
}
