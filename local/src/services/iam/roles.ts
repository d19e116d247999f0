import * as sdk from '@aws-sdk/client-iam';
import type { Role } from '../../iam/roles.ts';
import { AwsError } from '../../wire/errors.ts';
import { type OperationDefinition, operation } from '../../wire/service.ts';
import { page } from './pages.ts';
import { type IamSetting, onRole, roleOf } from './setting.ts';

/** Policies come out of IAM as JSON text in URL encoding (documented). */
export const encodedDocument = (document: unknown): string =>
  encodeURIComponent(typeof document === 'string' ? document : JSON.stringify(document));

function describe({ arn, roleName, roleId, createdAt, properties }: Role): sdk.Role {
  const { PermissionsBoundary: boundary, Description, Tags = [] } = properties;
  return {
    Path: properties.Path ?? '/',
    RoleName: roleName,
    RoleId: roleId,
    Arn: arn,
    CreateDate: new Date(createdAt),
    AssumeRolePolicyDocument: encodedDocument(properties.AssumeRolePolicyDocument),
    Description,
    MaxSessionDuration: properties.MaxSessionDuration ?? 3600,
    ...(boundary === undefined
      ? {}
      : {
          PermissionsBoundary: {
            PermissionsBoundaryType: 'PermissionsBoundaryPolicy',
            PermissionsBoundaryArn: boundary,
          },
        }),
    Tags: [...Tags],
  };
}

const invalid = (value: string, member: string, constraint: string) =>
  new AwsError(
    'ValidationError',
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must ${constraint}`,
  );

function checkNames(name: string, path: string): void {
  if (!/^[\w+=,.@-]*$/.test(name)) {
    throw new AwsError(
      'ValidationError',
      'The specified value for roleName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-',
    );
  }
  if (!/^\/([\x21-\x7e]+\/)?$/.test(path)) throw invalid(path, 'path', 'begin and end with /');
}

/** Roles themselves. IAM is global: the region of the call does not matter. */
export function roleOperations(setting: IamSetting): readonly OperationDefinition[] {
  const { iam } = setting;
  return [
    operation<sdk.CreateRoleCommandInput, sdk.CreateRoleCommandOutput>(sdk.CreateRole$, {
      writes: true,
      permissions: ({ RoleName, Path = '/', PermissionsBoundary }, { account }) => ({
        action: 'iam:CreateRole',
        resources: [`arn:aws:iam::${account}:role${Path}${RoleName}`],
        conditions: PermissionsBoundary === undefined ? {} : { 'iam:PermissionsBoundary': [PermissionsBoundary] },
      }),
      run: (input, { account }) => {
        const { RoleName = '', Path = '/', AssumeRolePolicyDocument, PermissionsBoundary } = input;
        const { Description, MaxSessionDuration, Tags } = input;
        checkNames(RoleName, Path);
        const role = iam.createRole(account, {
          RoleName,
          Path,
          AssumeRolePolicyDocument,
          ...(PermissionsBoundary === undefined ? {} : { PermissionsBoundary }),
          ...(Description === undefined ? {} : { Description }),
          ...(MaxSessionDuration === undefined ? {} : { MaxSessionDuration }),
          ...(Tags === undefined ? {} : { Tags: Tags.map(({ Key = '', Value = '' }) => ({ Key, Value })) }),
        });
        return { Role: describe(role) };
      },
    }),
    operation<sdk.GetRoleCommandInput, sdk.GetRoleCommandOutput>(sdk.GetRole$, {
      permissions: ({ RoleName }, context) => onRole(setting, 'GetRole', context, RoleName),
      run: ({ RoleName }, context) => ({ Role: describe(roleOf(setting, context, RoleName)) }),
    }),
    operation<sdk.ListRolesCommandInput, sdk.ListRolesCommandOutput>(sdk.ListRoles$, {
      permissions: ({ PathPrefix = '/' }, { account }) => ({
        action: 'iam:ListRoles',
        resources: [`arn:aws:iam::${account}:role${PathPrefix}`],
      }),
      run: (input, { account }) => {
        const found = iam
          .roles(account)
          .filter(({ properties }) => (properties.Path ?? '/').startsWith(input.PathPrefix ?? '/'));
        const { items, rest } = page(found, input);
        // A listing leaves out the boundary and the tags (documented).
        const described = items.map(describe).map(({ PermissionsBoundary: _, Tags: __, ...role }) => role);
        return { Roles: described, ...rest };
      },
    }),
    operation<sdk.UpdateAssumeRolePolicyCommandInput, sdk.UpdateAssumeRolePolicyCommandOutput>(
      sdk.UpdateAssumeRolePolicy$,
      {
        writes: true,
        permissions: ({ RoleName }, context) => onRole(setting, 'UpdateAssumeRolePolicy', context, RoleName),
        run: ({ RoleName, PolicyDocument }, context) => {
          const { properties } = roleOf(setting, context, RoleName);
          iam.updateRole(context.account, { ...properties, AssumeRolePolicyDocument: PolicyDocument });
          return {};
        },
      },
    ),
    operation<sdk.DeleteRoleCommandInput, sdk.DeleteRoleCommandOutput>(sdk.DeleteRole$, {
      writes: true,
      permissions: ({ RoleName }, context) => onRole(setting, 'DeleteRole', context, RoleName),
      run: ({ RoleName }, context) => {
        const { arn, properties } = roleOf(setting, context, RoleName);
        const { ManagedPolicyArns = [], Policies = [] } = properties;
        const first = ManagedPolicyArns.length > 0 ? 'detach' : Policies.length > 0 ? 'delete' : undefined;
        if (first !== undefined)
          throw new AwsError('DeleteConflict', `Cannot delete entity, must ${first} all policies first.`, {
            status: 409,
          });
        iam.deleteRole(arn);
        return {};
      },
    }),
  ];
}
