import { largestValue, sizedTemplateSchema } from '../../../build/templates/largest.ts';
import {
  limitProblems,
  MANAGED_POLICIES_PER_ROLE,
  MANAGED_POLICY_LIMIT,
  policySize,
} from '../../../build/templates/limits.ts';
import type { ParameterValues } from '../../stack/parameters.ts';
import type { StackTemplate } from '../../stack/template.ts';
import { about, type DoctorCheck } from '../check.ts';

/** Whether the names, policies and environments of the stack stay within the limits of AWS, with these parameters. */
export function judgeSizes(template: StackTemplate, parameters: ParameterValues, stackName: string): DoctorCheck {
  const check = about('sizes', stackName);
  const sized = sizedTemplateSchema.parse(template);
  const given = Object.keys(template.Parameters).map((name) => [name, parameters.value(name) ?? ''] as const);
  const values = Object.fromEntries(given);
  const problems = limitProblems(sized, values);
  if (problems.length > 0) {
    const evidence = problems.map(({ path, message }) => `${path}: ${message}`).join('; ');
    return check.missing(evidence, 'Shorten the stage or the parameters that are too long.');
  }
  const policies = Object.entries(sized.Resources).filter(([id]) => /^Allowed(Zones|Names)Policy\d*$/.test(id));
  const largest = Math.max(
    0,
    ...policies.map(([, { Properties }]) => policySize(largestValue(Properties.PolicyDocument, sized, values))),
  );
  return check.ok(
    `the allowed zones and names take ${policies.length} of ${MANAGED_POLICIES_PER_ROLE} managed policies; the largest has ${largest} of ${MANAGED_POLICY_LIMIT} characters`,
  );
}
