import { isDeepStrictEqual } from 'node:util';
import { counted } from '../../shared/counted.ts';
import { formatDuration } from '../../shared/duration.ts';
import type { Policy, PolicyLimit, PolicyLimits, Subject } from '../../shared/policy/policy.ts';
import type { Layout } from '../terminal/output.ts';
import { type DecidedService, decidedService, verdict } from './decision-text.ts';

/** The part of a decision that has an effect; the rest explains it. */
const EFFECTS = [
  'enforcement',
  'mode',
  'domains',
  'strategy',
  'onDetach',
  'onDeleteAttempt',
  'cutover',
  'cutoverDeadline',
] as const;

/** Differences of two policies beside rules and exceptions, which are compared by their effect on services. */
const PARTS = ['accounts', 'regions', 'networks', 'zones', 'limits'] as const;

/** What another policy would change, as plain data. */
export interface PolicyDifference {
  /** A change of the owner: the new installation owns nothing that was published so far. */
  readonly owner: { readonly before: string | undefined; readonly after: string | undefined } | undefined;
  /** How many services were compared. */
  readonly services: number;
  readonly changed: readonly ChangedService[];
  readonly parts: readonly (typeof PARTS)[number][];
  /** When they change. */
  readonly limits: { readonly before: PolicyLimits; readonly after: PolicyLimits } | undefined;
}

export interface ChangedService {
  readonly serviceArn: string;
  readonly before: DecidedService;
  readonly after: DecidedService;
  /** Empty: another rule applies, with the same effect. */
  readonly effects: readonly (typeof EFFECTS)[number][];
}

/** The services for which the policies decide differently. Pure. @param now milliseconds since the epoch. */
export function policyDifference(
  older: Policy,
  newer: Policy,
  services: readonly Subject[],
  now: number,
): PolicyDifference {
  const changed = services.flatMap((subject): readonly ChangedService[] => {
    const [before, after] = [decidedService(older, subject, now), decidedService(newer, subject, now)];
    const [was, willBe] = [effective(before), effective(after)];
    const effects = EFFECTS.filter((key) => JSON.stringify(was[key]) !== JSON.stringify(willBe[key]));
    const sameHands = before.rule === after.rule && before.whyOutOfScope === after.whyOutOfScope;
    return effects.length === 0 && sameHands ? [] : [{ serviceArn: subject.arn, before, after, effects }];
  });
  const owner = older.owner === newer.owner ? undefined : { before: older.owner, after: newer.owner };
  const parts = PARTS.filter((part) => !isDeepStrictEqual(plain(older[part]), plain(newer[part])));
  const limits = parts.includes('limits') ? { before: older.limits, after: newer.limits } : undefined;
  return { owner, services: services.length, changed, parts, limits };
}

/** Without members that are undefined, which JSON does not have. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** The mode has an effect with `required` only. */
function effective(
  said: DecidedService,
): Omit<DecidedService, 'mode'> & { readonly mode: DecidedService['mode'] | undefined } {
  return { ...said, mode: said.enforcement === 'required' ? said.mode : undefined };
}

export function differenceText(difference: PolicyDifference, { style }: Layout): string {
  const { owner, services, changed, parts, limits } = difference;
  const lines: string[] = [];
  if (owner !== undefined) {
    lines.push(
      style(
        'red',
        `The owner changes from ${owner.before ?? 'the stack'} to ${owner.after ?? 'the stack'}: this installation no longer owns what was published so far.`,
      ),
      '',
    );
  }
  for (const { serviceArn, before, after, effects } of changed) {
    lines.push(
      style('bold', serviceArn),
      `  ${style('red', '-')} ${verdict(before)}`,
      `  ${style('green', '+')} ${verdict(after)}`,
    );
    const rest = effects.filter((effect) => effect !== 'enforcement' && effect !== 'mode');
    for (const key of rest) lines.push(`    ${key}: ${shown(before[key])} → ${shown(after[key])}`);
    if (effects.length === 0) lines.push(`    ${style('dim', 'to the same effect')}`);
  }
  if (changed.length > 0) lines.push('');
  const others = parts.filter((part) => part !== 'limits');
  if (others.length > 0) lines.push(`Other ${others.join(', ')}.`);
  if (limits !== undefined) {
    for (const key of ['changes', 'detaches'] as const) {
      const [before, after] = [limitText(limits.before[key]), limitText(limits.after[key])];
      if (before !== after) lines.push(`Limit of a sweep, ${key}: ${before} → ${after}.`);
    }
  }
  lines.push(`${changed.length} of ${counted(services, 'service')} would change hands.`);
  return lines.join('\n');
}

const limitText = ({ count, share }: PolicyLimit): string =>
  count !== undefined ? String(count) : share !== undefined ? `${Math.round(share * 100)}%` : 'none';

function shown(value: readonly string[] | string | number | undefined): string {
  if (value === undefined) return "(the stack's)";
  if (typeof value === 'number') return formatDuration(value);
  return typeof value === 'string' ? value : value.join(', ') || '(none)';
}
