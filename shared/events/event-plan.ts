import { parseServiceArn, type ServiceIdentity } from '../service-arn.ts';
import { matchRules, type RuleMatch } from './rules.ts';
import { eventSubject } from './service-event.ts';

/** What an event would lead to. */
export interface EventPlan {
  readonly match: RuleMatch;
  /** The service the event is about, whether or not a rule takes it. */
  readonly service: ServiceIdentity | undefined;
  /** Whether the service would be looked at. */
  readonly isLook: boolean;
  /** For people. */
  readonly follows: string;
}

/** An event → the rule that takes it, the service it is about, and what would follow, as far as the event itself tells. Pure. */
export function planEvent(event: Readonly<Record<string, unknown>>): EventPlan {
  const match = matchRules(event);
  const subject = eventSubject(event);
  const service = subject.kind === 'service' ? parseServiceArn(subject.serviceArn) : undefined;
  const ends = (follows: string): EventPlan => ({ match, service, isLook: false, follows });
  if (match.rule === undefined) return ends('Nothing: no rule of the stack takes the event.');
  switch (subject.kind) {
    case 'service':
      return { match, service, isLook: true, follows: 'The service would be looked at.' };
    case 'other':
      return ends(`Nothing: it is about no service (${subject.reason}).`);
    case 'malformed':
      return ends(`It would be kept in the dead-letter queue: ${subject.reason}.`);
  }
}
