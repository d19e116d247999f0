import { explain } from '../shared/api/explain.ts';
import { keptBy } from '../shared/api/kept.ts';
import type { ServiceExplanation } from '../shared/api/service-schemas.ts';
import type { ServiceIdentity } from '../shared/service-arn.ts';
import { connect, type PlanOptions } from './connect.ts';
import type { CliEnvironment } from './environment.ts';

/** The plan of a service as it is now. Writes nothing. @throws ConnectError, SettingsError */
export async function livePlan(
  service: ServiceIdentity,
  options: PlanOptions,
  cli: Pick<CliEnvironment, 'environment' | 'now'>,
): Promise<ServiceExplanation & { readonly settingsFrom: string }> {
  const { store, observerOf, evaluatePolicy, source, killSwitch } = await connect(service, options, cli);
  const row = await store?.get(service.arn);
  const explanation = await explain(service, row, { observer: observerOf(service), evaluatePolicy });
  const block = await killSwitch();
  // The caller may lack the right that the functions have.
  const kept =
    block?.isTransient === true
      ? { waitsFor: `Whether the stack executes it is not known: ${block.reason}.` }
      : await keptBy({ killSwitch: async () => block, store: { get: async () => row } }, service);
  return { ...explanation, ...kept, settingsFrom: source };
}
