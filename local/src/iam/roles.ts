import type { Chance } from '../chance.ts';
import { AwsError } from '../wire/errors.ts';
import { awsManagedPolicies } from './managed-policies.ts';
import { parsePolicy, type Statement } from './policy.ts';
import { checkManagedPolicyQuota, checkRoleQuotas } from './quotas.ts';
import type { ManagedPolicyProperties, RoleProperties } from './role-properties.ts';

export interface Role {
  readonly arn: string;
  readonly account: string;
  readonly roleName: string;
  /** `AROA…`, the first half of the user id of its sessions. */
  readonly roleId: string;
  readonly createdAt: number;
  /** What it was made of: its policies as they were written. */
  readonly properties: RoleProperties;
  readonly trust: readonly Statement[];
  readonly identity: readonly Statement[];
  readonly boundary: readonly Statement[] | undefined;
}

/** Roles and managed policies, by their ARNs. */
export class Roles {
  readonly #chance: Chance;
  readonly #now: () => number;
  readonly #roles = new Map<string, Role>();
  readonly #managed = new Map<string, readonly Statement[]>();

  /** @param now milliseconds since the epoch. */
  constructor(chance: Chance, now: () => number) {
    this.#chance = chance;
    this.#now = now;
    for (const [arn, document] of Object.entries(awsManagedPolicies)) {
      this.#managed.set(arn, parsePolicy(document, 'identity'));
    }
  }

  /** @throws AwsError EntityAlreadyExists, MalformedPolicyDocument, NoSuchEntity (a managed policy does not exist). */
  createRole(account: string, properties: RoleProperties): Role {
    const arn = `arn:aws:iam::${account}:role${properties.Path ?? '/'}${properties.RoleName}`;
    const taken = [...this.#roles.values()].some(
      (role) => role.account === account && role.roleName === properties.RoleName,
    );
    if (taken)
      throw new AwsError('EntityAlreadyExists', `Role with name ${properties.RoleName} already exists.`, {
        status: 409,
      });
    const role: Role = {
      arn,
      account,
      roleName: properties.RoleName,
      roleId: `AROA${this.#chance.base32(17)}`,
      createdAt: this.#now(),
      properties,
      trust: parsePolicy(properties.AssumeRolePolicyDocument, 'trust'),
      identity: [
        ...(properties.Policies ?? []).flatMap(({ PolicyDocument }) => parsePolicy(PolicyDocument, 'identity')),
        ...(properties.ManagedPolicyArns ?? []).flatMap((policyArn) => this.#managedPolicy(policyArn)),
      ],
      boundary:
        properties.PermissionsBoundary === undefined ? undefined : this.#managedPolicy(properties.PermissionsBoundary),
    };
    checkRoleQuotas(properties);
    this.#roles.set(arn, role);
    return role;
  }

  /** Replaces a role's policies; its id stays. Open sessions use the new ones at once. */
  updateRole(account: string, properties: RoleProperties): Role {
    const before = this.#roles.get(`arn:aws:iam::${account}:role${properties.Path ?? '/'}${properties.RoleName}`);
    if (before === undefined) throw noSuchEntity(`The role with name ${properties.RoleName} cannot be found.`);
    this.#roles.delete(before.arn);
    try {
      const { roleId, createdAt } = before;
      const after = { ...this.createRole(account, properties), roleId, createdAt };
      this.#roles.set(after.arn, after);
      return after;
    } catch (error) {
      this.#roles.set(before.arn, before);
      throw error;
    }
  }

  /** Does nothing if the role does not exist. The keys of its sessions become unknown. */
  deleteRole(roleArn: string): void {
    this.#roles.delete(roleArn);
  }

  role(roleArn: string): Role | undefined {
    return this.#roles.get(roleArn);
  }

  /** Of an account, in the order of their ARNs. */
  roles(account: string): readonly Role[] {
    return [...this.#roles.values()]
      .filter((role) => role.account === account)
      .sort((one, other) => (one.arn < other.arn ? -1 : 1));
  }

  /** A role by the name that is unique in its account. */
  roleNamed(account: string, roleName: string): Role | undefined {
    return this.roles(account).find((role) => role.roleName === roleName);
  }

  /** @returns its ARN. @throws AwsError MalformedPolicyDocument. */
  createManagedPolicy(account: string, properties: ManagedPolicyProperties): string {
    const arn = `arn:aws:iam::${account}:policy${properties.Path ?? '/'}${properties.ManagedPolicyName}`;
    const statements = parsePolicy(properties.PolicyDocument, 'identity');
    checkManagedPolicyQuota(properties.PolicyDocument);
    this.#managed.set(arn, statements);
    return arn;
  }

  /** Does nothing if it does not exist. */
  deleteManagedPolicy(arn: string): void {
    this.#managed.delete(arn);
  }

  #managedPolicy(arn: string): readonly Statement[] {
    const statements = this.#managed.get(arn);
    if (statements === undefined) throw noSuchEntity(`Policy ${arn} does not exist or is not attachable.`);
    return statements;
  }
}

export const noSuchEntity = (message: string): AwsError => new AwsError('NoSuchEntity', message, { status: 404 });
