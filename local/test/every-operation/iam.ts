import * as sdk from '@aws-sdk/client-iam';
import { expect } from 'vitest';
import { ACCOUNT, type OperationSetting, type Row, type Rows } from './setting.ts';

const RoleName = 'deployer';
const PolicyArn = 'arn:aws:iam::aws:policy/AdministratorAccess';
const AssumeRolePolicyDocument = JSON.stringify({
  Statement: { Effect: 'Allow', Principal: { AWS: ACCOUNT }, Action: 'sts:AssumeRole' },
});
const PolicyDocument = JSON.stringify({ Statement: { Effect: 'Allow', Action: 'lambda:*', Resource: '*' } });

const createRole = ({ iam }: OperationSetting) =>
  iam.send(new sdk.CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
const putPolicy = ({ iam }: OperationSetting) =>
  iam.send(new sdk.PutRolePolicyCommand({ RoleName, PolicyName: 'own', PolicyDocument }));
const attach = ({ iam }: OperationSetting) => iam.send(new sdk.AttachRolePolicyCommand({ RoleName, PolicyArn }));

/** The role is there in one call and not in the other. */
const onRole = (
  call: (iam: sdk.IAMClient) => Promise<object>,
  answer: object = {},
  before: (setting: OperationSetting) => Promise<object> = async () => ({}),
): Row => ({
  call: async (s) => {
    await createRole(s);
    await before(s);
    return call(s.iam);
  },
  answer,
  refused: { call: ({ iam }) => call(iam), by: sdk.NoSuchEntityException },
});

export const iamRows: Rows = {
  CreateRole: {
    call: createRole,
    answer: { Role: { RoleName, Path: '/', Arn: `arn:aws:iam::${ACCOUNT}:role/${RoleName}` } },
    refused: {
      call: async (s) => {
        await createRole(s);
        return createRole(s);
      },
      by: sdk.EntityAlreadyExistsException,
    },
  },
  GetRole: onRole((iam) => iam.send(new sdk.GetRoleCommand({ RoleName })), {
    Role: { RoleName, AssumeRolePolicyDocument: encodeURIComponent(AssumeRolePolicyDocument) },
  }),
  ListRoles: {
    call: async (s) => {
      await createRole(s);
      return s.iam.send(new sdk.ListRolesCommand({}));
    },
    answer: { Roles: [{ RoleName }, { RoleName: 'reader' }], IsTruncated: false },
    refused: {
      call: ({ iam }) => iam.send(new sdk.ListRolesCommand({ Marker: 'none' })),
      by: sdk.InvalidInputException,
    },
  },
  UpdateAssumeRolePolicy: onRole((iam) =>
    iam.send(new sdk.UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: AssumeRolePolicyDocument })),
  ),
  DeleteRole: onRole((iam) => iam.send(new sdk.DeleteRoleCommand({ RoleName }))),
  PutRolePolicy: onRole((iam) =>
    iam.send(new sdk.PutRolePolicyCommand({ RoleName, PolicyName: 'own', PolicyDocument })),
  ),
  GetRolePolicy: onRole(
    (iam) => iam.send(new sdk.GetRolePolicyCommand({ RoleName, PolicyName: 'own' })),
    { PolicyName: 'own', PolicyDocument: encodeURIComponent(PolicyDocument) },
    putPolicy,
  ),
  ListRolePolicies: onRole(
    (iam) => iam.send(new sdk.ListRolePoliciesCommand({ RoleName })),
    { PolicyNames: ['own'], IsTruncated: false },
    putPolicy,
  ),
  DeleteRolePolicy: onRole(
    (iam) => iam.send(new sdk.DeleteRolePolicyCommand({ RoleName, PolicyName: 'own' })),
    {},
    putPolicy,
  ),
  AttachRolePolicy: onRole((iam) => iam.send(new sdk.AttachRolePolicyCommand({ RoleName, PolicyArn }))),
  DetachRolePolicy: onRole((iam) => iam.send(new sdk.DetachRolePolicyCommand({ RoleName, PolicyArn })), {}, attach),
  ListAttachedRolePolicies: onRole(
    (iam) => iam.send(new sdk.ListAttachedRolePoliciesCommand({ RoleName })),
    { AttachedPolicies: [{ PolicyName: 'AdministratorAccess', PolicyArn }], IsTruncated: false },
    attach,
  ),
  PutRolePermissionsBoundary: onRole((iam) =>
    iam.send(new sdk.PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary: PolicyArn })),
  ),
  DeleteRolePermissionsBoundary: onRole((iam) => iam.send(new sdk.DeleteRolePermissionsBoundaryCommand({ RoleName }))),
  SimulatePrincipalPolicy: onRole(
    (iam) =>
      iam.send(
        new sdk.SimulatePrincipalPolicyCommand({
          PolicySourceArn: `arn:aws:iam::${ACCOUNT}:role/${RoleName}`,
          ActionNames: ['lambda:CreateFunction', 'sqs:CreateQueue'],
        }),
      ),
    {
      EvaluationResults: [
        { EvalActionName: 'lambda:CreateFunction', EvalResourceName: '*', EvalDecision: 'allowed' },
        { EvalActionName: 'sqs:CreateQueue', EvalResourceName: '*', EvalDecision: 'implicitDeny' },
      ],
      IsTruncated: false,
    },
    putPolicy,
  ),
  GetUser: {
    call: ({ iam }) => iam.send(new sdk.GetUserCommand({})),
    answer: { User: { UserId: ACCOUNT, Arn: `arn:aws:iam::${ACCOUNT}:root` } },
    refused: {
      call: ({ iam }) => iam.send(new sdk.GetUserCommand({ UserName: 'nobody' })),
      by: sdk.NoSuchEntityException,
    },
  },
  ListAccountAliases: {
    call: ({ iam }) => iam.send(new sdk.ListAccountAliasesCommand({})),
    answer: { AccountAliases: [], IsTruncated: expect.any(Boolean) },
  },
};
