import * as sdk from '@aws-sdk/client-organizations';
import { expect } from 'vitest';
import { ACCOUNT, given, type OperationSetting, type Rows } from './setting.ts';

type Organizations = sdk.OrganizationsClient;

const SERVICE = 'member.org.stacksets.cloudformation.amazonaws.com';
const Content = '{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"apprunner:Delete*","Resource":"*"}}';
const ofType = 'SERVICE_CONTROL_POLICY';

const organization = ({ organizations }: OperationSetting) => organizations.send(new sdk.CreateOrganizationCommand({}));
const account = async (organizations: Organizations, Email = 'a@example.com') => {
  const { CreateAccountStatus } = await organizations.send(new sdk.CreateAccountCommand({ AccountName: 'a', Email }));
  const status = new sdk.DescribeCreateAccountStatusCommand({ CreateAccountRequestId: CreateAccountStatus?.Id });
  return given((await organizations.send(status)).CreateAccountStatus?.AccountId);
};
const rootOf = async (organizations: Organizations) =>
  given((await organizations.send(new sdk.ListRootsCommand({}))).Roots?.[0]?.Id);
const unit = async (organizations: Organizations, Name = 'Workloads') =>
  organizations.send(new sdk.CreateOrganizationalUnitCommand({ ParentId: await rootOf(organizations), Name }));
const unitId = async (organizations: Organizations) => given((await unit(organizations)).OrganizationalUnit?.Id);
const enable = async (organizations: Organizations) =>
  organizations.send(new sdk.EnablePolicyTypeCommand({ RootId: await rootOf(organizations), PolicyType: ofType }));
const policy = (organizations: Organizations, content = Content) =>
  organizations.send(
    new sdk.CreatePolicyCommand({ Name: 'protect', Description: 'keeps', Type: ofType, Content: content }),
  );
const policyId = async (organizations: Organizations) => given((await policy(organizations)).Policy?.PolicySummary?.Id);
/** Attached to the root. */
const attached = async (organizations: Organizations) => {
  await enable(organizations);
  const target = { PolicyId: await policyId(organizations), TargetId: await rootOf(organizations) };
  await organizations.send(new sdk.AttachPolicyCommand(target));
  return target;
};
const register = async (organizations: Organizations, AccountId: string) =>
  organizations.send(new sdk.RegisterDelegatedAdministratorCommand({ AccountId, ServicePrincipal: SERVICE }));

/** With an organisation in place. */
const inside =
  (call: (organizations: Organizations) => Promise<object>) =>
  async (setting: OperationSetting): Promise<object> => {
    await organization(setting);
    return call(setting.organizations);
  };
/** Without one, where every operation is refused alike. */
const outside = (call: (organizations: Organizations) => Promise<object>) => ({
  call: ({ organizations }: OperationSetting) => call(organizations),
  by: sdk.AWSOrganizationsNotInUseException,
});
const refusedInside = (
  by: NonNullable<Rows[string]['refused']>['by'],
  call: (organizations: Organizations) => Promise<object>,
) => ({ call: inside(call), by });

