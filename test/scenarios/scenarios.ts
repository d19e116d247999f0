import { optingIn } from './coming.ts';
import { domains } from './coming-domains.ts';
import { network } from './coming-network.ts';
import { going } from './going.ts';
import { proof } from './proof.ts';
import type { Scenario } from './scenario.ts';
import { drift } from './staying.ts';
import { events } from './staying-events.ts';

/** Every situation there is, in the order of `docs/behaviour.md`. */
export const scenarios: readonly Scenario[] = [
  ...optingIn,
  ...domains,
  ...network,
  ...drift,
  ...events,
  ...going,
  ...proof,
];
