import { LRUCache } from 'lru-cache';
import type { AccountRegion } from './assume-role.ts';

/** Each has clients of its own, and a sweep visits many. */
const MAX_CACHED_ACCOUNT_REGIONS = 16;

/** Makes one value per account and region, and keeps those used last. */
export function perAccountRegion<Made extends object>(
  make: (accountRegion: AccountRegion) => Made,
): (accountRegion: AccountRegion) => Made {
  const cache = new LRUCache<string, Made, AccountRegion>({
    max: MAX_CACHED_ACCOUNT_REGIONS,
    memoMethod: (_key, _stale, { context }) => make(context),
  });
  return ({ account, region }) => cache.memo(`${account}/${region}`, { context: { account, region } });
}
