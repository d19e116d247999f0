import type { PartialPolicyDocument } from '../partial-document.ts';
import type { Positions } from '../positions.ts';
import type { PolicyProblem } from '../problems.ts';
import { checkExceptions } from './exceptions.ts';
import { checkNetworks } from './networks.ts';
import type { Report } from './report.ts';
import { checkRules } from './rules.ts';
import { checkScope } from './scope.ts';
import { checkTemplates } from './templates.ts';
import { checkZones } from './zones.ts';

const checks: readonly ((document: PartialPolicyDocument, report: Report, now: number | undefined) => void)[] = [
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
export function checkPolicyDocument(
  document: PartialPolicyDocument,
  now: number | undefined,
  places: Positions,
): readonly PolicyProblem[] {
  const problems: PolicyProblem[] = [];
  const report: Report = (path, message, of = 'value') => problems.push({ ...places[of](path), message });
  for (const check of checks) check(document, report, now);
  return problems;
}
