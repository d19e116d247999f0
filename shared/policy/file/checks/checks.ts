import type { Draft } from '../partial-document.ts';
import type { Places } from '../positions.ts';
import type { Problem } from '../problems.ts';
import { checkExceptions } from './exceptions.ts';
import { checkNetworks } from './networks.ts';
import type { Report } from './report.ts';
import { checkRules } from './rules.ts';
import { checkScope } from './scope.ts';
import { checkTemplates } from './templates.ts';
import { checkZones } from './zones.ts';

const checks: readonly ((draft: Draft, report: Report, now: number | undefined) => void)[] = [
  checkScope,
  checkNetworks,
  checkZones,
  checkRules,
  checkTemplates,
  checkExceptions,
];

/**
 * What a schema cannot tell: parts that do not agree with each other, and what would never have an effect.
 * @param now milliseconds since the epoch; without it, exceptions may have ended.
 */
export function checkDraft(draft: Draft, now: number | undefined, places: Places): readonly Problem[] {
  const problems: Problem[] = [];
  const report: Report = (path, message, of = 'value') => problems.push({ ...places[of](path), message });
  for (const check of checks) check(draft, report, now);
  return problems;
}
