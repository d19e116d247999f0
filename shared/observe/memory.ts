import type { Service } from '@aws-sdk/client-apprunner';
import { MINUTE } from '../duration.ts';
import type { FindingCode } from '../findings.ts';
import type { Action } from '../plan/action.ts';
import { type OwnedResources, sameOwnedRecord, validationOf } from '../plan/ledger.ts';
import type { ConnectionState, NetworkState } from '../plan/observed.ts';
import type { Phase, Plan } from '../plan/plan.ts';
import type { RecordChange, RecordSet } from '../records/record-set.ts';
import type { Zone } from '../records/zones.ts';
import type { ServiceClaims } from './claims.ts';
import type { ListedConnection } from './connections.ts';
import type { DescribedDomains } from './domains.ts';
import type { ObservedNames } from './name-checks.ts';
import type { ZonePages } from './zone-pages.ts';

/** How long an answer may be kept from one reconciliation to the next, in milliseconds. */
export const KEPT_MS = 15 * MINUTE;

/** Answers of one kind that are kept at most, so that a busy process stays small. */
const MAX_KEPT = 1_000;

/** When a question was asked. */
export interface Asked {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Its place among the questions of the process: its clock may be set back. */
  readonly order: number;
}

let questions = 0;
export const askedNow = (now: () => number): Asked => ({ at: now(), order: ++questions });

/** Answers of earlier reconciliations of the same process. */
export class KeptAnswers<Answer> {
  readonly #answers = new Map<string, Asked & { readonly answer: Answer }>();
  readonly #mayKeep: (answer: Answer) => boolean;

  /** @param mayKeep whether the answer is worth keeping: what is under way is asked again. */
  constructor(mayKeep: (answer: Answer) => boolean) {
    this.#mayKeep = mayKeep;
  }

  /** The answer that is kept, if it is fresh enough. @returns otherwise what `ask` does, which is kept then. */
  async read(about: string, freshness: Freshness, ask: () => Promise<Answer>): Promise<Answer> {
    const kept = this.#answers.get(about);
    if (kept !== undefined && freshness.take(kept)) return kept.answer;
    const asked = askedNow(freshness.now);
    const answer = await ask();
    this.put(about, asked, answer);
    return answer;
  }

