import { checks } from './checks.ts';
import { crash, faultAnywhere } from './crash.ts';
import { disorder } from './disorder.ts';
import type { Family } from './family.ts';
import { histories } from './histories.ts';
import { hostile } from './hostile.ts';
import { load } from './load.ts';
import { situations } from './situations.ts';

/** In the order in which they are played: what is quick first. */
export const families: readonly Family[] = [
  hostile,
  disorder,
  checks,
  histories,
  situations,
  crash,
  faultAnywhere,
  load,
];
