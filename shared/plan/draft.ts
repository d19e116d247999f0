import type { Finding, OpenFinding } from '../findings.ts';
import type { Desire, Rules } from '../policy/desire.ts';
import type { Owner } from '../records/ownership.ts';
import type { ServiceIdentity } from '../service-arn.ts';
import type { Action } from './action.ts';
import type { Observed } from './observed.ts';
import type { Wait } from './wait.ts';
import type { Written } from './written.ts';

/** An action that was carried out. Two repairs of the same thing within a day are the most (design §2). */
export interface DoneAction {
  readonly key: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Whether the service had been settled before: something was set back. */
  readonly repair: boolean;
}

export interface PlanInput {
  readonly service: ServiceIdentity;
  readonly desire: Desire;
  readonly observed: Observed;
  readonly written: Written;
  readonly rules: Rules;
  /** What was done under the same desire, bounded to the last day. */
  readonly history: readonly DoneAction[];
  /** Findings open since before, for how long something has been so. */
  readonly findings: readonly OpenFinding[];
}

/** A plan in the making, and the questions every part of it asks. */
export class Draft {
  readonly actions: Action[] = [];
  readonly waits: Wait[] = [];
  readonly findings: Finding[];
  /** Domains of which nothing that was written is left. */
  readonly forget: string[] = [];
  readonly input: PlanInput;

  constructor(input: PlanInput) {
    this.input = input;
    this.findings = [...input.desire.findings];
    const { changesAt } = input.desire;
    if (changesAt !== undefined) {
      this.waits.push({
        kind: 'grace',
        subject: input.service.arn,
        question: { ask: 'nothing' },
        seen: '',
        why: 'the tag is missing; the service is kept until the grace time is over',
        endsAt: changesAt,
      });
    }
  }

  get owner(): Owner {
    return { installation: this.input.rules.installation, serviceId: this.input.service.id };
  }

  /** Nothing may be asked of App Runner while an operation runs on the service (facts §2, D); then it is waited for. */
  whenIdle(action: Action): void {
    const { service } = this.input.observed;
    if (service.kind === 'present' && (service.status === 'OPERATION_IN_PROGRESS' || service.status === 'UNKNOWN')) {
      const subject = this.input.service.arn;
      if (this.waits.some((wait) => wait.kind === 'service')) return;
      this.waits.push({
        kind: 'service',
        subject,
        question: { ask: 'service' },
        seen: service.status,
        why: `an operation runs on the service; after it: ${action.why}`,
      });
    } else this.actions.push(action);
  }
}
