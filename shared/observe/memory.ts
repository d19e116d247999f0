import type { Service } from '@aws-sdk/client-apprunner';
import type { Route53Client } from '@aws-sdk/client-route-53';
import { MINUTE } from '../duration.ts';
import type { OwnedRecord } from '../plan/ledger.ts';
import type { ConnectionState, NetworkState } from '../plan/observed.ts';
import type { RecordSet } from '../records/record-set.ts';
import type { Zone } from '../records/zones.ts';
import type { ServiceClaims } from './claims.ts';
import type { ListedConnection } from './connections.ts';
import type { DescribedDomains } from './domains.ts';
import type { ObservedNames } from './name-checks.ts';

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

  /** Whether a question is no older than the reconciliation, or what was forgotten last. */
  isNew({ order }: Asked): boolean {
    return order > this.#newFrom;
  }

  /** Whether the answer to a question may be taken, whoever asked; then it is. */
  take(asked: Asked): boolean {
    if (this.isNew(asked)) return true;
    if (!this.#takesKept || this.now() - asked.at >= KEPT_MS) return false;
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

  /** Asks again; from now on nothing of earlier reconciliations is taken. */
  forget(): void {
    this.#known.clear();
    this.freshness.renew();
  }
}

/** Records of hosted zones, from pages that were read before. */
export interface ZoneRecords {
  /**
   * All record sets at the given names of a zone.
   * @param written records of the ledger: pages that are older than they are take them over.
   */
  at(
    client: Route53Client,
    zoneId: string,
    names: readonly string[],
    written: readonly OwnedRecord[],
  ): Promise<readonly RecordSet[]>;
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
  readonly records?: ZoneRecords;
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
