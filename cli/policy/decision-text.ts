import type { Policy, Subject } from '../../shared/policy/policy.ts';
import { type Ruling, ruling } from '../../shared/policy/rule-decision.ts';
import { whyNotLookedAfter } from '../../shared/policy/scope.ts';
import type { Layout } from '../terminal/output.ts';

/** What a policy says of a service, as plain data. */
export interface Ruled extends Ruling {
  /** Why its account or region is not looked after; then no rule is tried. */
  readonly notLookedAfter: string | undefined;
}

/** @param now milliseconds since the epoch. */
export function ruled(policy: Policy, subject: Subject, now: number): Ruled {
  // Units that are not given are not judged.
  const notLookedAfter = whyNotLookedAfter(policy, subject, subject.units.length === 0 ? undefined : subject.units);
  return {
    ...ruling(notLookedAfter === undefined ? policy : { ...policy, rules: [] }, subject, now),
    notLookedAfter,
  };
}

/** In one line, such as `required (enforce) by the rule "payments"`. */
export function verdict({ notLookedAfter, rule, reach, mode }: Ruled): string {
  if (notLookedAfter !== undefined) return `ignored: ${notLookedAfter}`;
  if (rule === undefined) return 'ignored: no rule matches';
  return `${reach}${reach === 'required' ? ` (${mode})` : ''} by the rule "${rule}"`;
}

export function explanationText(serviceArn: string, explained: Ruled, { style }: Layout): string {
  const { trail, domains, strategy, onDetach, exception } = explained;
  const lines = [style('bold', serviceArn), `  ${verdict(explained)}`];
  if (domains.length > 0) lines.push(`  domains    ${domains.join(', ')}`);
  if (strategy !== undefined) lines.push(`  strategy   ${strategy}`);
  if (onDetach !== undefined) lines.push(`  onDetach   ${onDetach}`);
  if (exception !== undefined) {
    const { state, reason, until } = exception;
    const effect = state === 'in-force' ? 'by-tag instead of required' : 'expired, without effect';
    lines.push(`  exception  until ${until} (${effect}): ${reason}`);
  }
  if (trail.length > 0) lines.push('', style('bold', 'Rules tried'));
  for (const [index, { rule, matched, why }] of trail.entries()) {
    lines.push(`  ${index + 1}. ${rule}: ${matched ? style('green', 'matches') : `${style('dim', 'no,')} ${why}`}`);
  }
  return lines.join('\n');
}
