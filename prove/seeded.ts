import { seededChance } from 'apprunner-embedded-cloud/chance';

/** Whole numbers drawn from a seed: the same seed, the same numbers. */
export function numbers(seed: string): (below: number) => number {
  const chance = seededChance(seed);
  return (below) => Number.parseInt(chance.hex(12), 16) % below;
}
