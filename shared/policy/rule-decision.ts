import { DAY } from '../duration.ts';
import { expandDomain } from './expansion.ts';
import { mismatch } from './match.ts';
import type { Enforcement, Mode, Policy, PolicyException, PolicyRule, Subject } from './policy.ts';

/** What a rule may leave to the stack's parameters. */
type RuleOptions = Pick<
  PolicyRule,
  'names' | 'adopt' | 'strategy' | 'onDetach' | 'onDeleteAttempt' | 'cutover' | 'cutoverDeadline'
>;

/** What the policy decides for one service, and how. */
export interface RuleDecision extends RuleOptions {
  /** Name of the rule that applies to the service; `undefined` if none does: the service is ignored. */
  readonly rule: string | undefined;
  /** An exception in force has been taken into account. */
  readonly enforcement: Enforcement;
  readonly mode: Mode;
  /** Written as in a tag, in lower case; `desire` checks whether each is an allowed domain name. */
  readonly domains: readonly string[];
  /** An exception from a `required` rule: in force it makes the rule `by-tag`, expired it has no effect. */
  readonly exception: AppliedException | undefined;
  /** The rules in the order they were tried; the last one is the one that matched, if any did. */
  readonly matchTrace: readonly TriedRule[];
}

export interface AppliedException {
  readonly state: 'in-force' | 'expired';
  readonly reason: string;
  /** The last day it holds, or held, in UTC: `2026-03-31`. */
  readonly until: string;
}

export interface TriedRule {
  readonly rule: string;
  readonly matched: boolean;
  /** In words: what did not match. Empty when it matched. */
  readonly why: string;
}

/**
 * Which rule applies to a service, and why the earlier ones do not. Pure.
 *
 *     first rule that matches   exception         →  enforcement
 *     required                  none, or expired     required
 *     required                  in force             by-tag
 *     by-tag, ignored           –                    by-tag, ignored
 *     (none)                    –                    ignored
 *
 * @param now milliseconds since the epoch.
 */
export function decideByRules(policy: Policy, subject: Subject, now: number): RuleDecision {
  const matchTrace: TriedRule[] = [];
  for (const rule of policy.rules) {
    const why = mismatch(rule.match, subject);
    matchTrace.push({ rule: rule.name, matched: why === undefined, why: why ?? '' });
    if (why !== undefined) continue;
    const { name, match: _, enforcement, mode, domains, ...options } = rule;
    const exception = enforcement === 'required' ? exceptionFor(policy.exceptions, subject, now) : undefined;
    return {
      ...options,
      rule: name,
      enforcement: exception?.state === 'in-force' ? 'by-tag' : enforcement,
      mode,
      domains: [...new Set(domains.map((template) => expandDomain(template, subject)))],
      exception,
      matchTrace,
    };
  }
  return { rule: undefined, enforcement: 'ignored', mode: 'audit', domains: [], exception: undefined, matchTrace };
}

/** The first that is in force; otherwise the one that ended last. */
function exceptionFor(
  exceptions: readonly PolicyException[],
  subject: Subject,
  now: number,
): AppliedException | undefined {
  const [latest] = exceptions
    .filter(({ match }) => mismatch(match, subject) === undefined)
    .sort((a, b) => exceptionEnd(b) - exceptionEnd(a));
  if (latest === undefined) return undefined;
  const { reason, until } = latest;
  return { state: now < exceptionEnd(latest) ? 'in-force' : 'expired', reason, until };
}

/** The first instant at which it does not hold any more, in milliseconds since the epoch. */
export function exceptionEnd({ until }: Pick<PolicyException, 'until'>): number {
  return Date.parse(`${until}T00:00:00Z`) + DAY;
}
