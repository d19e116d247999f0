import type { Policy, PolicyInForce, Subject } from '../../shared/policy/policy.ts';
import { tagKeysUsed, usesUnits } from '../../shared/policy/scope.ts';
import type { ServiceIdentity } from '../../shared/service-arn.ts';
import { type ApiClient, dataOf } from '../api/client.ts';
import { services } from '../api/listing.ts';
import type { ServicePath } from '../api/service-path.ts';
import type { ServiceFacts, ServiceSource } from './services.ts';

/** Services read at the same time: each costs the stack a dozen AWS calls. */
const MAX_CONCURRENCY = 4;

/** The services of a stack, with their current tags and units, from its API. */
export function liveServices(client: ApiClient): ServiceSource {
  let read: Promise<PolicyInForce> | undefined;
  const inForce = () => {
    read ??= dataOf(client.GET('/policy'));
    return read;
  };
  const describe = async ({ account, region, name, id }: ServicePath): Promise<ServiceFacts> => {
    const path = { account, region, name, id };
    const service = await dataOf(client.GET('/services/{account}/{region}/{name}/{id}', { params: { path } }));
    return { tags: service.policy.tags, units: service.policy.units ?? [] };
  };
  return {
    inForce,
    describe: (service: ServiceIdentity) => describe(service),
    async list() {
      const known = await services(client, {});
      const subjects: Subject[] = [];
      for (let at = 0; at < known.length; at += MAX_CONCURRENCY) {
        const some = known.slice(at, at + MAX_CONCURRENCY);
        subjects.push(...(await Promise.all(some.map(async (one) => ({ ...one, ...(await describe(one)) })))));
      }
      return subjects;
    },
    unknownTags: async (asked) => unknownTags(asked, (await inForce()).policy),
  };
}

/** Tags and units that a policy uses and the one in force does not: the stack does not return them. Pure. */
export function unknownTags(asked: Policy, inForce: Policy): readonly string[] {
  const returned = tagKeysUsed(inForce);
  const keys = tagKeysUsed(asked).filter((key) => !returned.includes(key) && !key.startsWith('private-ingress'));
  const units = usesUnits(asked) && !usesUnits(inForce) ? ['the units of accounts'] : [];
  return [...keys.map((key) => `the tag "${key}"`), ...units];
}
