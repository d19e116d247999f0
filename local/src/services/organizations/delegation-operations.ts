import * as sdk from '@aws-sdk/client-organizations';
import { AwsError } from '../../wire/errors.ts';
import { type OperationDefinition, operation } from '../../wire/service.ts';
import { accountState, describedAccount, type Organization } from './organization.ts';
import type { Organizations } from './organizations.ts';
import { page } from './pages.ts';
import { onAll, onIds } from './permissions.ts';
import { constraint, invalidInput, missing } from './refusals.ts';

/** Member accounts that administer an AWS service for the organisation, and may therefore read it. */
export function delegationOperations(organizations: Organizations): readonly OperationDefinition[] {
  const { world } = organizations;
  const options = () => ({ emptyFirst: world.switches.emptyFirstPages });

  const memberOf = (organization: Organization, id: string | undefined) => {
    const member = organization.account(id);
    if (member === undefined) throw missing('AccountNotFoundException', 'an account');
    return member;
  };
  const serviceOf = (principal: string | undefined): string => {
    if (principal !== undefined && /^[a-z0-9.-]+\.amazonaws\.com$/.test(principal)) return principal;
    throw invalidInput('INVALID_PATTERN', 'You provided a service principal that is not valid.');
  };

  return [
    operation<sdk.RegisterDelegatedAdministratorCommandInput, sdk.RegisterDelegatedAdministratorCommandOutput>(
      sdk.RegisterDelegatedAdministrator$,
      {
        writes: true,
        permissions: ({ AccountId }, context) =>
          onIds(organizations, context, 'RegisterDelegatedAdministrator', AccountId),
        run: ({ AccountId, ServicePrincipal }, { account }) => {
          const organization = organizations.managed(account);
          const member = memberOf(organization, AccountId);
          const service = serviceOf(ServicePrincipal);
          if (member.id === organization.managementAccount) {
            throw constraint(
              'CANNOT_REGISTER_MASTER_AS_DELEGATED_ADMINISTRATOR',
              'You cannot register the management account as a delegated administrator.',
            );
          }
          if (accountState(member, world.clock.now()) !== 'ACTIVE') {
            throw constraint(
              'CANNOT_REGISTER_SUSPENDED_ACCOUNT_AS_DELEGATED_ADMINISTRATOR',
              'You cannot register a suspended account as a delegated administrator.',
            );
          }
          const services = organization.delegated.get(member.id) ?? new Map<string, number>();
          if (services.has(service)) {
            throw new AwsError(
              'AccountAlreadyRegisteredException',
              'The provided account is already a delegated administrator for your organization.',
            );
          }
          organization.delegated.set(member.id, services.set(service, world.clock.now()));
          return {};
        },
      },
    ),

    operation<sdk.DeregisterDelegatedAdministratorCommandInput, sdk.DeregisterDelegatedAdministratorCommandOutput>(
      sdk.DeregisterDelegatedAdministrator$,
      {
        writes: true,
        permissions: ({ AccountId }, context) =>
          onIds(organizations, context, 'DeregisterDelegatedAdministrator', AccountId),
        run: ({ AccountId, ServicePrincipal }, { account }) => {
          const organization = organizations.managed(account);
          const { id } = memberOf(organization, AccountId);
          const services = organization.delegated.get(id);
          if (!services?.delete(serviceOf(ServicePrincipal))) {
            throw new AwsError(
              'AccountNotRegisteredException',
              'The provided account is not a registered delegated administrator for your organization.',
            );
          }
          if (services.size === 0) organization.delegated.delete(id);
          return {};
        },
      },
    ),

    operation<sdk.ListDelegatedAdministratorsCommandInput, sdk.ListDelegatedAdministratorsCommandOutput>(
      sdk.ListDelegatedAdministrators$,
      {
        permissions: () => onAll('ListDelegatedAdministrators'),
        run: (input, { account }) => {
          const organization = organizations.readable(account);
          const { ServicePrincipal: service } = input;
          const found = organization.accounts.filter(({ id }) => {
            const services = organization.delegated.get(id);
            return services !== undefined && (service === undefined || services.has(service));
          });
          const scope = `ListDelegatedAdministrators ${service ?? ''}`;
          const { items, next } = page(found, input, scope, options());
          const withStatus = world.switches.accountStatusMember;
          return {
            DelegatedAdministrators: items.map((member) => {
              const { Paths: _, ...account } = describedAccount(organization, member, world.clock.now(), {
                withStatus,
              });
              const since = Math.min(...(organization.delegated.get(member.id)?.values() ?? []));
              return { ...account, DelegationEnabledDate: new Date(since) };
            }),
            ...next,
          };
        },
      },
    ),

    operation<sdk.ListDelegatedServicesForAccountCommandInput, sdk.ListDelegatedServicesForAccountCommandOutput>(
      sdk.ListDelegatedServicesForAccount$,
      {
        permissions: ({ AccountId }, context) =>
          onIds(organizations, context, 'ListDelegatedServicesForAccount', AccountId),
        run: (input, { account }) => {
          const organization = organizations.readable(account);
          const { id } = memberOf(organization, input.AccountId);
          const services = [...(organization.delegated.get(id) ?? [])].map(([name, since], order) => ({
            order,
            ServicePrincipal: name,
            DelegationEnabledDate: new Date(since),
          }));
          const { items, next } = page(services, input, `ListDelegatedServicesForAccount ${id}`, options());
          return { DelegatedServices: items.map(({ order: _, ...service }) => service), ...next };
        },
      },
    ),
  ];
}
