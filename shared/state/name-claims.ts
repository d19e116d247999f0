import { type Claims, changeClaim } from '../claims.ts';
import { nameClaim, nameClaimKey } from '../name-claim.ts';
import type { ServiceIdentity } from '../service-arn.ts';
import type { Store } from './store.ts';

/** How many services are remembered that released a name. */
const MAX_RELEASED = 20;

/** Names held by one service each, from the time it wants them until it released them or is gone. */
export interface NameClaims {
  /**
   * Claims free names; the service waits for the others.
   * @returns ARNs of their holders, in the order of the names.
   */
  claim(serviceArn: string, names: readonly string[]): Promise<readonly string[]>;
  /** @returns ARNs of services that wait for one of the names. */
  release(service: ServiceIdentity, names: readonly string[]): Promise<readonly string[]>;
}

/**
 * Names in the table of claims. A service notes a name in its row before it claims it, so a holder whose row does not
 * have the name, or that has no row, has lost it with the table.
 */
export function nameClaims(claims: Claims, store: Pick<Store, 'get'>): NameClaims {
  const hasLost = async (holder: string, name: string): Promise<boolean> => {
    const row = await store.get(holder);
    return row?.unreadable === undefined && row?.ledger.names?.includes(name) !== true;
  };
  return {
    async claim(serviceArn, names) {
      const holders: string[] = [];
      for (const name of names) {
        const { holder = serviceArn } = await changeClaim(claims, nameClaimKey(name), nameClaim, async (before) => {
          const { holder } = before;
          if (holder === serviceArn) return before;
          const waiting = before.waiting.filter((one) => one !== serviceArn);
          if (holder === undefined || (await hasLost(holder, name))) return { ...before, holder: serviceArn, waiting };
          return before.waiting.includes(serviceArn) ? before : { ...before, waiting: [...waiting, serviceArn] };
        });
        holders.push(holder);
      }
      return holders;
    },

    async release({ arn, id }, names) {
      const woken = new Set<string>();
      for (const name of names) {
        await changeClaim(claims, nameClaimKey(name), nameClaim, ({ holder, ...before }) => {
          const waiting = before.waiting.filter((one) => one !== arn);
          if (holder !== arn) return { ...before, waiting, ...(holder === undefined ? {} : { holder }) };
          for (const one of waiting) woken.add(one);
          const released = [...before.released.filter((one) => one !== id), id].slice(-MAX_RELEASED);
          return { released, waiting };
        });
      }
      return [...woken];
    },
  };
}
