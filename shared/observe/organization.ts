import {
  ListParentsCommand,
  type OrganizationsClient,
  paginateListAccounts,
  paginateListAccountsForParent,
  paginateListOrganizationalUnitsForParent,
} from '@aws-sdk/client-organizations';
import { MINUTE } from '../duration.ts';
import { errorName } from '../errors.ts';
import type { PolicyAccounts } from '../policy/policy.ts';

/** What a policy needs to know of an organisation. */
export interface AccountHierarchy {
  /** The units above an account up to the root, the closest first; `undefined` for an account outside the organisation. */
  unitsOf(account: string): Promise<readonly string[] | undefined>;
  /** The active accounts in scope. */
  accounts(scope: PolicyAccounts & { readonly kind: 'organization' }): Promise<readonly string[]>;
}

/** Milliseconds for which the path from an account to the root is cached: accounts rarely move. */
const CACHE_MS = 15 * MINUTE;

/** @param now milliseconds since the epoch. */
export function observeOrganization(client: OrganizationsClient, now: () => number): AccountHierarchy {
  const parents = new Map<string, { readonly parent: string | undefined; readonly until: number }>();

  const parentOf = async (child: string): Promise<string | undefined> => {
    const known = parents.get(child);
    if (known !== undefined && now() < known.until) return known.parent;
    const { Parents = [] } = await client.send(new ListParentsCommand({ ChildId: child }));
    const parent = Parents[0]?.Id;
    parents.set(child, { parent, until: now() + CACHE_MS });
    return parent;
  };

  return {
    async unitsOf(account) {
      const units: string[] = [];
      try {
        // The root has no parent, and listing its parents is an error.
        for (let child = account; !child.startsWith('r-'); ) {
          const parent = await parentOf(child);
          if (parent === undefined) return undefined;
          units.push(parent);
          child = parent;
        }
        return units;
      } catch (error) {
        if (errorName(error) === 'ChildNotFoundException') return undefined;
        throw error;
      }
    },

    async accounts({ units, except }) {
      const accounts =
        units.length === 0
          ? await allAccounts(client)
          : (await Promise.all(units.map((unit) => accountsBelow(client, unit)))).flat();
      return [...new Set(accounts)].filter((account) => !except.includes(account)).sort();
    },
  };
}

/** What the two listings of accounts have in common. */
interface ListedAccount {
  readonly Id?: string | undefined;
  readonly Status?: string | undefined;
  readonly State?: string | undefined;
}

/** A closed account is listed for another 90 days and cannot be read (documented). */
function activeIds(accounts: readonly ListedAccount[]): readonly string[] {
  return accounts.flatMap(({ Id, State, Status }) => (Id === undefined || (State ?? Status) !== 'ACTIVE' ? [] : [Id]));
}

async function allAccounts(client: OrganizationsClient): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const { Accounts = [] } of paginateListAccounts({ client }, {})) ids.push(...activeIds(Accounts));
  return ids;
}

async function accountsBelow(client: OrganizationsClient, ParentId: string): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const { Accounts = [] } of paginateListAccountsForParent({ client }, { ParentId })) {
    ids.push(...activeIds(Accounts));
  }
  for await (const { OrganizationalUnits = [] } of paginateListOrganizationalUnitsForParent({ client }, { ParentId })) {
    for (const { Id } of OrganizationalUnits) if (Id !== undefined) ids.push(...(await accountsBelow(client, Id)));
  }
  return ids;
}
