import { type Govern, governedBy, notGoverned } from '../policy/governed.ts';
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
  { account, region }: Pick<ServiceIdentity, 'account' | 'region'>,
  { unitsOf }: Pick<Surveyed, 'unitsOf'>,
): Promise<LookedAfter> {
  const no = (why: string) => ({ kind: 'no', why }) as const;
  if (!policy.regions.includes(region))
    return no(`region ${region} is not looked after; there are ${policy.regions.join(', ')}`);
  const { accounts } = policy;
  if (accounts.kind === 'listed') {
    if (!accounts.ids.includes(account)) return no(`account ${account} is not looked after`);
    return { kind: 'yes', units: usesUnits(policy) ? ((await unitsOf(account)) ?? []) : [] };
  }
  if (accounts.except.includes(account)) return no(`account ${account} is excepted by the policy`);
  const units = await unitsOf(account);
  if (units === undefined) return no(`account ${account} is not of the organisation`);
  if (accounts.units.length > 0 && !accounts.units.some((unit) => units.includes(unit)))
    return no(`account ${account} is not in a unit that is looked after`);
  return { kind: 'yes', units };
}

function usesUnits({ rules, exceptions }: Policy): boolean {
  return [...rules, ...exceptions].some(({ match }) => match.units !== undefined);
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
