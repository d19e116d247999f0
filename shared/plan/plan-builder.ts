import { DAY } from '../duration.ts';
import type { Finding, OpenFinding } from '../findings.ts';
import type { Desire } from '../policy/desire.ts';
import type { Rules } from '../policy/rules.ts';
import type { Owner } from '../records/ownership.ts';
import type { ServiceIdentity } from '../service-arn.ts';
import { type Action, actionKey, describeAction } from './action.ts';
import type { CutoverHistory, ExistingRecords, ForeignConnection, OwnedResources, RecentWrite } from './ledger.ts';
import type { Observed } from './observed.ts';
import { pendingWrites, READ_LAG_MS, withPendingRecords } from './recent-writes.ts';
import type { RefusedAlias } from './refused-alias.ts';
import type { Wait } from './wait.ts';

/** An executed action. `limitRepairs` counts repairs of the same thing within a day. */
export interface DoneAction {
  readonly key: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Whether the thing had been in place before: something was set back. */
  readonly repair: boolean;
}

export interface PlanInput {
  readonly service: ServiceIdentity;
  readonly desire: Desire;
  readonly observed: Observed;
  readonly ledger: OwnedResources;
  readonly rules: Rules;
  /** What was done within the last day and since the last request of a person: repairs, and attempts under the same desire. */
  readonly history: readonly DoneAction[];
  /** Findings open since before, for how long something has been so. */
  readonly findings: readonly OpenFinding[];
  /** Aliases that Route 53 has refused: the endpoint is used instead. */
  readonly refusedAliases?: readonly RefusedAlias[];
  /** Whether the service was once seen to answer over HTTPS from inside the VPC. */
  readonly wasVerified?: boolean;
  /** Published names that did not answer at the last observation. */
  readonly failing?: Readonly<Record<string, FailedChecks>>;
  /** Milliseconds since the epoch since when the service could not be observed; `undefined`: it could. */
  readonly unreadSince?: number | undefined;
  /** The account or region is out of scope: nothing is written there. */
  readonly isOutOfScope?: boolean;
  /** Whether the policy requires the service to be private. */
  readonly required?: boolean;
  /** Milliseconds since the epoch at which App Runner refused to delete the service because of its connection. */
  readonly deletionRefusedAt?: number | undefined;
  /** Milliseconds since the epoch of the last request of a person; a changed desire counts as a request now. */
  readonly askedAt?: number;
}

/** What was seen of a service, the best first (`planProof`). */
export const proofs = ['verified', 'resolves', 'seen-publicly', 'unverified'] as const;
export type Proof = (typeof proofs)[number];

/** Checks of a published name that failed one after the other. */
export interface FailedChecks {
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** Milliseconds since the epoch of the last one that was counted. */
  readonly last: number;
  readonly count: number;
}

/** A plan under construction, and what every part of it needs to know. */
export class PlanBuilder {
  readonly actions: Action[] = [];
  readonly waits: Wait[] = [];
  readonly findings: Finding[];
  /** Domains of which nothing that was written is left. */
  readonly forget: string[] = [];
  /** Records that stand as they should. */
  readonly existing: ExistingRecords[] = [];
  /** What the ledger is to keep of the cutover; `undefined`: nothing. */
  cutover: CutoverHistory | undefined;
  /** The connection of another owner that leads into the service, or led there until it went away. */
  foreignConnection: ForeignConnection | undefined;
  proof: Proof | undefined;
  /** Published names that do not answer. */
  readonly failing: Record<string, FailedChecks> = {};
  /** Milliseconds since the epoch; `undefined`: all that matters was observed. */
  unreadSince: number | undefined;
  readonly input: PlanInput;
  /** Our own writes that the observation may not show yet. */
  readonly pending: readonly RecentWrite[];

  constructor(input: PlanInput) {
    this.pending = pendingWrites(input.ledger, input.observed);
    this.input = { ...input, observed: withPendingRecords(input.observed, this.pending) };
    this.findings = [...input.desire.findings];
    const { changesAt } = input.desire;
    if (changesAt !== undefined) {
      this.waits.push({
        kind: 'grace',
        subject: input.service.arn,
        condition: { check: 'nothing' },
        expected: '',
        why: 'the tag is missing; the stack keeps the service until the grace time ends',
        endsAt: changesAt,
      });
    }
  }

  /**
   * Waits for the listing to show a write.
   * @returns whether there is such a write that it may not show yet.
   */
  awaitListing(key: string): boolean {
    const write = this.pending.find((one) => one.key === key);
    if (write === undefined) return false;
    const subject = `${write.key}${write.change === undefined ? '' : ` ${write.change.record.name}`}`;
    if (this.waits.some((wait) => wait.kind === 'consistency' && wait.subject === subject)) return true;
    this.waits.push({
      kind: 'consistency',
      subject,
      condition: { check: 'nothing' },
      expected: '',
      why: `AWS may not list yet what was written ${new Date(write.at).toISOString()} (${subject})`,
      endsAt: write.at + READ_LAG_MS,
    });
    return true;
  }

  get owner(): Owner {
    return { installation: this.input.rules.installation, serviceId: this.input.service.id };
  }

  /** App Runner refuses calls while an operation runs on the service (docs/facts.md#busy-service): wait for its end. */
  whenIdle(action: Action): void {
    const { service } = this.input.observed;
    if (service.kind === 'present' && (service.status === 'OPERATION_IN_PROGRESS' || service.status === 'UNKNOWN')) {
      const subject = this.input.service.arn;
      if (this.waits.some((wait) => wait.kind === 'service')) return;
      this.waits.push({
        kind: 'service',
        subject,
        condition: { check: 'service' },
        expected: service.status,
        why: `an operation runs on the service; after it: ${describeAction(action)}`,
      });
    } else this.actions.push(action);
  }

  /**
   * Something that may fail again: done at once, then after each of `pauses` (milliseconds, growing), then not any more.
   * @returns whether it has been given up.
   */
  whenPaused(action: Action, pauses: readonly number[]): boolean {
    const { history, observed } = this.input;
    const key = actionKey(action);
    const done = history.filter((one) => one.key === key && observed.at - one.at < DAY);
    const last = done.at(-1);
    if (last === undefined) {
      this.whenIdle(action);
      return false;
    }
    const pause = pauses[done.length - 1];
    if (pause === undefined) return true;
    if (observed.at >= last.at + pause) this.whenIdle(action);
    else {
      this.waits.push({
        kind: 'pause',
        subject: key,
        condition: { check: 'nothing' },
        expected: '',
        why: `${describeAction(action)} again, after a pause: ${action.why}`,
        endsAt: last.at + pause,
      });
    }
    return false;
  }
}
