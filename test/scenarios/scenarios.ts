import { optingIn } from './coming.ts';
import { certificates } from './coming-certificates.ts';
import { connection } from './coming-connection.ts';
import { cutover } from './coming-cutover.ts';
import { endpoint } from './coming-endpoint.ts';
import { names } from './coming-names.ts';
import { records } from './coming-records.ts';
import { refusals } from './coming-refusals.ts';
import { lostTags, tags } from './coming-tags.ts';
import { zones } from './coming-zones.ts';
import { going } from './going.ts';
import { deletion } from './going-deleted.ts';
import { policy } from './policy.ts';
import { proof } from './proof.ts';
import type { Scenario } from './scenario.ts';
import { drift } from './staying.ts';
import { events } from './staying-events.ts';
import { rows } from './staying-rows.ts';

/** Every situation there is, in the order of `docs/behaviour.md`. */
export const scenarios: readonly Scenario[] = [
  ...optingIn,
  ...tags,
  ...cutover,
  ...names,
  ...zones,
  ...certificates,
  ...records,
  ...endpoint,
  ...connection,
  ...refusals,
  ...drift,
  ...events,
  ...rows,
  ...going,
  ...lostTags,
  ...deletion,
  ...proof,
  ...policy,
];
