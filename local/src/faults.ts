import { matches } from './iam/pattern.ts';
import { AwsError } from './wire/errors.ts';
import type { Gateway, PendingCall } from './wire/gateway.ts';

/**
 * A fault, and which calls meet it. Whatever is left out does not matter.
 *
 * `{ account: '111122223333', calls: 'apprunner:*', answer: 'throttled' }`
 */
export interface FaultRule {
  /** Whose calls. */
  readonly account?: string;
  readonly region?: string;
  /** Name of the calling role, with wildcards. */
  readonly role?: string;
  /**
   * `service:Operation` with wildcards, such as `apprunner:List*`; of `denied` faults the IAM action, which differs from the
   * operation here and there.
   */
  readonly calls: string;
  /** `denied`: as if the role's policies did not allow the action. `throttled`, `unavailable`: in the service's own words. */
  readonly answer: 'denied' | 'throttled' | 'unavailable' | AwsError;
  /** How many calls meet it; all of them without. */
  readonly times?: number;
}

/** Plays faults until the returned function is called. The first rule that matches a call answers it. */
export function playFaults(gateway: Pick<Gateway, 'intercept'>, rules: readonly FaultRule[]): () => void {
  const left = new Map(rules.map((rule) => [rule, rule.times ?? Number.POSITIVE_INFINITY]));
  return gateway.intercept((call) => {
    for (const [rule, times] of left) {
      const error = times > 0 ? answer(rule, call) : undefined;
      if (error === undefined) continue;
      left.set(rule, times - 1);
      return error;
    }
    return undefined;
  });
}

const fits = (pattern: string, text: string): boolean => matches(pattern, text, new Map());

function answer(rule: FaultRule, call: PendingCall): AwsError | undefined {
  const { principal, region } = call.context;
  if (rule.account !== undefined && rule.account !== principal.account) return undefined;
  if (rule.region !== undefined && rule.region !== region) return undefined;
  if (rule.role !== undefined && !(principal.kind === 'role' && fits(rule.role, principal.roleName))) return undefined;
  if (rule.answer === 'denied') {
    const lacking = call.permissions.find(({ action }) => fits(rule.calls, action));
    return lacking && call.denied(lacking);
  }
  if (!fits(rule.calls, `${call.service}:${call.operation}`)) return undefined;
  if (rule.answer === 'throttled') return throttled(call.service);
  return rule.answer === 'unavailable'
    ? new AwsError('ServiceUnavailable', 'The service is unavailable. Please try again shortly.', { status: 503 })
    : rule.answer;
}

/** How services say that there were too many requests; the others say ThrottlingException (documented). */
const THROTTLED: Readonly<Record<string, readonly [code: string, message: string, status: number]>> = {
  ec2: ['RequestLimitExceeded', 'Request limit exceeded.', 503],
  iam: ['Throttling', 'Rate exceeded', 400],
  lambda: ['TooManyRequestsException', 'Rate exceeded', 429],
  organizations: ['TooManyRequestsException', 'You have sent too many requests in too short a period of time.', 400],
  route53: ['Throttling', 'Rate exceeded', 400],
  sqs: ['RequestThrottled', 'Request is throttled.', 403],
  sts: ['Throttling', 'Rate exceeded', 400],
};

export function throttled(service: string): AwsError {
  const [code, message, status] = THROTTLED[service] ?? ['ThrottlingException', 'Rate exceeded', 400];
  return new AwsError(code, message, { status });
}
