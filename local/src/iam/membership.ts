import type { Statement } from './policy.ts';

/** Where an account stands in its organisation, as far as IAM is concerned. */
export interface OrganizationMembership {
  readonly organizationId: string;
  /** Of the unit it stands in: `o-…/r-…/ou-…/`, as in `aws:PrincipalOrgPaths`. */
  readonly path: string;
  readonly isManagement: boolean;
  /** Neither closed nor suspended: an account that is not has no key that works. */
  readonly isActive: boolean;
  /**
   * The service control policies that bound what the account may do: one list of statements for the root, each unit on the
   * way, and the account itself. Empty where policies of that type are not enabled.
   */
  readonly controlPolicies: readonly (readonly Statement[])[];
}

/** Whom IAM asks about organisations; `undefined` of an account that stands alone. */
export interface Memberships {
  membership(account: string): OrganizationMembership | undefined;
}
