import type { Policy } from '../policy.ts';
import { checkPolicyDocument } from './checks.ts';
import { describeIssues } from './issues.ts';
import { PolicyFileError, type PolicyProblem } from './problems.ts';
import { readPolicy } from './read.ts';
import { policyDocument } from './schema.ts';
import { policyWarnings } from './warnings.ts';
import { readYaml } from './yaml.ts';

export interface ParsedPolicy {
  readonly policy: Policy;
  /** What was written, as plain data: `policy.json` holds it, and `readPolicy` makes the policy of it again. */
  readonly document: unknown;
  /** What tenants can make of the policy that its author may not expect; in the order of the file. */
  readonly warnings: readonly PolicyProblem[];
}

/**
 * The text of a policy file → the policy, checked as far as it can be without AWS. It reports all problems at once.
 * @param file its name, for the error.
 * @param now milliseconds since the epoch; exceptions that ended before are problems. Without it, they are not.
 * @throws PolicyFileError, and nothing else
 */
export function parsePolicy(text: string, file: string, now: number | undefined): ParsedPolicy {
  const { problems: syntax, document } = readYaml(text);
  if (document === undefined) throw new PolicyFileError(file, syntax);
  const { value, places } = document;
  const { error } = policyDocument.safeParse(value, { reportInput: true });
  const problems = [
    ...syntax,
    ...describeIssues(error?.issues ?? [], places),
    // Also for an invalid file, so that its author sees all problems at once.
    ...checkPolicyDocument(value, now, places),
  ];
  if (problems.length > 0) throw new PolicyFileError(file, problems);
  return { policy: readPolicy(value), document: value, warnings: policyWarnings(value, places) };
}
