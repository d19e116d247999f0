import type { Endpoints, PublicRecords, World } from '../../world.ts';
import type { Events } from './events.ts';
import type { Faults } from './faults.ts';
import type { AppRunnerResources } from './resources.ts';

/** Unknown behaviour of App Runner that matters too little for a `Switch` (docs/facts.md, certainty `unknown`). */
export interface AppRunnerOptions {
  /**
   * How long Describe still answers DELETED after a deletion, in milliseconds, before it becomes ResourceNotFoundException.
   * The model says that deleted services are described, not for how long.
   */
  readonly describedAfterDeletion: number;
  /**
   * Whether a service may be made public while its VPC ingress connection stands. `allowed`: the connection stays
   * AVAILABLE and dead, and comes back to life when the service is made private again.
   */
  readonly publicWithConnection: 'allowed' | 'refused';
  /** Services per account and region (documented; adjustable in the real quota system). */
  readonly servicesPerRegion: number;
}

export const defaultOptions: AppRunnerOptions = {
  describedAfterDeletion: 60 * 60 * 1000,
  publicWithConnection: 'allowed',
  servicesPerRegion: 30,
};

/** What every part of App Runner works with. */
export interface AppRunnerSetting {
  readonly world: World;
  readonly options: AppRunnerOptions;
  readonly resources: AppRunnerResources;
  readonly faults: Faults;
  readonly events: Events;
  readonly endpoints: Endpoints;
  readonly publicRecords: PublicRecords;
}
