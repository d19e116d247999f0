import * as sdk from '@aws-sdk/client-organizations';
import { AwsError } from '../../wire/errors.ts';
import { type OperationDefinition, operation } from '../../wire/service.ts';
import { Organization } from './organization.ts';
import type { Organizations } from './organizations.ts';
import { page } from './pages.ts';
import { onAll } from './permissions.ts';

/** Accounts that were there before have neither name nor address of their own in the embedded cloud. */
const MANAGEMENT_EMAIL = 'management@example.com';
const ENABLED = { Type: 'SERVICE_CONTROL_POLICY', Status: 'ENABLED' } as const;

/** The organisation itself and its root. */
export function organizationOperations(organizations: Organizations): readonly OperationDefinition[] {
  const { world } = organizations;
  return [
    operation<sdk.CreateOrganizationCommandInput, sdk.CreateOrganizationCommandOutput>(sdk.CreateOrganization$, {
      writes: true,
      permissions: () => onAll('CreateOrganization'),
      run: ({ FeatureSet = 'ALL' }, { account }) => {
        if (organizations.find(account) !== undefined) {
          throw new AwsError(
            'AlreadyInOrganizationException',
            'The provided account is already a member of an organization.',
          );
        }
        if (FeatureSet !== 'ALL') {
          throw new AwsError('NotImplemented', 'the embedded cloud makes organizations with all features only', {
            status: 501,
          });
        }
        const organization = new Organization(account, world.chance);
        const joinedAt = world.clock.now();
        organization.addAccount({
          id: account,
          name: 'management',
          email: MANAGEMENT_EMAIL,
          joined: 'INVITED',
          joinedAt,
        });
        if (world.switches.controlPoliciesOfNewOrganization === 'enabled') organization.enableControlPolicies();
        organizations.add(organization);
        return { Organization: described(organization) };
      },
    }),

    operation<sdk.DescribeOrganizationCommandInput, sdk.DescribeOrganizationCommandOutput>(sdk.DescribeOrganization$, {
      permissions: () => onAll('DescribeOrganization'),
      // Documented: any account of the organisation may ask.
      run: (_, { account }) => ({ Organization: described(organizations.member(account)) }),
    }),

    operation<sdk.DeleteOrganizationCommandInput, sdk.DeleteOrganizationCommandOutput>(sdk.DeleteOrganization$, {
      writes: true,
      permissions: () => onAll('DeleteOrganization'),
      run: (_, { account }) => {
        const organization = organizations.managed(account);
        if (
          organization.nodes.length > 2 ||
          [...organization.policies.values()].some(({ awsManaged }) => !awsManaged)
        ) {
          throw new AwsError(
            'OrganizationNotEmptyException',
            'To delete an organization you must first remove all member accounts, organizational units and policies.',
          );
        }
        organizations.remove(organization);
        return {};
      },
    }),

    operation<sdk.ListRootsCommandInput, sdk.ListRootsCommandOutput>(sdk.ListRoots$, {
      permissions: () => onAll('ListRoots'),
      run: (input, { account }) => {
        const { root, controlPoliciesEnabled } = organizations.readable(account);
        const { items, next } = page([root], input, 'ListRoots', { emptyFirst: world.switches.emptyFirstPages });
        return {
          Roots: items.map(({ id, arn, name }) => ({
            Id: id,
            Arn: arn,
            Name: name,
            PolicyTypes: controlPoliciesEnabled ? [ENABLED] : [],
          })),
          ...next,
        };
      },
    }),
  ];
}

function described(organization: Organization): sdk.Organization {
  const { id, managementAccount } = organization;
  return {
    Id: id,
    Arn: `arn:aws:organizations::${managementAccount}:organization/${id}`,
    FeatureSet: 'ALL',
    MasterAccountArn: organization.arn('account', managementAccount),
    MasterAccountId: managementAccount,
    MasterAccountEmail: MANAGEMENT_EMAIL,
    // Documented: not to be relied on; ListRoots returns which types are enabled.
    AvailablePolicyTypes: [ENABLED],
  };
}
