import { otherProofs } from './checks.ts';
import { crash, faultAnywhere } from './crash.ts';
import { disorder } from './disorder.ts';
import type { Family } from './family.ts';
import { histories } from './histories.ts';
import { hostile } from './hostile.ts';
import { load } from './load.ts';
import { situations } from './situations.ts';

/** What needs no world first. */
export const families: readonly Family[] = [
  hostile,
  disorder,
  otherProofs,
  histories,
  situations,
  crash,
  faultAnywhere,
  load,
];
