import type { Chance } from '../chance.ts';
import { routingPolicy, type StoredRecordSet } from '../services/route53/record-sets.ts';

/** Most values in a multivalue answer (documented). */
const MOST_VALUES = 8;

/**
 * Which of the record sets of one name and type answer: all are healthy and the asker is nowhere in particular,
 * so only weights and failover decide. Weighted: by chance, or the heaviest (then the first by identifier) without it.
 */
export function chooseRoutes(sets: readonly StoredRecordSet[], chance: Chance | undefined): readonly StoredRecordSet[] {
  const [first] = sets;
  if (first === undefined) return [];
  switch (routingPolicy(first)) {
    case 'weighted':
      return [weighted(sets, chance)].filter((set) => set !== undefined);
    case 'failover':
      return [sets.find((set) => set.Failover === 'PRIMARY') ?? first];
    case 'geolocation':
      return [sets.find((set) => set.GeoLocation?.CountryCode === '*') ?? first];
    case 'multivalue answer':
      return sets.slice(0, MOST_VALUES);
    default:
      return [first];
  }
}

/** When all weights are 0, all are equally likely (documented). */
function weighted(sets: readonly StoredRecordSet[], chance: Chance | undefined): StoredRecordSet | undefined {
  const allZero = sets.every((set) => !set.Weight);
  const weightOf = (set: StoredRecordSet) => (allZero ? 1 : (set.Weight ?? 0));
  if (chance === undefined) return [...sets].sort((a, b) => weightOf(b) - weightOf(a))[0];
  const total = sets.reduce((sum, set) => sum + weightOf(set), 0);
  let draw = Number.parseInt(chance.hex(8), 16) % total;
  return sets.find((set) => {
    draw -= weightOf(set);
    return draw < 0;
  });
}