  put(about: string, asked: Asked, answer: Answer): void {
    // What was asked later came sooner.
    if ((this.#answers.get(about)?.order ?? 0) > asked.order) return;
    this.#answers.delete(about);
    if (this.#mayKeep(answer)) this.#answers.set(about, { ...asked, answer });
    // The oldest stand first.
    for (const [key, { at }] of this.#answers) {
      if (asked.at - at < KEPT_MS && this.#answers.size <= MAX_KEPT) break;
      this.#answers.delete(key);
    }
  }
}

/** What is kept: what other services, people and other tools change, and no event reports. */
export interface Kept {
  readonly networks: KeptAnswers<NetworkState>;
  readonly claims: KeptAnswers<ServiceClaims>;
}
/** What was read of Route 53 is kept for all of the process (`JoinedReads`). */
type KeptPart = keyof Kept | 'zones' | 'records';
const keptParts: readonly KeptPart[] = ['networks', 'zones', 'records', 'claims'];

export const nothingKept = (): Kept => ({
  networks: new KeptAnswers(({ endpoints }) => endpoints.length > 0 && endpoints.every(isHealthy)),
  claims: new KeptAnswers(({ names }) => Object.values(names).every(({ holder }) => holder !== undefined)),
});

function isHealthy({ state, name, allowsHttps, ownGroup }: NetworkState['endpoints'][number]): boolean {
  return state === 'available' && name !== undefined && allowsHttps === true && (ownGroup?.missing ?? []).length === 0;
}

/** Which answers will do, to one reconciliation. */
export class Freshness {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  #takesKept: boolean;
  #newFrom: number;
  #usedKept = false;

  /** @param takesKept whether answers to earlier questions will do, if they are young enough. */
  constructor(now: () => number, takesKept: boolean) {
    this.now = now;
    this.#takesKept = takesKept;
    this.#newFrom = questions;
  }

  /** Whether something was taken that was asked before the reconciliation began, or before all was forgotten. */
  get usedKept(): boolean {
    return this.#usedKept;
  }

  /** Whether the answer to a question may be taken, whoever asked; then it is. */
  take({ at, order }: Asked): boolean {
    if (order > this.#newFrom) return true;
    if (!this.#takesKept || this.now() - at >= KEPT_MS) return false;
    this.#usedKept = true;
    return true;
  }

  /** From now on nothing that was asked before will do. */
  renew(): void {
    this.#takesKept = false;
    this.#newFrom = questions;
    this.#usedKept = false;
  }
}

/** Answers to questions of one kind, each asked once until they are forgotten. */
export class Answers<Answer> {
  readonly #known = new Map<string, Promise<Answer>>();
  readonly #kept: KeptAnswers<Answer> | undefined;
  readonly freshness: Freshness;

  /**
   * @param freshness which answers of other reconciliations are given; by default none.
   * @param kept where those are, and where these go.
   */
  constructor(freshness = new Freshness(() => 0, false), kept?: KeptAnswers<Answer>) {
    this.freshness = freshness;
    this.#kept = kept;
  }

  /** Whether an answer of an earlier reconciliation was given. */
  get usedKept(): boolean {
    return this.freshness.usedKept;
  }

  /** @param about names the question. A failure is remembered too: what is broken costs one call. */
  read(about: string, ask: () => Promise<Answer>): Promise<Answer> {
    const known = this.#known.get(about);
    if (known !== undefined) return known;
    const answer = this.#kept === undefined ? ask() : this.#kept.read(about, this.freshness, ask);
    this.#known.set(about, answer);
    return answer;
  }

  /** Takes an answer that was given to something else. */
  put(about: string, answer: Answer): void {
    this.#known.set(about, Promise.resolve(answer));
  }

  /**
   * Asks again; from now on nothing of earlier reconciliations is taken.
   * @param about how the questions begin; by default all.
   */
  forget(about = ''): void {
    for (const key of this.#known.keys()) if (key.startsWith(about)) this.#known.delete(key);
    this.freshness.renew();
  }
}

/** Records of hosted zones for one reconciliation, from the pages that all of the process have read. */
export class RecordAnswers {
  readonly #freshness: Freshness;
  readonly #zones = new Map<string, ZonePages>();
  /** The last question about each zone. */
  readonly #asked = new Map<string, Promise<unknown>>();

  /** @param freshness which pages of other reconciliations are taken. */
  constructor(freshness: Freshness) {
    this.#freshness = freshness;
  }

  /** Whether a page of an earlier reconciliation was taken. */
  get usedKept(): boolean {
    return this.#freshness.usedKept;
  }

  /** All record sets at the given names of a zone. One question after the other: the next one finds the pages of those before. */
  at(zoneId: string, pages: ZonePages, names: readonly string[]): Promise<readonly RecordSet[]> {
    this.#zones.set(zoneId, pages);
    const answer = (this.#asked.get(zoneId) ?? Promise.resolve()).then(() => this.#read(pages, names));
    this.#asked.set(
      zoneId,
      answer.catch(() => undefined),
    );
    return answer;
  }

  async #read(pages: ZonePages, names: readonly string[]): Promise<readonly RecordSet[]> {
    return pages.read(names, (span) => this.#freshness.take(span));
  }

  /** Takes over changes that Route 53 has just made. */
  change(zoneId: string, changes: readonly RecordChange[]): void {
    this.#zones.get(zoneId)?.apply(changes, this.#freshness.now());
  }

  /** Asks again; from now on no page of earlier reconciliations is taken. */
  forget(): void {
    this.#freshness.renew();
  }
}

/** What an observer remembers. What is absent is read anew each time. */
export interface Memory {
  readonly services?: Answers<Service | undefined>;
  /** By ARN, of services and of connections. */
  readonly tags?: Answers<Readonly<Record<string, string>>>;
  /** By network rule. */
  readonly networks?: Answers<NetworkState>;
  /** By service. */
  readonly connectionLists?: Answers<readonly ListedConnection[]>;
  readonly connections?: Answers<ConnectionState | undefined>;
  readonly customDomains?: Answers<DescribedDomains>;
  /** By VPC. */
  readonly zones?: Answers<readonly Zone[]>;
  readonly records?: RecordAnswers;
  /** By service. */
  readonly claims?: Answers<ServiceClaims>;
  /** What DNS and the probe say. */
  readonly names?: Answers<ObservedNames>;
}

/** For many services in a row: what they share. */
export const sharedMemory = (): Memory => ({
  networks: new Answers(),
  zones: new Answers(),
  tags: new Answers(),
  connectionLists: new Answers(),
});

/**
 * For one reconciliation: everything, until an action touches it.
 * @param kept what was answered in earlier ones.
 * @param isFresh whether nothing of that is taken.
 */
export function reconciliationMemory(kept: Kept, now: () => number, isFresh: boolean): Memory {
  const freshness = () => new Freshness(now, !isFresh);
  return {
    networks: new Answers(freshness(), kept.networks),
    zones: new Answers(freshness()),
    records: new RecordAnswers(freshness()),
    claims: new Answers(freshness(), kept.claims),
    services: new Answers(),
    tags: new Answers(),
    connectionLists: new Answers(),
    connections: new Answers(),
    customDomains: new Answers(),
    names: new Answers(),
  };
}

const connection: readonly (keyof Memory)[] = ['services', 'connectionLists', 'connections', 'customDomains', 'names'];

/** What an action may touch. App Runner may show any change of its resources at the service, too. */
const touched: Readonly<Record<Action['kind'], readonly (keyof Memory)[]>> = {
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
export function forget(memory: Memory, change?: Action | 'claims'): void {
  if (change === 'claims') memory.claims?.forget();
  else if (change === undefined) for (const part of Object.values(memory)) part?.forget();
  else {
    for (const part of touched[change.kind]) memory[part]?.forget();
    // Route 53 has confirmed the whole batch.
    if (change.kind === 'change-records') memory.records?.change(change.zoneId, change.changes);
  }
}

/**
 * What an action relies on, of that which may be kept. Route 53 refuses to create a record that exists, or one in a zone that
 * does not, and one for a certificate leads nowhere: the first time, those are created without a listing.
 */
const relies = (action: Action, ledger: OwnedResources): readonly KeptPart[] => {
  if (action.kind !== 'change-records' || action.purpose === 'traffic') return reliedOn[action.kind];
  const known = validationOf(ledger);
  const isFirst = ({ action: change, record }: RecordChange) =>
    change === 'CREATE' && !known.some((one) => sameOwnedRecord(one, { zoneId: action.zoneId, record }));
  return action.changes.every(isFirst) ? ['claims'] : ['zones', 'records', 'claims'];
};
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
 * @param planned the plan, and the ledger it was made with.
 * @returns whether there were any: then the plan is to be made again.
 */
export function forgetUnreliable(
  memory: Memory,
  planned: { readonly plan: Plan; readonly ledger: OwnedResources },
  before: Phase | undefined,
): boolean {
  const { plan, ledger } = planned;
  const isReached = plan.phase !== before && ['ready', 'ready-unverified', 'detached'].includes(plan.phase);
  const concludes = isReached || plan.forget.length > 0 || !plan.findings.every(({ code }) => ofNothingKept.has(code));
  const parts = concludes ? keptParts : plan.actions.flatMap((action) => relies(action, ledger));
  const unreliable = new Set(parts.filter((part) => memory[part]?.usedKept));
  for (const part of unreliable) memory[part]?.forget();
  return unreliable.size > 0;
}
