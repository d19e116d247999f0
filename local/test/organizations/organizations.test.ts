import * as sdk from '@aws-sdk/client-organizations';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, describe, expect, it } from 'vitest';
import type { Switches } from '../../src/profile.ts';
import { errorOf } from '../wire/fake.ts';
import { account, BANK, cloud, HUB, type OrganizationsTestCloud, organization, SHOP } from './cloud.ts';

const running = new Set<OrganizationsTestCloud>();
afterEach(async () => {
  for (const made of running) await made.stop();
  running.clear();
});
const start = async (switches: Partial<Switches> = {}) => {
  const made = cloud(switches);
  running.add(made);
  return { made, ...(await organization(made)) };
};

async function allAccounts(client: sdk.OrganizationsClient, MaxResults?: number) {
  const pages: (readonly string[])[] = [];
  for await (const { Accounts = [] } of sdk.paginateListAccounts({ client }, { MaxResults })) {
    pages.push(Accounts.map(({ Id = '' }) => Id));
  }
  return pages;
}

describe('listings', () => {
  it('come in pages smaller than requested, and paging returns everything once', async () => {
    const { made, client } = await start();
    for (const name of ['c', 'd', 'e']) await account(made, name);
    expect(await allAccounts(client)).toEqual([
      [HUB, SHOP, BANK, '777788889999'],
      ['222233334444', '555566667777'],
    ]);
    expect(await allAccounts(client, 1)).toEqual(
      [HUB, SHOP, BANK, '777788889999', '222233334444', '555566667777'].map((id) => [id]),
    );
  });

  it('may begin with an empty page that is not the last', async () => {
    const { client } = await start({ emptyFirstPages: true });
    expect(await allAccounts(client)).toEqual([[], [HUB, SHOP, BANK]]);
  });

  it.each([
    ['nonsense', { NextToken: 'nonsense' }],
    ['a token of another listing', { NextToken: Buffer.from('["ListRoots",0]').toString('base64url') }],
    ['no page at all', { MaxResults: 0 }],
  ])('refuse %s', async (_, input) => {
    const { client } = await start();
    expect(await errorOf(client.send(new sdk.ListAccountsCommand(input)))).toMatchObject({
      name: 'InvalidInputException',
      Reason: expect.any(String),
    });
  });

  it('tell of children and parents where the tree has them', async () => {
    const { client, rootId, workloadsId, prodId } = await start();
    const children = (ParentId: string, ChildType: sdk.ChildType) =>
      client.send(new sdk.ListChildrenCommand({ ParentId, ChildType }));
    expect((await children(rootId, 'ORGANIZATIONAL_UNIT')).Children).toEqual([
      { Id: workloadsId, Type: 'ORGANIZATIONAL_UNIT' },
    ]);
    expect((await children(prodId, 'ACCOUNT')).Children).toEqual([{ Id: SHOP, Type: 'ACCOUNT' }]);
    expect((await children(workloadsId, 'ACCOUNT')).Children).toEqual([]);
    const { Parents } = await client.send(new sdk.ListParentsCommand({ ChildId: SHOP }));
    expect(Parents).toEqual([{ Id: prodId, Type: 'ORGANIZATIONAL_UNIT' }]);
  });
});

describe('who may ask', () => {
  it('does not exist without an organisation', async () => {
    const made = cloud();
    running.add(made);
    expect(await errorOf(made.organizationsAs(HUB).send(new sdk.ListAccountsCommand({})))).toMatchObject({
      name: 'AWSOrganizationsNotInUseException',
      message: 'Your account is not a member of an organization.',
    });
  });

  it('is any member for the organisation itself, and no member for its accounts', async () => {
    const { made, id } = await start();
    const member = made.organizationsAs(SHOP);
    const { Organization } = await member.send(new sdk.DescribeOrganizationCommand({}));
    expect(Organization).toMatchObject({ Id: id, MasterAccountId: HUB });
    expect(await errorOf(member.send(new sdk.ListAccountsCommand({})))).toMatchObject({
      name: 'AccessDeniedException',
    });
  });

  it('is a delegated administrator too, who may read and not write', async () => {
    const { made, client, rootId } = await start();
    const ServicePrincipal = 'member.org.stacksets.cloudformation.amazonaws.com';
    await client.send(new sdk.RegisterDelegatedAdministratorCommand({ AccountId: BANK, ServicePrincipal }));
    const delegated = made.organizationsAs(BANK);
    expect((await allAccounts(delegated)).flat()).toEqual([HUB, SHOP, BANK]);
    const write = new sdk.CreateOrganizationalUnitCommand({ ParentId: rootId, Name: 'Mine' });
    expect(await errorOf(delegated.send(write))).toMatchObject({ name: 'AccessDeniedException' });
    await client.send(new sdk.DeregisterDelegatedAdministratorCommand({ AccountId: BANK, ServicePrincipal }));
    expect(await errorOf(delegated.send(new sdk.ListRootsCommand({})))).toMatchObject({
      name: 'AccessDeniedException',
    });
  });

  it('is a role only by its own policies', async () => {
    const { made } = await start();
    const { arn } = made.iam.createRole(HUB, {
      RoleName: 'sweep',
      AssumeRolePolicyDocument: {
        Statement: { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
      },
      Policies: [
        {
          PolicyName: 'lists',
          PolicyDocument: {
            Statement: { Effect: 'Allow', Action: 'organizations:ListAccounts', Resource: '*' },
          },
        },
      ],
    });
    const client = made.organizationsAs(made.iam.issueRoleCredentials(arn).accessKeyId);
    expect((await allAccounts(client)).flat()).toHaveLength(3);
    expect(await errorOf(client.send(new sdk.DescribeAccountCommand({ AccountId: SHOP })))).toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringMatching(
        /not authorized to perform: organizations:DescribeAccount on resource: arn:aws:organizations::123456789012:account\/o-\w{10}\/111122223333/,
      ),
    });
  });
});