export const organizationsRows: Rows = {
  CreateOrganization: {
    call: organization,
    answer: { Organization: { MasterAccountId: ACCOUNT, FeatureSet: 'ALL' } },
    refused: {
      call: async (s) => {
        await organization(s);
        return organization(s);
      },
      by: sdk.AlreadyInOrganizationException,
    },
  },
  DescribeOrganization: {
    call: inside((o) => o.send(new sdk.DescribeOrganizationCommand({}))),
    answer: { Organization: { MasterAccountId: ACCOUNT } },
    refused: outside((o) => o.send(new sdk.DescribeOrganizationCommand({}))),
  },
  DeleteOrganization: {
    call: inside((o) => o.send(new sdk.DeleteOrganizationCommand({}))),
    refused: refusedInside(sdk.OrganizationNotEmptyException, async (o) => {
      await account(o);
      return o.send(new sdk.DeleteOrganizationCommand({}));
    }),
  },
  ListRoots: {
    call: inside((o) => o.send(new sdk.ListRootsCommand({}))),
    answer: { Roots: [{ Name: 'Root', PolicyTypes: [] }] },
    refused: outside((o) => o.send(new sdk.ListRootsCommand({}))),
  },
  ListAccounts: {
    call: inside((o) => o.send(new sdk.ListAccountsCommand({}))),
    answer: { Accounts: [{ Id: ACCOUNT, State: 'ACTIVE' }] },
    refused: refusedInside(sdk.InvalidInputException, (o) => o.send(new sdk.ListAccountsCommand({ MaxResults: 21 }))),
  },
  ListAccountsForParent: {
    call: inside(async (o) => o.send(new sdk.ListAccountsForParentCommand({ ParentId: await rootOf(o) }))),
    answer: { Accounts: [{ Id: ACCOUNT }] },
    refused: refusedInside(sdk.ParentNotFoundException, (o) =>
      o.send(new sdk.ListAccountsForParentCommand({ ParentId: 'r-none' })),
    ),
  },
  DescribeAccount: {
    call: inside((o) => o.send(new sdk.DescribeAccountCommand({ AccountId: ACCOUNT }))),
    answer: { Account: { Id: ACCOUNT, JoinedMethod: 'INVITED' } },
    refused: refusedInside(sdk.AccountNotFoundException, (o) =>
      o.send(new sdk.DescribeAccountCommand({ AccountId: '111122223333' })),
    ),
  },
  CreateAccount: {
    call: inside((o) => o.send(new sdk.CreateAccountCommand({ AccountName: 'a', Email: 'a@example.com' }))),
    answer: { CreateAccountStatus: { State: 'IN_PROGRESS', AccountName: 'a' } },
    refused: refusedInside(sdk.InvalidInputException, (o) =>
      o.send(new sdk.CreateAccountCommand({ AccountName: 'a', Email: 'nobody' })),
    ),
  },
  DescribeCreateAccountStatus: {
    call: inside(async (o) => {
      const { CreateAccountStatus } = await o.send(
        new sdk.CreateAccountCommand({ AccountName: 'a', Email: 'a@example.com' }),
      );
      return o.send(new sdk.DescribeCreateAccountStatusCommand({ CreateAccountRequestId: CreateAccountStatus?.Id }));
    }),
    answer: { CreateAccountStatus: { State: 'SUCCEEDED', AccountId: expect.stringMatching(/^\d{12}$/) } },
    refused: refusedInside(sdk.CreateAccountStatusNotFoundException, (o) =>
      o.send(new sdk.DescribeCreateAccountStatusCommand({ CreateAccountRequestId: 'car-00000000' })),
    ),
  },
  ListCreateAccountStatus: {
    call: inside(async (o) => {
      await account(o);
      return o.send(new sdk.ListCreateAccountStatusCommand({ States: ['SUCCEEDED'] }));
    }),
    answer: { CreateAccountStatuses: [{ State: 'SUCCEEDED' }] },
    refused: outside((o) => o.send(new sdk.ListCreateAccountStatusCommand({}))),
  },
  MoveAccount: {
    call: inside(async (o) =>
      o.send(
        new sdk.MoveAccountCommand({
          AccountId: await account(o),
          SourceParentId: await rootOf(o),
          DestinationParentId: await unitId(o),
        }),
      ),
    ),
    refused: refusedInside(sdk.DestinationParentNotFoundException, async (o) =>
      o.send(
        new sdk.MoveAccountCommand({
          AccountId: await account(o),
          SourceParentId: await rootOf(o),
          DestinationParentId: 'ou-none-00000000',
        }),
      ),
    ),
  },
  CloseAccount: {
    call: inside(async (o) => o.send(new sdk.CloseAccountCommand({ AccountId: await account(o) }))),
    refused: refusedInside(sdk.ConstraintViolationException, (o) =>
      o.send(new sdk.CloseAccountCommand({ AccountId: ACCOUNT })),
    ),
  },
  CreateOrganizationalUnit: {
    call: inside((o) => unit(o)),
    answer: { OrganizationalUnit: { Name: 'Workloads', Id: expect.stringMatching(/^ou-/) } },
    refused: refusedInside(sdk.DuplicateOrganizationalUnitException, async (o) => {
      await unit(o);
      return unit(o);
    }),
  },
  DescribeOrganizationalUnit: {
    call: inside(async (o) =>
      o.send(new sdk.DescribeOrganizationalUnitCommand({ OrganizationalUnitId: await unitId(o) })),
    ),
    answer: { OrganizationalUnit: { Name: 'Workloads' } },
    refused: refusedInside(sdk.OrganizationalUnitNotFoundException, (o) =>
      o.send(new sdk.DescribeOrganizationalUnitCommand({ OrganizationalUnitId: 'ou-none-00000000' })),
    ),
  },
  UpdateOrganizationalUnit: {
    call: inside(async (o) =>
      o.send(new sdk.UpdateOrganizationalUnitCommand({ OrganizationalUnitId: await unitId(o), Name: 'Work' })),
    ),
    answer: { OrganizationalUnit: { Name: 'Work' } },
    refused: refusedInside(sdk.OrganizationalUnitNotFoundException, (o) =>
      o.send(new sdk.UpdateOrganizationalUnitCommand({ OrganizationalUnitId: 'ou-none-00000000', Name: 'Work' })),
    ),
  },
  DeleteOrganizationalUnit: {
    call: inside(async (o) =>
      o.send(new sdk.DeleteOrganizationalUnitCommand({ OrganizationalUnitId: await unitId(o) })),
    ),
    refused: refusedInside(sdk.OrganizationalUnitNotEmptyException, async (o) => {
      const id = await unitId(o);
      await o.send(new sdk.CreateOrganizationalUnitCommand({ ParentId: id, Name: 'Prod' }));
      return o.send(new sdk.DeleteOrganizationalUnitCommand({ OrganizationalUnitId: id }));
    }),
  },
  ListOrganizationalUnitsForParent: {
    call: inside(async (o) => {
      await unit(o);
      return o.send(new sdk.ListOrganizationalUnitsForParentCommand({ ParentId: await rootOf(o) }));
    }),
    answer: { OrganizationalUnits: [{ Name: 'Workloads' }] },
    refused: refusedInside(sdk.ParentNotFoundException, (o) =>
      o.send(new sdk.ListOrganizationalUnitsForParentCommand({ ParentId: 'r-none' })),
    ),
  },
  ListChildren: {
    call: inside(async (o) => o.send(new sdk.ListChildrenCommand({ ParentId: await rootOf(o), ChildType: 'ACCOUNT' }))),
    answer: { Children: [{ Id: ACCOUNT, Type: 'ACCOUNT' }] },
    refused: refusedInside(sdk.ParentNotFoundException, (o) =>
      o.send(new sdk.ListChildrenCommand({ ParentId: 'r-none', ChildType: 'ACCOUNT' })),
    ),
  },
  ListParents: {
    call: inside((o) => o.send(new sdk.ListParentsCommand({ ChildId: ACCOUNT }))),
    answer: { Parents: [{ Type: 'ROOT' }] },
    refused: refusedInside(sdk.ChildNotFoundException, (o) =>
      o.send(new sdk.ListParentsCommand({ ChildId: 'ou-none-00000000' })),
    ),
  },
  EnablePolicyType: {
    call: inside((o) => enable(o)),
    answer: { Root: { PolicyTypes: [{ Type: ofType, Status: 'ENABLED' }] } },
    refused: refusedInside(sdk.PolicyTypeAlreadyEnabledException, async (o) => {
      await enable(o);
      return enable(o);
    }),
  },
  DisablePolicyType: {
    call: inside(async (o) => {
      await enable(o);
      return o.send(new sdk.DisablePolicyTypeCommand({ RootId: await rootOf(o), PolicyType: ofType }));
    }),
    answer: { Root: { PolicyTypes: [] } },
    refused: refusedInside(sdk.PolicyTypeNotEnabledException, async (o) =>
      o.send(new sdk.DisablePolicyTypeCommand({ RootId: await rootOf(o), PolicyType: ofType })),
    ),
  },
  CreatePolicy: {
    call: inside((o) => policy(o)),
    answer: { Policy: { Content, PolicySummary: { Name: 'protect', AwsManaged: false } } },
    refused: refusedInside(sdk.MalformedPolicyDocumentException, (o) => policy(o, '{')),
  },
  UpdatePolicy: {
    call: inside(async (o) => o.send(new sdk.UpdatePolicyCommand({ PolicyId: await policyId(o), Name: 'keep' }))),
    answer: { Policy: { PolicySummary: { Name: 'keep', Description: 'keeps' } } },
    refused: refusedInside(sdk.InvalidInputException, (o) =>
      o.send(new sdk.UpdatePolicyCommand({ PolicyId: 'p-FullAWSAccess', Name: 'keep' })),
    ),
  },
  DescribePolicy: {
    call: inside((o) => o.send(new sdk.DescribePolicyCommand({ PolicyId: 'p-FullAWSAccess' }))),
    answer: { Policy: { PolicySummary: { AwsManaged: true } } },
    refused: refusedInside(sdk.PolicyNotFoundException, (o) =>
      o.send(new sdk.DescribePolicyCommand({ PolicyId: 'p-00000000' })),
    ),
  },
  DeletePolicy: {
    call: inside(async (o) => o.send(new sdk.DeletePolicyCommand({ PolicyId: await policyId(o) }))),
    refused: refusedInside(sdk.PolicyInUseException, async (o) => {
      const { PolicyId } = await attached(o);
      return o.send(new sdk.DeletePolicyCommand({ PolicyId }));
    }),
  },
  ListPolicies: {
    call: inside((o) => o.send(new sdk.ListPoliciesCommand({ Filter: ofType }))),
    answer: { Policies: [{ Id: 'p-FullAWSAccess' }] },
    refused: outside((o) => o.send(new sdk.ListPoliciesCommand({ Filter: ofType }))),
  },
  ListPoliciesForTarget: {
    call: inside(async (o) => {
      await attached(o);
      return o.send(new sdk.ListPoliciesForTargetCommand({ TargetId: await rootOf(o), Filter: ofType }));
    }),
    answer: { Policies: [{ Id: 'p-FullAWSAccess' }, { Name: 'protect' }] },
    refused: refusedInside(sdk.TargetNotFoundException, (o) =>
      o.send(new sdk.ListPoliciesForTargetCommand({ TargetId: 'r-none', Filter: ofType })),
    ),
  },
  ListTargetsForPolicy: {
    call: inside(async (o) => {
      const { PolicyId } = await attached(o);
      return o.send(new sdk.ListTargetsForPolicyCommand({ PolicyId }));
    }),
    answer: { Targets: [{ Type: 'ROOT', Name: 'Root' }] },
    refused: refusedInside(sdk.PolicyNotFoundException, (o) =>
      o.send(new sdk.ListTargetsForPolicyCommand({ PolicyId: 'p-00000000' })),
    ),
  },
  AttachPolicy: {
    call: inside(async (o) => {
      await enable(o);
      return o.send(new sdk.AttachPolicyCommand({ PolicyId: await policyId(o), TargetId: await rootOf(o) }));
    }),
    refused: refusedInside(sdk.PolicyTypeNotEnabledException, async (o) =>
      o.send(new sdk.AttachPolicyCommand({ PolicyId: await policyId(o), TargetId: await rootOf(o) })),
    ),
  },
  DetachPolicy: {
    call: inside(async (o) => o.send(new sdk.DetachPolicyCommand(await attached(o)))),
    refused: refusedInside(sdk.ConstraintViolationException, async (o) => {
      await enable(o);
      return o.send(new sdk.DetachPolicyCommand({ PolicyId: 'p-FullAWSAccess', TargetId: await rootOf(o) }));
    }),
  },
  RegisterDelegatedAdministrator: {
    call: inside(async (o) => register(o, await account(o))),
    refused: refusedInside(sdk.ConstraintViolationException, (o) => register(o, ACCOUNT)),
  },
  DeregisterDelegatedAdministrator: {
    call: inside(async (o) => {
      const AccountId = await account(o);
      await register(o, AccountId);
      return o.send(new sdk.DeregisterDelegatedAdministratorCommand({ AccountId, ServicePrincipal: SERVICE }));
    }),
    refused: refusedInside(sdk.AccountNotRegisteredException, async (o) =>
      o.send(
        new sdk.DeregisterDelegatedAdministratorCommand({ AccountId: await account(o), ServicePrincipal: SERVICE }),
      ),
    ),
  },
  ListDelegatedAdministrators: {
    call: inside(async (o) => {
      await register(o, await account(o));
      return o.send(new sdk.ListDelegatedAdministratorsCommand({ ServicePrincipal: SERVICE }));
    }),
    answer: { DelegatedAdministrators: [{ Name: 'a', DelegationEnabledDate: expect.any(Date) }] },
    refused: outside((o) => o.send(new sdk.ListDelegatedAdministratorsCommand({}))),
  },
  ListDelegatedServicesForAccount: {
    call: inside(async (o) => {
      const AccountId = await account(o);
      await register(o, AccountId);
      return o.send(new sdk.ListDelegatedServicesForAccountCommand({ AccountId }));
    }),
    answer: { DelegatedServices: [{ ServicePrincipal: SERVICE }] },
    refused: refusedInside(sdk.AccountNotFoundException, (o) =>
      o.send(new sdk.ListDelegatedServicesForAccountCommand({ AccountId: '111122223333' })),
    ),
  },
};
