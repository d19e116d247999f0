import { optingIn } from './coming.ts';
import { domains } from './coming-domains.ts';
import { network } from './coming-network.ts';
import type { Scenario } from './scenario.ts';

/** Every situation there is, in the order of `docs/behaviour.md`. */
export const scenarios: readonly Scenario[] = [...optingIn, ...domains, ...network];
