import * as sdk from '@aws-sdk/client-iam';
import type { RoleProperties } from '../../iam/role-properties.ts';
import { noSuchEntity } from '../../iam/roles.ts';
import { type CallContext, type OperationDefinition, operation } from '../../wire/service.ts';
import { page } from './pages.ts';
import { encodedDocument } from './roles.ts';
import { type IamSetting, onRole, roleOf } from './setting.ts';

const policyArn = (arn: string | undefined) => (arn === undefined ? {} : { 'iam:PolicyARN': [arn] });

/** What hangs on a role: inline policies, managed ones, the permissions boundary. Sessions under way see a change at once. */
export function rolePolicyOperations(setting: IamSetting): readonly OperationDefinition[] {
  const change = (
    context: CallContext,
    roleName: string | undefined,
    to: (properties: RoleProperties) => RoleProperties,
  ): Record<string, never> => {
    setting.iam.updateRole(context.account, to(roleOf(setting, context, roleName).properties));
    return {};
  };
  const inlineOf = ({ Policies = [] }: RoleProperties, name: string | undefined) => {
    const found = Policies.find(({ PolicyName }) => PolicyName === name);
    if (found === undefined) throw noSuchEntity(`The role policy with name ${name} cannot be found.`);
    return found;
  };
  return [
    operation<sdk.PutRolePolicyCommandInput, sdk.PutRolePolicyCommandOutput>(sdk.PutRolePolicy$, {
      writes: true,
      permissions: ({ RoleName }, context) => onRole(setting, 'PutRolePolicy', context, RoleName),
      run: ({ RoleName, PolicyName = '', PolicyDocument }, context) =>
        change(context, RoleName, ({ Policies = [], ...rest }) => ({
          ...rest,
          Policies: [...Policies.filter((one) => one.PolicyName !== PolicyName), { PolicyName, PolicyDocument }],
        })),
    }),
    operation<sdk.GetRolePolicyCommandInput, sdk.GetRolePolicyCommandOutput>(sdk.GetRolePolicy$, {
      permissions: ({ RoleName }, context) => onRole(setting, 'GetRolePolicy', context, RoleName),
      run: ({ RoleName, PolicyName }, context) => {
        const { PolicyDocument } = inlineOf(roleOf(setting, context, RoleName).properties, PolicyName);
        return { RoleName, PolicyName, PolicyDocument: encodedDocument(PolicyDocument) };
      },
    }),
    operation<sdk.ListRolePoliciesCommandInput, sdk.ListRolePoliciesCommandOutput>(sdk.ListRolePolicies$, {
      permissions: ({ RoleName }, context) => onRole(setting, 'ListRolePolicies', context, RoleName),
      run: (input, context) => {
        const { Policies = [] } = roleOf(setting, context, input.RoleName).properties;
        const { items, rest } = page(Policies.map(({ PolicyName }) => PolicyName).sort(), input);
        return { PolicyNames: items, ...rest };
      },
    }),
    operation<sdk.DeleteRolePolicyCommandInput, sdk.DeleteRolePolicyCommandOutput>(sdk.DeleteRolePolicy$, {
      writes: true,
      permissions: ({ RoleName }, context) => onRole(setting, 'DeleteRolePolicy', context, RoleName),
      run: ({ RoleName, PolicyName }, context) =>
        change(context, RoleName, (properties) => {
          const gone = inlineOf(properties, PolicyName);
          return { ...properties, Policies: (properties.Policies ?? []).filter((one) => one !== gone) };
        }),
    }),
    operation<sdk.AttachRolePolicyCommandInput, sdk.AttachRolePolicyCommandOutput>(sdk.AttachRolePolicy$, {
      writes: true,
      permissions: ({ RoleName, PolicyArn }, context) =>
        onRole(setting, 'AttachRolePolicy', context, RoleName, policyArn(PolicyArn)),
      run: ({ RoleName, PolicyArn = '' }, context) =>
        change(context, RoleName, ({ ManagedPolicyArns = [], ...rest }) => ({
          ...rest,
          ManagedPolicyArns: [...new Set([...ManagedPolicyArns, PolicyArn])],
        })),
    }),
    operation<sdk.DetachRolePolicyCommandInput, sdk.DetachRolePolicyCommandOutput>(sdk.DetachRolePolicy$, {
      writes: true,
      permissions: ({ RoleName, PolicyArn }, context) =>
        onRole(setting, 'DetachRolePolicy', context, RoleName, policyArn(PolicyArn)),
      run: ({ RoleName, PolicyArn }, context) =>
        change(context, RoleName, ({ ManagedPolicyArns = [], ...rest }) => {
          const left = ManagedPolicyArns.filter((arn) => arn !== PolicyArn);
          if (left.length === ManagedPolicyArns.length) throw noSuchEntity(`Policy ${PolicyArn} was not found.`);
          return { ...rest, ManagedPolicyArns: left };
        }),
    }),
    operation<sdk.ListAttachedRolePoliciesCommandInput, sdk.ListAttachedRolePoliciesCommandOutput>(
      sdk.ListAttachedRolePolicies$,
      {
        permissions: ({ RoleName }, context) => onRole(setting, 'ListAttachedRolePolicies', context, RoleName),
        run: (input, context) => {
          const { ManagedPolicyArns = [] } = roleOf(setting, context, input.RoleName).properties;
          const attached = ManagedPolicyArns.map((PolicyArn) => ({
            PolicyArn,
            PolicyName: PolicyArn.slice(PolicyArn.lastIndexOf('/') + 1),
          })).filter(({ PolicyArn }) => PolicyArn.includes(`policy${input.PathPrefix ?? '/'}`));
          const { items, rest } = page(attached, input);
          return { AttachedPolicies: items, ...rest };
        },
      },
    ),
    operation<sdk.PutRolePermissionsBoundaryCommandInput, sdk.PutRolePermissionsBoundaryCommandOutput>(
      sdk.PutRolePermissionsBoundary$,
      {
        writes: true,
        permissions: ({ RoleName, PermissionsBoundary = '' }, context) =>
          onRole(setting, 'PutRolePermissionsBoundary', context, RoleName, {
            'iam:PermissionsBoundary': [PermissionsBoundary],
          }),
        run: ({ RoleName, PermissionsBoundary = '' }, context) =>
          change(context, RoleName, (properties) => ({ ...properties, PermissionsBoundary })),
      },
    ),
    operation<sdk.DeleteRolePermissionsBoundaryCommandInput, sdk.DeleteRolePermissionsBoundaryCommandOutput>(
      sdk.DeleteRolePermissionsBoundary$,
      {
        writes: true,
        permissions: ({ RoleName }, context) => onRole(setting, 'DeleteRolePermissionsBoundary', context, RoleName),
        run: ({ RoleName }, context) => change(context, RoleName, ({ PermissionsBoundary: _, ...rest }) => rest),
      },
    ),
  ];
}
