import type { DeadLetters } from '../events/dead-letters.ts';
import type { Tagger } from '../execute/tagger.ts';
import type { ServiceState } from '../plan/observed.ts';
import type { Desire } from '../policy/desire.ts';
import type { PolicyInForce } from '../policy/policy.ts';
import type { LookQueue } from '../reconcile/message.ts';
import type { ServiceIdentity } from '../service-arn.ts';
import type { Row } from '../state/row.ts';
import type { Register } from '../state/service-index.ts';
import type { Store } from '../state/store.ts';
import type { SweepAnswer } from '../sweep/invocation.ts';
import type { SweepRequest } from '../sweep/message.ts';
import type { Runs } from '../sweep/runs.ts';
import type { ServiceExplanation } from './service-schemas.ts';

/** What would be wanted of a service, and what may be asked for. */
export interface Wanted {
  readonly desire: Desire;
  /** Hosted zone ids. */
  readonly allowedZones: readonly string[];
}

/** All that the handlers use; composed in `shared/compose/api.ts`. */
export interface ApiParts {
  readonly store: Pick<Store, 'get' | 'markDirty'>;
  readonly register: Register;
  readonly queue: LookQueue;
  readonly deadLetters: DeadLetters;
  readonly runs: Pick<Runs, 'get' | 'latest' | 'results'>;
  /** Has the sweep function begin a sweep, or let a held one go on. */
  sweep(request: SweepRequest): Promise<SweepAnswer>;
  readonly inForce: PolicyInForce;
  /** Why an account and region are not looked after; `undefined` when they are. */
  notLookedAfter(service: ServiceIdentity): Promise<string | undefined>;
  /** The service as App Runner has it now. AccessDenied is thrown, and never "gone". */
  observe(service: ServiceIdentity): Promise<ServiceState>;
  explain(service: ServiceIdentity, row: Row | undefined): Promise<ServiceExplanation>;
  /** What would be wanted of the service if it had these tags. */
  wanted(service: ServiceIdentity, tags: Readonly<Record<string, string>>, row: Row | undefined): Promise<Wanted>;
  taggerFor(service: ServiceIdentity): Tagger;
  /** Milliseconds since the epoch. */
  now(): number;
}
