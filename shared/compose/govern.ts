import { type Govern, governedBy, notGoverned } from '../policy/governed.ts';
import { usesUnits, whyNotLookedAfter } from '../policy/looked-after.ts';
import type { Policy } from '../policy/policy.ts';
import { type Ruling, ruling } from '../policy/ruling.ts';
import type { ServiceIdentity } from '../service-arn.ts';
import type { RuleSettings } from '../settings.ts';

/** What a policy can be asked beyond itself. */
export interface Surveyed {
  /** The units above an account up to the root; `undefined` when it is not of the organisation. */
  unitsOf(account: string): Promise<readonly string[] | undefined>;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** Whether, and why not, an account and region are looked after; a subject that rules can be tried on if they are. */
export type LookedAfter =
  | { readonly kind: 'yes'; readonly units: readonly string[] }
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
  if (listed && !usesUnits(policy)) return { kind: 'yes', units: [] };
  const units = await unitsOf(place.account);
  if (units === undefined && !listed) return no(`account ${place.account} is not of the organisation`);
  const why = whyNotLookedAfter(policy, place, units);
  return why === undefined ? { kind: 'yes', units: units ?? [] } : no(why);
}

/** The ruling for one service with these tags, or why nobody looks after it. */
async function rulingFor(
  policy: Policy,
  service: ServiceIdentity,
  tags: Readonly<Record<string, string>>,
  surveyed: Surveyed,
): Promise<Ruling | { readonly notLookedAfter: string }> {
  const looked = await lookedAfter(policy, service, surveyed);
  if (looked.kind === 'no') return { notLookedAfter: looked.why };
  return ruling(policy, { ...service, tags, units: looked.units }, surveyed.now());
}

/** What the policy says of a service, in the form the planner needs. */
export function composeGovern(policy: Policy, settings: RuleSettings, surveyed: Surveyed): Govern {
  return async (service, tags) => {
    const ruled = await rulingFor(policy, service, tags, surveyed);
    return 'notLookedAfter' in ruled
      ? notGoverned(ruled.notLookedAfter, policy, service, settings)
      : governedBy(ruled, policy, service, settings);
  };
}
