import { explain } from '../shared/api/explain.ts';
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
  const { store, observerOf, evaluatePolicy, source } = await connect(service, options, cli);
  const row = await store?.get(service.arn);
  return { ...(await explain(service, row, { observer: observerOf(service), evaluatePolicy })), settingsFrom: source };
}
