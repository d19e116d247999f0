import type { AccountRegion } from './assume-role.ts';

/** Each has clients of its own, and a sweep visits many. */
const MAX_CACHED_ACCOUNT_REGIONS = 16;

/** Makes one value per account and region, and keeps those used last. */
export function perAccountRegion<Made extends object>(
  make: (accountRegion: AccountRegion) => Made,
): (accountRegion: AccountRegion) => Made {
  /** The least recently used one is first. */
  const cache = new Map<string, Made>();
  return ({ account, region }) => {
    const key = `${account}/${region}`;
    const made = cache.get(key) ?? make({ account, region });
    cache.delete(key);
    cache.set(key, made);
    for (const oldest of cache.keys()) {
      if (cache.size <= MAX_CACHED_ACCOUNT_REGIONS) break;
      cache.delete(oldest);
    }
    return made;
  };
}
