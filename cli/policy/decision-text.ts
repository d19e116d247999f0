import { formatDuration } from '../../shared/duration.ts';
import type { Policy, Subject } from '../../shared/policy/policy.ts';
import { decideByRules, type RuleDecision } from '../../shared/policy/rule-decision.ts';
import { whyOutOfScope } from '../../shared/policy/scope.ts';
import type { Layout } from '../terminal/output.ts';

/** What a policy decides about a service, as plain data. */
export interface DecidedService extends RuleDecision {
  /** Why its account or region is out of scope; then no rule is tried. */
  readonly whyOutOfScope: string | undefined;
}

/** @param now milliseconds since the epoch. */
export function decidedService(policy: Policy, subject: Subject, now: number): DecidedService {
  // Without units, rules with units are not evaluated.
  const outOfScope = whyOutOfScope(policy, subject, subject.units.length === 0 ? undefined : subject.units);
  return {
    ...decideByRules(outOfScope === undefined ? policy : { ...policy, rules: [] }, subject, now),
    whyOutOfScope: outOfScope,
  };
}

/** In one line, such as `required (enforce) by the rule "payments"`. */
export function verdict({ whyOutOfScope, rule, enforcement, mode }: DecidedService): string {
  if (whyOutOfScope !== undefined) return `ignored: ${whyOutOfScope}`;
  if (rule === undefined) return 'ignored: no rule matches';
  return `${enforcement}${enforcement === 'required' ? ` (${mode})` : ''} by the rule "${rule}"`;
}

export function explanationText(serviceArn: string, explained: DecidedService, { style }: Layout): string {
  const { matchTrace, domains, strategy, onDetach, onDeleteAttempt, cutover, cutoverDeadline, exception } = explained;
  const lines = [style('bold', serviceArn), `  ${verdict(explained)}`];
  if (domains.length > 0) lines.push(`  domains    ${domains.join(', ')}`);
  if (strategy !== undefined) lines.push(`  strategy   ${strategy}`);
  if (onDetach !== undefined) lines.push(`  onDetach   ${onDetach}`);
  if (onDeleteAttempt !== undefined) lines.push(`  deletion   ${onDeleteAttempt} when App Runner refuses it`);
  if (cutover !== undefined) lines.push(`  cutover    ${cutover}`);
  if (cutoverDeadline !== undefined) lines.push(`  deadline   ${formatDuration(cutoverDeadline)} for the cutover`);
  if (exception !== undefined) {
    const { state, reason, until } = exception;
    const effect = state === 'in-force' ? 'by-tag instead of required' : 'expired, without effect';
    lines.push(`  exception  until ${until} (${effect}): ${reason}`);
  }
  if (matchTrace.length > 0) lines.push('', style('bold', 'Rules tried'));
  for (const [index, { rule, matched, why }] of matchTrace.entries()) {
    lines.push(`  ${index + 1}. ${rule}: ${matched ? style('green', 'matches') : `${style('dim', 'no,')} ${why}`}`);
  }
  return lines.join('\n');
}
