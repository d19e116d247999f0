import type { ServiceIdentity } from '../service-arn.ts';
import { type Govern, governedBy, notGoverned } from './effective-policy.ts';
import type { Policy } from './policy.ts';
import { ruling } from './rule-decision.ts';
import type { StackRules } from './rules.ts';
import { tagsUsed, usesUnits, whyNotLookedAfter } from './scope.ts';

/** What a policy can be asked beyond itself. */
export interface Surveyed {
  /** The units above an account up to the root; `undefined` when it is not of the organisation. */
  unitsOf(account: string): Promise<readonly string[] | undefined>;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** Whether, and why not, an account and region are looked after; its units, if the policy asks for any. */
export type LookedAfter =
  | { readonly kind: 'yes'; readonly units: readonly string[] | undefined }
  | { readonly kind: 'no'; readonly why: string };

export async function lookedAfter(
  policy: Policy,
  place: Pick<ServiceIdentity, 'account' | 'region'>,
  { unitsOf }: Pick<Surveyed, 'unitsOf'>,
): Promise<LookedAfter> {
  const no = (why: string) => ({ kind: 'no', why }) as const;
  // Without asking AWS, as far as that goes.
  const plainly = whyNotLookedAfter(policy, place, undefined);
  if (plainly !== undefined) return no(plainly);
  const listed = policy.accounts.kind === 'listed';
  if (listed && !usesUnits(policy)) return { kind: 'yes', units: undefined };
  const units = await unitsOf(place.account);
  if (units === undefined && !listed) return no(`account ${place.account} is not of the organisation`);
  const why = whyNotLookedAfter(policy, place, units);
  return why === undefined ? { kind: 'yes', units: units ?? [] } : no(why);
}

/** What the policy says of a service, in the form the planner needs. */
export function composeGovern(policy: Policy, settings: StackRules, surveyed: Surveyed): Govern {
  return async (service, tags) => {
    const looked = await lookedAfter(policy, service, surveyed);
    if (looked.kind === 'no') return notGoverned(looked.why, policy, service, settings);
    const { units } = looked;
    const ruled = ruling(policy, { ...service, tags, units: units ?? [] }, surveyed.now());
    return governedBy(ruled, { tags: tagsUsed(policy, tags), units }, policy, service, settings);
  };
}
