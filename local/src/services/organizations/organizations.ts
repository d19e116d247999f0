import type { OrganizationMembership } from '../../iam/membership.ts';
import type { World } from '../../world.ts';
import { accountState, type Organization } from './organization.ts';
import { accessDenied, notInUse } from './refusals.ts';

/** A member account has come into being by CreateAccount. */
export interface AccountCreated {
  readonly account: string;
  readonly managementAccount: string;
  /** The role that AWS makes in it for the management account. */
  readonly roleName: string;
}

/** AWS Organizations: who belongs together, in which units, under which service control policies. */
export class Organizations {
  readonly world: World;
  readonly #all = new Set<Organization>();
  readonly #reservedIds: string[] = [];
  readonly #listeners: ((created: AccountCreated) => void)[] = [];

  constructor(world: World) {
    this.world = world;
  }

  /** The organisation of an account; without one the account stands alone. */
  find(account: string): Organization | undefined {
    return [...this.#all].find((organization) => organization.account(account) !== undefined);
  }

  /**
   * The organisation, for a caller that may read it: the management account or a delegated administrator (documented).
   * @throws AwsError AWSOrganizationsNotInUseException, AccessDeniedException
   */
  readable(account: string): Organization {
    const organization = this.member(account);
    if (account === organization.managementAccount || organization.delegated.has(account)) return organization;
    throw accessDenied();
  }

  /** The organisation, for its management account. @throws AwsError AWSOrganizationsNotInUseException, AccessDeniedException */
  managed(account: string): Organization {
    const organization = this.member(account);
    if (account !== organization.managementAccount) throw accessDenied();
    return organization;
  }

  /** The organisation, for any of its accounts. @throws AwsError AWSOrganizationsNotInUseException */
  member(account: string): Organization {
    const organization = this.find(account);
    if (organization === undefined) throw notInUse();
    return organization;
  }

  add(organization: Organization): void {
    this.#all.add(organization);
  }

  remove(organization: Organization): void {
    this.#all.delete(organization);
  }

  /** What IAM has to know of an account; `undefined` of one that stands alone. */
  membership(account: string): OrganizationMembership | undefined {
    const organization = this.find(account);
    const member = organization?.account(account);
    if (organization === undefined || member === undefined) return undefined;
    const lineage = organization.lineage(member);
    const parent = organization.branch(member.parentId);
    return {
      organizationId: organization.id,
      path: organization.path(parent),
      isManagement: account === organization.managementAccount,
      isActive: accountState(member, this.world.clock.now()) === 'ACTIVE',
      controlPolicies: organization.controlPoliciesEnabled
        ? lineage.map((node) => [...node.policies].flatMap((id) => organization.policies.get(id)?.statements ?? []))
        : [],
    };
  }

  /** The next accounts that CreateAccount makes get these ids, 12 digits each, so that stories can name them beforehand. */
  reserveAccountIds(ids: readonly string[]): void {
    this.#reservedIds.push(...ids);
  }

  newAccountId(): string {
    const digits = () =>
      BigInt(`0x${this.world.chance.hex(16)}`)
        .toString()
        .slice(-12)
        .padStart(12, '1');
    return this.#reservedIds.shift() ?? digits();
  }

  /** AWS holds an account, or lets it go again; no operation does that. */
  suspend(account: string, suspended = true): void {
    const member = this.find(account)?.account(account);
    if (member !== undefined) member.suspended = suspended;
  }

  onAccountCreated(listener: (created: AccountCreated) => void): void {
    this.#listeners.push(listener);
  }

  tellCreated(created: AccountCreated): void {
    for (const listener of this.#listeners) listener(created);
  }
}
