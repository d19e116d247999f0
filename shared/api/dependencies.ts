import type { Tagger } from '../execute/tagger.ts';
import type { ObservedService } from '../plan/observed.ts';
import type { Desire } from '../policy/desire.ts';
import type { PolicyInForce } from '../policy/policy.ts';
import type { ReconcileQueue } from '../reconcile/message.ts';
import type { ServiceIdentity } from '../service-arn.ts';
import type { ServiceRow } from '../state/row.ts';
import type { ServiceIndex } from '../state/service-index.ts';
import type { Store } from '../state/store.ts';
import type { SweepRequest } from '../sweep/message.ts';
import type { SweepRuns } from '../sweep/runs.ts';
import type { ServiceExplanation } from './service-schemas.ts';

/** What would be wanted of a service, and what may be asked for. */
export interface DesiredPreview {
  readonly desire: Desire;
  /** Hosted zone ids. */
  readonly allowedZones: readonly string[];
}

/** All that the handlers use; created by `createApiDependencies`. */
export interface ApiDependencies {
  readonly store: Pick<Store, 'get' | 'markDirty'>;
  readonly serviceIndex: ServiceIndex;
  readonly queue: ReconcileQueue;
  readonly runs: Pick<SweepRuns, 'get' | 'latest' | 'results'>;
  /** Begins a sweep, or confirms a held one. @returns the id of the run; `undefined` if it is not held. */
  sweep(request: SweepRequest): Promise<string | undefined>;
  readonly inForce: PolicyInForce;
  /** Why an account and region are out of scope; `undefined` when they are in scope. */
  whyOutOfScope(service: ServiceIdentity): Promise<string | undefined>;
  /** The service as App Runner has it now. AccessDenied is thrown, and never "gone". */
  observe(service: ServiceIdentity): Promise<ObservedService>;
  explain(service: ServiceIdentity, row: ServiceRow | undefined): Promise<ServiceExplanation>;
  /** What would be wanted of the service if it had these tags. */
  previewDesired(
    service: ServiceIdentity,
    tags: Readonly<Record<string, string>>,
    row: ServiceRow | undefined,
  ): Promise<DesiredPreview>;
  taggerFor(service: ServiceIdentity): Tagger;
  /** Milliseconds since the epoch. */
  now(): number;
}