describe('accounts', () => {
  it('stand where they were moved, and say so', async () => {
    const { client, id, rootId, workloadsId, prodId } = await start();
    const { Account } = await client.send(new sdk.DescribeAccountCommand({ AccountId: SHOP }));
    expect(Account).toMatchObject({
      Name: 'shop',
      Email: 'shop@example.com',
      State: 'ACTIVE',
      JoinedMethod: 'CREATED',
      Paths: [`${id}/${rootId}/${workloadsId}/${prodId}/${SHOP}/`],
    });
    expect(Account).not.toHaveProperty('Status');
  });

  it('tell the retired Status where AWS still does', async () => {
    const { client } = await start({ accountStatusMember: true });
    await client.send(new sdk.CloseAccountCommand({ AccountId: SHOP }));
    const { Account } = await client.send(new sdk.DescribeAccountCommand({ AccountId: SHOP }));
    expect(Account).toMatchObject({ State: 'PENDING_CLOSURE', Status: 'PENDING_CLOSURE' });
  });

  it('are not created under an address that is taken, which only the status shows', async () => {
    const { client } = await start();
    const create = new sdk.CreateAccountCommand({ AccountName: 'again', Email: 'SHOP@example.com' });
    const { CreateAccountStatus: asked } = await client.send(create);
    expect(asked?.State).toBe('IN_PROGRESS');
    const describe = new sdk.DescribeCreateAccountStatusCommand({ CreateAccountRequestId: asked?.Id });
    const { CreateAccountStatus: done } = await client.send(describe);
    expect(done).toMatchObject({ State: 'FAILED', FailureReason: 'EMAIL_ALREADY_EXISTS' });
  });

  it('have a role that the management account may assume', async () => {
    const { made } = await start();
    const assume = new AssumeRoleCommand({
      RoleArn: `arn:aws:iam::${SHOP}:role/OrganizationAccountAccessRole`,
      RoleSessionName: 'hub',
    });
    const { AssumedRoleUser } = await new STSClient(made.config(HUB)).send(assume);
    expect(AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${SHOP}:assumed-role/OrganizationAccountAccessRole/hub`);
    expect(await errorOf(new STSClient(made.config(BANK)).send(assume))).toMatchObject({ name: 'AccessDenied' });
  });

  it('that are closed or suspended have no key that works, and no role that can be assumed', async () => {
    const { made, client } = await start();
    await client.send(new sdk.CloseAccountCommand({ AccountId: SHOP }));
    made.organizations.suspend(BANK);
    await made.clock.advance(60_000);
    const { Accounts } = await client.send(new sdk.ListAccountsCommand({}));
    expect(Accounts?.map(({ Id, State }) => [Id, State])).toEqual([
      [HUB, 'ACTIVE'],
      [SHOP, 'CLOSED'],
      [BANK, 'SUSPENDED'],
    ]);
    for (const id of [SHOP, BANK]) {
      const own = new STSClient(made.config(id)).send(new GetCallerIdentityCommand({}));
      expect(await errorOf(own)).toMatchObject({ name: 'InvalidClientTokenId' });
      const RoleArn = `arn:aws:iam::${id}:role/OrganizationAccountAccessRole`;
      const assume = new AssumeRoleCommand({ RoleArn, RoleSessionName: 'hub' });
      expect(await errorOf(new STSClient(made.config(HUB)).send(assume))).toMatchObject({ name: 'AccessDenied' });
    }
  });

  it('are only moved from where they are', async () => {
    const { client, rootId, workloadsId } = await start();
    const move = new sdk.MoveAccountCommand({
      AccountId: SHOP,
      SourceParentId: rootId,
      DestinationParentId: workloadsId,
    });
    expect(await errorOf(client.send(move))).toMatchObject({ name: 'SourceParentNotFoundException' });
  });
});

it('units are five deep, and no deeper', async () => {
  const { client, prodId, unit } = await start();
  const third = await unit(prodId, '3');
  const fifth = await unit(await unit(third, '4'), '5');
  const sixth = new sdk.CreateOrganizationalUnitCommand({ ParentId: fifth, Name: '6' });
  expect(await errorOf(client.send(sixth))).toMatchObject({
    name: 'ConstraintViolationException',
    Reason: 'OU_DEPTH_LIMIT_EXCEEDED',
  });
});
