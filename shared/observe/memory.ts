import type { Service } from '@aws-sdk/client-apprunner';
import { MINUTE } from '../duration.ts';
import type { Action } from '../plan/action.ts';
import type { ConnectionState, NetworkState } from '../plan/observed.ts';
import type { Phase, Plan } from '../plan/plan.ts';
import type { Zone } from '../records/zones.ts';
import type { ServiceClaims } from './claims.ts';
import type { ListedConnection } from './connections.ts';
import type { DescribedDomains } from './domains.ts';
import type { ObservedNames } from './name-checks.ts';
import type { ZonePages } from './zone-pages.ts';

/** How long an answer may be kept from one reconciliation to the next, in milliseconds. */
const KEPT_MS = 15 * MINUTE;

/** Answers of one kind that are kept at most, so that a busy process stays small. */
const MAX_KEPT = 1_000;

/** Answers of earlier reconciliations of the same process. */
export class KeptAnswers<Answer> {
  readonly #answers = new Map<string, { readonly at: number; readonly answer: Answer }>();
  readonly #mayKeep: (answer: Answer) => boolean;

  /** @param mayKeep whether the answer is worth keeping: what is under way is asked again. */
  constructor(mayKeep: (answer: Answer) => boolean) {
    this.#mayKeep = mayKeep;
  }

  get(about: string, now: number): Answer | undefined {
    const kept = this.#answers.get(about);
    return kept !== undefined && now - kept.at < KEPT_MS ? kept.answer : undefined;
  }

  put(about: string, now: number, answer: Answer): void {
    this.#answers.delete(about);
    if (this.#mayKeep(answer)) this.#answers.set(about, { at: now, answer });
    // The oldest stand first.
    for (const [key, { at }] of this.#answers) {
      if (now - at < KEPT_MS && this.#answers.size <= MAX_KEPT) break;
      this.#answers.delete(key);
    }
  }
}

/** What is kept: what other services, people and other tools change, and no event reports. */
export interface Kept {
  readonly networks: KeptAnswers<NetworkState>;
  readonly zones: KeptAnswers<readonly Zone[]>;
  /** By hosted zone: the pages that were read. */
  readonly records: KeptAnswers<ZonePages>;
  readonly claims: KeptAnswers<ServiceClaims>;
}
type KeptPart = keyof Kept;
const keptParts: readonly KeptPart[] = ['networks', 'zones', 'records', 'claims'];

export const nothingKept = (): Kept => ({
  networks: new KeptAnswers(({ endpoints }) => endpoints.length > 0 && endpoints.every(isHealthy)),
  zones: new KeptAnswers(() => true),
  records: new KeptAnswers(() => true),
  claims: new KeptAnswers(({ names }) => Object.values(names).every(({ holder }) => holder !== undefined)),
});

function isHealthy({ state, name, allowsHttps, ownGroup }: NetworkState['endpoints'][number]): boolean {
  return state === 'available' && name !== undefined && allowsHttps && (ownGroup?.missing ?? []).length === 0;
}

/** Answers to questions of one kind, each asked once until they are forgotten. */
export class Answers<Answer> {
  readonly #known = new Map<string, Promise<Answer>>();
  readonly #kept: KeptAnswers<Answer> | undefined;
  readonly #now: () => number;
  #takesKept: boolean;
  #usedKept = false;

  /**
   * @param kept where answers of earlier reconciliations are, and where these go.
   * @param takesKept whether one of those that is young enough is given.
   */
  constructor(kept?: KeptAnswers<Answer>, now: () => number = () => 0, takesKept = true) {
    this.#kept = kept;
    this.#now = now;
    this.#takesKept = takesKept;
  }

  /** Whether an answer of an earlier reconciliation was given. */
  get usedKept(): boolean {
    return this.#usedKept;
  }

  /** @param about names the question. A failure is remembered too: what is broken costs one call. */
  read(about: string, ask: () => Promise<Answer>): Promise<Answer> {
    const known = this.#known.get(about);
    if (known !== undefined) return known;
    const kept = this.#takesKept ? this.#kept?.get(about, this.#now()) : undefined;
    if (kept !== undefined) this.#usedKept = true;
    const answer = kept === undefined ? this.#ask(about, ask) : Promise.resolve(kept);
    this.#known.set(about, answer);
    return answer;
  }

  async #ask(about: string, ask: () => Promise<Answer>): Promise<Answer> {
    const answer = await ask();
    this.#kept?.put(about, this.#now(), answer);
    return answer;
  }

  /** Changes an answer that was given, as the question would be answered now. */
  change(about: string, apply: (answer: Answer) => void): void {
    this.#known.get(about)?.then(apply, () => undefined);
  }

  /**
   * Asks again; from now on nothing of earlier reconciliations is taken.
   * @param about how the questions begin; by default all.
   */
  forget(about = ''): void {
    for (const key of this.#known.keys()) if (key.startsWith(about)) this.#known.delete(key);
    this.#takesKept = false;
    this.#usedKept = false;
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
  /** By hosted zone. */
  readonly records?: Answers<ZonePages>;
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
export const reconciliationMemory = (kept: Kept, now: () => number, isFresh: boolean): Memory => ({
  networks: new Answers(kept.networks, now, !isFresh),
  zones: new Answers(kept.zones, now, !isFresh),
  records: new Answers(kept.records, now, !isFresh),
  claims: new Answers(kept.claims, now, !isFresh),
  services: new Answers(),
  tags: new Answers(),
  connectionLists: new Answers(),
  connections: new Answers(),
  customDomains: new Answers(),
  names: new Answers(),
});

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
    if (change.kind === 'change-records') memory.records?.change(change.zoneId, (pages) => pages.apply(change.changes));
  }
}

/** What an action relies on, of that which may be kept; a record for a certificate leads nowhere. */
const relies = (action: Action): readonly KeptPart[] =>
  action.kind === 'change-records' && action.purpose === 'validation'
    ? ['zones', 'records', 'claims']
    : reliedOn[action.kind];
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

/**
 * Forgets kept answers that the plan must not rely on: they justify waiting or an empty plan, never a write, a finding, a
 * record that counts as gone, or that something is reached.
 * @returns whether there were any: then the plan is to be made again.
 */
export function forgetUnreliable(memory: Memory, plan: Plan, before: Phase | undefined): boolean {
  const isReached = plan.phase !== before && ['ready', 'ready-unverified', 'detached'].includes(plan.phase);
  const concludes = isReached || plan.findings.length + plan.forget.length > 0;
  const parts = concludes ? keptParts : plan.actions.flatMap(relies);
  const unreliable = new Set(parts.filter((part) => memory[part]?.usedKept));
  for (const part of unreliable) memory[part]?.forget();
  return unreliable.size > 0;
}
