import {
  CreateOrganizationCommand,
  ListAccountsCommand,
  type ListAccountsCommandOutput,
  ListRootsCommand,
  type ListRootsCommandOutput,
} from '@aws-sdk/client-organizations';
import type { Contract } from '../contract.ts';
import type { World } from '../world.ts';

const created = (world: World) =>
  world.once('organization', async () => {
    if (world.site.organization !== 'none') return;
    world.about('organization');
    await world.clients.organizations.send(new CreateOrganizationCommand({ FeatureSet: 'ALL' }));
  });

export const organizationContracts: readonly Contract[] = [
  {
    id: 'control-policies-of-new-organization',
    fact: 'control-policies-of-a-new-organization',
    asks: 'Are service control policies enabled after CreateOrganization?',
    expected: 'no',
    needs: ['new-organization'],
    answer: async (world) => {
      await created(world);
      let page: ListRootsCommandOutput | undefined;
      do {
        page = await world.clients.organizations.send(new ListRootsCommand({ NextToken: page?.NextToken }));
      } while ((page.Roots ?? []).length === 0 && page.NextToken !== undefined);
      return (page.Roots?.[0]?.PolicyTypes ?? []).some(({ Status }) => Status === 'ENABLED') ? 'yes' : 'no';
    },
  },
  {
    id: 'organizations-pages',
    fact: 'organizations-empty-pages',
    asks: 'Can the first page of ListAccounts be empty?',
    expected: 'no',
    needs: ['organization'],
    answer: async (world) => {
      await created(world);
      const { Accounts = [] } = await world.clients.organizations.send(new ListAccountsCommand({}));
      return Accounts.length === 0 ? 'yes' : 'no';
    },
  },
  {
    id: 'account-status',
    fact: 'organizations-account-status',
    asks: 'Which member of an account holds its state?',
    expected: 'State',
    needs: ['organization'],
    answer: async (world) => {
      await created(world);
      let page: ListAccountsCommandOutput | undefined;
      do {
        page = await world.clients.organizations.send(new ListAccountsCommand({ NextToken: page?.NextToken }));
      } while ((page.Accounts ?? []).length === 0 && page.NextToken !== undefined);
      const [account] = page.Accounts ?? [];
      const members = [account?.State && 'State', account?.Status && 'Status'].filter(Boolean);
      return members.join(' and ') || 'none';
    },
  },
];
