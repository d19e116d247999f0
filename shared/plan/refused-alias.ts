import { DAY } from '../duration.ts';
import type { Action } from './action.ts';
import type { Observed } from './observed.ts';

/** An alias whose target Route 53 refused. */
export interface RefusedAlias {
  readonly domain: string;
  readonly target: string;
  /** What the refusal may depend on: another world is worth another try. */
  readonly world: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** How many are kept: five domains, and what they led to before. */
const MAX_REFUSED_ALIASES = 20;

function worldOf({ connections, network }: Observed, zoneId: string): string {
  const endpoints = (network?.endpoints ?? []).map(({ id }) => id);
  return [zoneId, ...connections.map(({ arn }) => arn), ...endpoints].join(' ');
}

/** Whether the target is not tried: not in the same world, before a day has passed, unless a person asks. */
export function isRefusedAlias(
  {
    refusedAliases = [],
    observed,
    askedAt = 0,
  }: {
    readonly refusedAliases?: readonly RefusedAlias[];
    readonly observed: Observed;
    readonly askedAt?: number;
  },
  domain: string,
  target: string,
  zoneId: string,
): boolean {
  return refusedAliases.some(
    (one) =>
      one.domain === domain &&
      one.target === target &&
      one.world === worldOf(observed, zoneId) &&
      one.at >= askedAt &&
      observed.at - one.at < DAY,
  );
}

/**
 * Charges a refusal to the alias, if Route 53 says that the alias is the cause. A full zone, or a throttled or denied call,
 * says nothing of a target.
 */
export function withRefusedAliases(
  known: readonly RefusedAlias[],
  action: Action,
  message: string,
  observed: Observed,
  at: number,
): readonly RefusedAlias[] {
  if (action.kind !== 'change-records') return known;
  const world = worldOf(observed, action.zoneId);
  const refused = action.changes.flatMap(({ action: verb, record: { content } }): readonly RefusedAlias[] =>
    verb === 'CREATE' && content.kind === 'alias' && isAbout(message, content.target)
      ? [{ domain: action.domain, target: content.target, world, at }]
      : [],
  );
  const isReplaced = (one: RefusedAlias) =>
    refused.some(({ domain, target }) => domain === one.domain && target === one.target);
  return refused.length === 0
    ? known
    : [...known.filter((one) => !isReplaced(one)), ...refused].slice(-MAX_REFUSED_ALIASES);
}

/** "Tried to create an alias that targets <name>., type A in zone …, but …": the alias is named, and its target. */
function isAbout(message: string, target: string): boolean {
  return /alias/i.test(message) && message.toLowerCase().includes(target);
}
