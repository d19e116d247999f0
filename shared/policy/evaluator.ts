import type { ServiceIdentity } from '../service-arn.ts';
import { effectivePolicyOf, outOfScopePolicy, type PolicyEvaluator } from './effective-policy.ts';
import type { Policy } from './policy.ts';
import { decideByRules } from './rule-decision.ts';
import type { StackRules } from './rules.ts';
import { tagsUsed, usesUnits, whyOutOfScope } from './scope.ts';

/** What the evaluation of a policy reads from AWS. */
export interface OrganizationReader {
  /** The units above an account up to the root; `undefined` when it is not of the organisation. */
  unitsOf(account: string): Promise<readonly string[] | undefined>;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** Whether an account and region are in scope, and why not; the units, if the policy matches by units. */
export type ScopeCheck =
  | { readonly kind: 'yes'; readonly units: readonly string[] | undefined }
  | { readonly kind: 'no'; readonly why: string };

export async function checkScopeOf(
  policy: Policy,
  place: Pick<ServiceIdentity, 'account' | 'region'>,
  { unitsOf }: Pick<OrganizationReader, 'unitsOf'>,
): Promise<ScopeCheck> {
  const no = (why: string) => ({ kind: 'no', why }) as const;
  // Without asking AWS, as far as that goes.
  const plainly = whyOutOfScope(policy, place, undefined);
  if (plainly !== undefined) return no(plainly);
  const listed = policy.accounts.kind === 'listed';
  if (listed && !usesUnits(policy)) return { kind: 'yes', units: undefined };
  const units = await unitsOf(place.account);
  if (units === undefined && !listed) return no(`account ${place.account} is not of the organisation`);
  const why = whyOutOfScope(policy, place, units);
  return why === undefined ? { kind: 'yes', units: units ?? [] } : no(why);
}

/** Evaluates the policy for services, in the form the planner needs. */
export function createPolicyEvaluator(
  policy: Policy,
  settings: StackRules,
  organization: OrganizationReader,
): PolicyEvaluator {
  return async (service, tags) => {
    const scope = await checkScopeOf(policy, service, organization);
    if (scope.kind === 'no') return outOfScopePolicy(scope.why, policy, service, settings);
    const { units } = scope;
    const decided = decideByRules(policy, { ...service, tags, units: units ?? [] }, organization.now());
    return effectivePolicyOf(decided, { tags: tagsUsed(policy, tags), units }, policy, service, settings);
  };
}
