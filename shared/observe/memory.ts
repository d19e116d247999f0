import { MINUTE } from '../duration.ts';
import type { Action } from '../plan/action.ts';
import type { ConnectionState, NameClaim, NetworkState, ObservedService } from '../plan/observed.ts';
import type { RecordSet } from '../records/record-set.ts';
import type { Zone } from '../records/zones.ts';
import type { CustomDomains } from './domains.ts';
import type { ObservedNames } from './name-checks.ts';

/** How long an answer may be kept from one reconciliation to the next, in milliseconds. */
const KEPT_MS = MINUTE;

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
    for (const [key, { at }] of this.#answers) if (now - at >= KEPT_MS) this.#answers.delete(key);
    this.#answers.delete(about);
    if (this.#mayKeep(answer)) this.#answers.set(about, { at: now, answer });
  }
}

/** What is kept: what holds for a whole VPC, while nothing is under way there. */
export interface Kept {
  readonly networks: KeptAnswers<NetworkState>;
  readonly zones: KeptAnswers<readonly Zone[]>;
}

export const nothingKept = (): Kept => ({
  networks: new KeptAnswers(({ endpoints }) => endpoints.length > 0 && endpoints.every(isHealthy)),
  zones: new KeptAnswers(() => true),
});

function isHealthy({ state, name, allowsHttps, ownGroup }: NetworkState['endpoints'][number]): boolean {
  return state === 'available' && name !== undefined && allowsHttps && (ownGroup?.missing ?? []).length === 0;
}

/** Answers to questions of one kind, each asked once until they are forgotten. */
export class Answers<Answer> {
  readonly #known = new Map<string, Promise<Answer>>();
  #kept: { readonly answers: KeptAnswers<Answer>; readonly now: () => number } | undefined;
  #usedKept = false;

  /** @param kept answers of earlier reconciliations, taken where there is one that is young enough. */
  constructor(kept?: KeptAnswers<Answer>, now: () => number = () => 0) {
    this.#kept = kept === undefined ? undefined : { answers: kept, now };
  }

  /** Whether an answer of an earlier reconciliation was given. */
  get usedKept(): boolean {
    return this.#usedKept;
  }

  /** @param about names the question. A failure is remembered too: what is broken costs one call. */
  read(about: string, ask: () => Promise<Answer>): Promise<Answer> {
    const known = this.#known.get(about);
    if (known !== undefined) return known;
    const kept = this.#kept?.answers.get(about, this.#kept.now());
    if (kept !== undefined) this.#usedKept = true;
    const answer = kept === undefined ? this.#ask(about, ask) : Promise.resolve(kept);
    this.#known.set(about, answer);
    return answer;
  }

  async #ask(about: string, ask: () => Promise<Answer>): Promise<Answer> {
    const answer = await ask();
    if (this.#kept !== undefined) this.#kept.answers.put(about, this.#kept.now(), answer);
    return answer;
  }

  /** Asks everything again; from now on nothing of earlier reconciliations is taken. */
  forget(): void {
    this.#known.clear();
    this.#kept = undefined;
    this.#usedKept = false;
  }
}

/** What an observer remembers. What is absent is read anew each time. */
export interface Memory {
  readonly services?: Answers<ObservedService>;
  /** By network rule. */
  readonly networks?: Answers<NetworkState>;
  readonly connections?: Answers<readonly ConnectionState[]>;
  readonly customDomains?: Answers<CustomDomains>;
  /** By VPC. */
  readonly zones?: Answers<readonly Zone[]>;
  /** By hosted zone and names. */
  readonly records?: Answers<readonly RecordSet[]>;
  readonly claims?: Answers<Readonly<Record<string, NameClaim>>>;
  /** What DNS and the probe say. */
  readonly names?: Answers<ObservedNames>;
}

/** For many services in a row: what holds for a whole VPC. */
export const vpcMemory = (): Memory => ({ networks: new Answers(), zones: new Answers() });

/**
 * For one reconciliation: everything, until an action touches it.
 * @param kept what may be taken from earlier ones.
 */
export const passMemory = (kept: Kept | undefined, now: () => number): Memory => ({
  networks: new Answers(kept?.networks, now),
  zones: new Answers(kept?.zones, now),
  services: new Answers(),
  connections: new Answers(),
  customDomains: new Answers(),
  records: new Answers(),
  claims: new Answers(),
  names: new Answers(),
});

/** An action, a claim of names in the table of claims, or doubt about what was kept. */
export type Change = Action['kind'] | 'claim-names' | 'kept';

/** What a change may touch. App Runner may show any change of its resources at the service, too. */
const touched: Readonly<Record<Change, readonly (keyof Memory)[]>> = {
  'create-security-group': ['networks'],
  'extend-security-group': ['networks'],
  'create-endpoint': ['networks', 'zones', 'names'],
  'make-private': ['services', 'customDomains', 'names'],
  'make-public': ['services', 'customDomains', 'names'],
  'create-connection': ['services', 'connections', 'customDomains', 'names'],
  'update-connection': ['services', 'connections', 'customDomains', 'names'],
  'delete-connection': ['services', 'connections', 'customDomains', 'names'],
  'remove-tag': ['services'],
  'associate-domain': ['services', 'customDomains'],
  'disassociate-domain': ['services', 'customDomains'],
  'change-records': ['records', 'names'],
  'claim-names': ['claims'],
  kept: ['networks', 'zones', 'records', 'names'],
};

/** Forgets what a change may have touched; without a change, everything. */
export function forget(memory: Memory, change?: Change): void {
  const parts = change === undefined ? Object.values(memory) : touched[change].map((part) => memory[part]);
  for (const part of parts) part?.forget();
}
