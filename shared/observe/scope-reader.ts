import { OrganizationsClient } from '@aws-sdk/client-organizations';
import type { ClientConfig } from '../aws/client-config.ts';
import { roleCredentials } from '../aws/credentials.ts';
import type { OrganizationReader } from '../policy/evaluator.ts';
import type { Policy } from '../policy/policy.ts';
import { observeOrganization } from './organization.ts';

export interface ScopeReader extends OrganizationReader {
  /** The accounts that are looked after now, in order. @throws what AWS throws */
  accounts(): Promise<readonly string[]>;
}

/** The accounts of the policy: those it lists, or those the organisation has. @param now milliseconds since the epoch. */
export function createScopeReader({ accounts: scope }: Policy, config: ClientConfig, now: () => number): ScopeReader {
  const role = scope.kind === 'organization' ? scope.roleArn : undefined;
  const credentials = role === undefined ? {} : { credentials: roleCredentials(config, now)(role, undefined) };
  const organization = observeOrganization(new OrganizationsClient({ ...config, ...credentials }), now);
  return {
    now,
    unitsOf: organization.unitsOf,
    accounts: async () => (scope.kind === 'listed' ? scope.ids : organization.accounts(scope)),
  };
}
