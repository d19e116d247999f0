import { type Finding, finding } from '../findings.ts';
import { isOwnAlias, type Owner, ownershipRecord, readClaim } from '../records/ownership.ts';
import { sameRecord } from '../records/record-set.ts';
import type { OwnedDomain, OwnedRecord, OwnedResources } from './ledger.ts';
import type { DomainState, Observed } from './observed.ts';
import { ownTargets } from './removal.ts';
import { validationRecord } from './validation.ts';

/**
 * What the stack wrote, learned again from what exists, where the ledger was lost:
 *
 *     exists                                          →
 *     a connection with the owner tag                 the endpoint
 *     an ownership record of a name not in the ledger an alias to a target of the stack, and the record itself
 *     and the name is associated with the service     the association, and its validation records
 *     a claim of the name, and the association        the same, of a name that was not published yet, by anybody
 *
 * Whoever can write an ownership record gets no record deleted by it that the stack would not write.
 */
export function relearn(
  ledger: OwnedResources,
  observed: Pick<Observed, 'connections' | 'domains' | 'network' | 'claims'>,
  serviceArn: string,
  owner: Owner,
  ownerTag: string,
): OwnedResources {
  const targets = ownTargets(observed);
  const connection = observed.connections.find((one) => one.owner === ownerTag);
  const domains = Object.entries(observed.domains).flatMap(([name, state]) => {
    // A service notes a name in its row before it claims it.
    const isHeld = observed.claims?.[name]?.holder === serviceArn;
    const learned =
      ledger.domains[name] === undefined
        ? learnedDomain(name, state, owner, targets, { isConnected: connection !== undefined, isHeld })
        : undefined;
    return learned === undefined ? [] : [[name, learned] as const];
  });
  const endpoint = ledger.endpoint ?? (connection && { id: connection.endpointId, vpcId: connection.vpcId });
  if (domains.length === 0 && endpoint === ledger.endpoint) return ledger;
  return {
    ...ledger,
    domains: { ...ledger.domains, ...Object.fromEntries(domains) },
    ...(endpoint === undefined ? {} : { endpoint }),
  };
}

function learnedDomain(
  name: string,
  { records, validation, association }: DomainState,
  owner: Owner,
  targets: readonly string[],
  { isConnected, isHeld }: { readonly isConnected: boolean; readonly isHeld: boolean },
): OwnedDomain | undefined {
  const claimed = Object.entries(records).filter(([, { txt }]) => readClaim(txt, owner).by === 'us');
  const leadsHere = claimed.some(([, { at }]) => at.some((record) => isOwnAlias(record, targets)));
  // Whoever can write a TXT can write an ownership record; alone it says nothing of a lost row.
  const isPublished = claimed.length > 0 && (leadsHere || isConnected);
  const isOthers = Object.values(records).some(({ txt }) => readClaim(txt, owner).by === 'other');
  if (!isPublished && !(isHeld && association !== undefined && !isOthers)) return undefined;
  const isWanted = ({ record }: OwnedRecord) =>
    association?.validation.some((one) => sameRecord(record, validationRecord(one))) === true;
  return {
    associated: association !== undefined && association.coveredBy === undefined,
    records: claimed.flatMap(([zoneId, { at }]) => [
      ...at.filter((record) => isOwnAlias(record, targets)).map((record) => ({ zoneId, record })),
      { zoneId, record: ownershipRecord(name, owner) },
    ]),
    validation: Object.entries(validation)
      .flatMap(([zoneId, found]) => found.map((record) => ({ zoneId, record })))
      .filter(isWanted),
    relearned: true,
  };
}

/** What cannot be learned again. */
export function relearnedFinding(serviceArn: string, { domains }: OwnedResources): readonly Finding[] {
  const names = Object.entries(domains).flatMap(([name, { relearned }]) => (relearned === true ? [name] : []));
  if (names.length === 0) return [];
  const message = `The row of the service was lost. The stack learned again from what exists what it wrote for ${names.join(', ')}. It cannot know whether another owner associated these domains, which records they replaced, or whether the service was public before.`;
  return [finding('ledger-relearned', { resource: serviceArn, message })];
}
