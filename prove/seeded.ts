import { seededChance } from 'apprunner-embedded-cloud/chance';

/** A whole number from 0 on, below another one. */
export type Draw = (below: number) => number;

/** Whole numbers drawn from a seed: the same seed, the same numbers. */
export function numbers(seed: string): Draw {
  const chance = seededChance(seed);
  return (below) => Number.parseInt(chance.hex(12), 16) % below;
}

/** Everything once, in an order of chance. */
export function* shuffled(all: readonly string[], seed: string): Iterable<string> {
  const draw = numbers(`order ${seed}`);
  const left = [...all];
  while (left.length > 0) yield* left.splice(draw(left.length), 1);
}
