import * as sdk from '@aws-sdk/client-iam';
import { rootOf } from '../../iam/iam.ts';
import { noSuchEntity } from '../../iam/roles.ts';
import { AwsError } from '../../wire/errors.ts';
import { type OperationDefinition, operation } from '../../wire/service.ts';
import { page } from './pages.ts';

/** The account itself: its root user, the only user there is, and its aliases, of which there are none. */
export function accountOperations(): readonly OperationDefinition[] {
  return [
    operation<sdk.GetUserCommandInput, sdk.GetUserCommandOutput>(sdk.GetUser$, {
      permissions: ({ UserName = '*' }, { account }) => ({
        action: 'iam:GetUser',
        resources: [`arn:aws:iam::${account}:user/${UserName}`],
      }),
      run: ({ UserName }, { account, principal }) => {
        if (UserName !== undefined) throw noSuchEntity(`The user with name ${UserName} cannot be found.`);
        if (principal.kind !== 'root')
          throw new AwsError('ValidationError', 'Must specify userName when calling with non-User credentials');
        // Root has no name and no path (captured).
        const nameless = { UserName: undefined, Path: undefined };
        return { User: { ...nameless, UserId: account, Arn: rootOf(account).arn, CreateDate: new Date(0) } };
      },
    }),
    operation<sdk.ListAccountAliasesCommandInput, sdk.ListAccountAliasesCommandOutput>(sdk.ListAccountAliases$, {
      permissions: () => ({ action: 'iam:ListAccountAliases', resources: ['*'] }),
      run: (input) => {
        const { items, rest } = page<string>([], input);
        return { AccountAliases: items, ...rest };
      },
    }),
  ];
}
