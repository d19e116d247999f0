import type { ServiceExplanation } from '../shared/api/service-schemas.ts';
import { explain } from '../shared/explain/explain.ts';
import type { ServiceIdentity } from '../shared/service-arn.ts';
import { connect } from './connect.ts';

/** Where the plan of a service is asked for: AWS itself, with the settings of a stack. */
export interface PlanOptions {
  readonly function: string;
  readonly local?: string | true | undefined;
}

/** A service as it is now, and what the stack would do; nothing is written. @throws ConnectError, SettingsError */
export async function livePlan(
  service: ServiceIdentity,
  options: PlanOptions,
): Promise<ServiceExplanation & { readonly settingsFrom: string }> {
  const { store, observerOf, govern, source } = await connect(service, options.function, options.local);
  const row = await store?.get(service.arn);
  return { ...(await explain(service, row, { observer: observerOf(service), govern })), settingsFrom: source };
}
