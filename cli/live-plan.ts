import { explain } from '../shared/api/explain.ts';
import type { ServiceExplanation } from '../shared/api/service-schemas.ts';
import type { ServiceIdentity } from '../shared/service-arn.ts';
import { connect, type PlanOptions } from './connect.ts';
import type { CliEnvironment } from './environment.ts';

/** A service as it is now, and what the stack would do; nothing is written. @throws ConnectError, SettingsError */
export async function livePlan(
  service: ServiceIdentity,
  options: PlanOptions,
  told: Pick<CliEnvironment, 'environment' | 'now'>,
): Promise<ServiceExplanation & { readonly settingsFrom: string }> {
  const { store, observerOf, evaluatePolicy, source } = await connect(service, options, told);
  const row = await store?.get(service.arn);
  return { ...(await explain(service, row, { observer: observerOf(service), evaluatePolicy })), settingsFrom: source };
}
