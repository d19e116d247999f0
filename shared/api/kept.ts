import { heldReason } from '../reconcile/audit.ts';
import type { ServiceIdentity } from '../service-arn.ts';
import type { ApiDependencies } from './dependencies.ts';

/**
 * Why what the API accepts is kept and not done, and when it will be: the kill switch is on or cannot be read, or a held sweep
 * holds the service. Tags and messages are written all the same, so nothing is lost.
 */
export async function keptBy(
  {
    killSwitch,
    store,
  }: Pick<ApiDependencies, 'killSwitch'> & { readonly store: Pick<ApiDependencies['store'], 'get'> },
  service?: ServiceIdentity,
): Promise<{ readonly waitsFor?: string }> {
  const block = await killSwitch();
  if (block !== undefined) {
    return {
      waitsFor: `Kept, because ${block.reason}. It is done at the first sweep after the switch is off, or when a reconciliation is requested then.`,
    };
  }
  const heldBy = service === undefined ? undefined : (await store.get(service.arn))?.heldBy;
  return heldBy === undefined
    ? {}
    : {
        waitsFor: `Kept, because ${heldReason(heldBy)}. It is done when that sweep is confirmed, or a later one stays within the limits.`,
      };
}
