import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { roleCredentials } from '../aws/assume-role.ts';
import type { ClientConfig } from '../aws/client-config.ts';
import type { OrganizationReader } from '../policy/evaluator.ts';
import type { Policy } from '../policy/policy.ts';
import { observeOrganization } from './organization.ts';

export interface ScopeReader extends OrganizationReader {
  /** The accounts in scope now, in order. @throws what AWS throws */
  accounts(): Promise<readonly string[]>;
}

/** The accounts of the policy: those it lists, or those of the organisation. @param now milliseconds since the epoch. */
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
