import type { Iam } from '../../iam/iam.ts';
import { noSuchEntity, type Role } from '../../iam/roles.ts';
import type { CallContext, RequiredPermission } from '../../wire/service.ts';

/** What the operations of IAM work on. */
export interface IamSetting {
  readonly iam: Iam;
}

/** @throws AwsError NoSuchEntity, as IAM words it (captured). */
export function roleOf({ iam }: IamSetting, { account }: CallContext, roleName: string | undefined): Role {
  const role = iam.roleNamed(account, roleName ?? '');
  if (role === undefined) throw noSuchEntity(`The role with name ${roleName} cannot be found.`);
  return role;
}

/** `iam:<action>` on a role, with the condition keys it brings (documented: service authorization reference). */
export function onRole(
  { iam }: IamSetting,
  action: string,
  { account }: CallContext,
  roleName: string | undefined,
  conditions: Readonly<Record<string, readonly string[]>> = {},
): RequiredPermission {
  const role = iam.roleNamed(account, roleName ?? '');
  const boundary = role?.properties.PermissionsBoundary;
  return {
    action: `iam:${action}`,
    resources: [role?.arn ?? `arn:aws:iam::${account}:role/${roleName ?? ''}`],
    conditions: { ...(boundary === undefined ? {} : { 'iam:PermissionsBoundary': [boundary] }), ...conditions },
  };
}
