import * as sdk from '@aws-sdk/client-organizations';
import { AwsError } from '../../wire/errors.ts';
import { type OperationDefinition, operation } from '../../wire/service.ts';
import { type AccountRequest, accountState, describedAccount, type Organization } from './organization.ts';
import type { Organizations } from './organizations.ts';
import { page } from './pages.ts';
import { onAll, onIds } from './permissions.ts';
import { constraint, invalidInput, missing } from './refusals.ts';

/** Documented: the role that AWS makes in a new account, for the management account, unless another name is given. */
const ACCESS_ROLE = 'OrganizationAccountAccessRole';

/** Accounts: listed, described, made, moved and closed. */
export function accountOperations(organizations: Organizations): readonly OperationDefinition[] {
  const { world } = organizations;
  const described = (organization: Organization, member: Parameters<typeof describedAccount>[1]) =>
    describedAccount(organization, member, world.clock.now(), { withStatus: world.switches.accountStatusMember });
  const options = () => ({ emptyFirst: world.switches.emptyFirstPages });

  function status({ id, accountName, requestedAt, outcome }: AccountRequest): sdk.CreateAccountStatus {
    const asked = { Id: id, AccountName: accountName, RequestedTimestamp: new Date(requestedAt) };
    const doneAt = requestedAt + world.profile.accountCreation;
    if (world.clock.now() < doneAt) return { ...asked, State: 'IN_PROGRESS' };
    const done = { ...asked, CompletedTimestamp: new Date(doneAt) };
    return 'accountId' in outcome
      ? { ...done, State: 'SUCCEEDED', AccountId: outcome.accountId }
      : { ...done, State: 'FAILED', FailureReason: outcome.failure };
  }

  return [
    operation<sdk.ListAccountsCommandInput, sdk.ListAccountsCommandOutput>(sdk.ListAccounts$, {
      permissions: () => onAll('ListAccounts'),
      run: (input, { account }) => {
        const organization = organizations.readable(account);
        const { items, next } = page(organization.accounts, input, 'ListAccounts', options());
        return { Accounts: items.map((member) => described(organization, member)), ...next };
      },
    }),

    operation<sdk.ListAccountsForParentCommandInput, sdk.ListAccountsForParentCommandOutput>(
      sdk.ListAccountsForParent$,
      {
        permissions: ({ ParentId }, context) => onIds(organizations, context, 'ListAccountsForParent', ParentId),
        run: (input, { account }) => {
          const organization = organizations.readable(account);
          const { id } = organization.branch(input.ParentId);
          const found = organization.accounts.filter(({ parentId }) => parentId === id);
          const { items, next } = page(found, input, `ListAccountsForParent ${id}`, options());
          return { Accounts: items.map((member) => described(organization, member)), ...next };
        },
      },
    ),

    operation<sdk.DescribeAccountCommandInput, sdk.DescribeAccountCommandOutput>(sdk.DescribeAccount$, {
      permissions: ({ AccountId }, context) => onIds(organizations, context, 'DescribeAccount', AccountId),
      run: ({ AccountId }, { account }) => {
        const organization = organizations.readable(account);
        const member = organization.account(AccountId);
        if (member === undefined) throw missing('AccountNotFoundException', 'an account');
        return { Account: described(organization, member) };
      },
    }),

    operation<sdk.CreateAccountCommandInput, sdk.CreateAccountCommandOutput>(sdk.CreateAccount$, {
      writes: true,
      permissions: () => onAll('CreateAccount'),
      run: ({ AccountName = '', Email = '', RoleName = ACCESS_ROLE }, { account }) => {
        const organization = organizations.managed(account);
        if (!/^[ -~]{1,50}$/.test(AccountName))
          throw invalidInput('INVALID_PATTERN', 'You provided an invalid account name.');
        if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(Email))
          throw invalidInput('INVALID_EMAIL_ADDRESS_TARGET', 'You provided an invalid email address.');
        const now = world.clock.now();
        const id = `car-${world.chance.hex(32)}`;
        const taken = organization.accounts.some(({ email }) => email.toLowerCase() === Email.toLowerCase());
        const outcome = taken
          ? ({ failure: 'EMAIL_ALREADY_EXISTS' } as const)
          : { accountId: organizations.newAccountId() };
        if ('accountId' in outcome) {
          const member = {
            id: outcome.accountId,
            name: AccountName,
            email: Email,
            joined: 'CREATED',
            joinedAt: now,
          } as const;
          organization.addAccount(member);
          organizations.tellCreated({ account: member.id, managementAccount: account, roleName: RoleName });
        }
        const request = { id, order: organization.nextOrder(), accountName: AccountName, requestedAt: now, outcome };
        organization.requests.set(id, request);
        // Whatever it comes to, the first answer is that it is under way (documented).
        return {
          CreateAccountStatus: {
            Id: id,
            AccountName,
            State: 'IN_PROGRESS',
            RequestedTimestamp: new Date(now),
          },
        };
      },
    }),

    operation<sdk.DescribeCreateAccountStatusCommandInput, sdk.DescribeCreateAccountStatusCommandOutput>(
      sdk.DescribeCreateAccountStatus$,
      {
        permissions: () => onAll('DescribeCreateAccountStatus'),
        run: ({ CreateAccountRequestId }, { account }) => {
          const request = organizations.readable(account).requests.get(CreateAccountRequestId ?? '');
          if (request === undefined) throw missing('CreateAccountStatusNotFoundException', 'a create account request');
          return { CreateAccountStatus: status(request) };
        },
      },
    ),

    operation<sdk.ListCreateAccountStatusCommandInput, sdk.ListCreateAccountStatusCommandOutput>(
      sdk.ListCreateAccountStatus$,
      {
        permissions: () => onAll('ListCreateAccountStatus'),
        run: (input, { account }) => {
          const requests = [...organizations.readable(account).requests.values()];
          const wanted = requests.filter((request) => {
            const { State } = status(request);
            return input.States === undefined || (State !== undefined && input.States.includes(State));
          });
          const { items, next } = page(wanted, input, 'ListCreateAccountStatus', options());
          return { CreateAccountStatuses: items.map(status), ...next };
        },
      },
    ),

    operation<sdk.MoveAccountCommandInput, sdk.MoveAccountCommandOutput>(sdk.MoveAccount$, {
      writes: true,
      permissions: ({ AccountId, SourceParentId, DestinationParentId }, context) =>
        onIds(organizations, context, 'MoveAccount', AccountId, SourceParentId, DestinationParentId),
      run: ({ AccountId, SourceParentId, DestinationParentId }, { account }) => {
        const organization = organizations.managed(account);
        const member = organization.account(AccountId);
        if (member === undefined) throw missing('AccountNotFoundException', 'an account');
        const source = organization.branch(SourceParentId, 'SourceParentNotFoundException', 'a source parent');
        const destination = organization.branch(
          DestinationParentId,
          'DestinationParentNotFoundException',
          'a destination parent',
        );
        if (member.parentId !== source.id) throw missing('SourceParentNotFoundException', 'a source parent');
        if (source.id === destination.id) {
          throw new AwsError(
            'DuplicateAccountException',
            'That account is already present in the specified destination.',
          );
        }
        member.parentId = destination.id;
        return {};
      },
    }),

    operation<sdk.CloseAccountCommandInput, sdk.CloseAccountCommandOutput>(sdk.CloseAccount$, {
      writes: true,
      permissions: ({ AccountId }, context) => onIds(organizations, context, 'CloseAccount', AccountId),
      run: ({ AccountId }, { account }) => {
        const organization = organizations.managed(account);
        const member = organization.account(AccountId);
        if (member === undefined) throw missing('AccountNotFoundException', 'an account');
        if (member.id === organization.managementAccount) {
          throw constraint('CANNOT_CLOSE_MANAGEMENT_ACCOUNT', 'You cannot close the management account.');
        }
        if (accountState(member, world.clock.now()) !== 'ACTIVE') {
          throw new AwsError(
            'AccountAlreadyClosedException',
            'You attempted to close an account that is already closed.',
          );
        }
        member.closedAt = world.clock.now();
        return {};
      },
    }),
  ];
}
