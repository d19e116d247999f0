import { invalidChangeBatch, type ReadChange } from './change-request.ts';
import type { ZoneView } from './hosted-zones.ts';
import { isWithin, type RecordName } from './names.ts';
import { RecordSets, recordSetKey, routingPolicy, type StoredRecordSet, sameRecordSet } from './record-sets.ts';

/** Whether an AWS name may be the target of an alias in that zone. */
export type AliasTargetCheck = (target: RecordName, hostedZoneId: string, zone: ZoneView) => boolean;

/**
 * The record sets of the zone after the batch. The changes apply one after the other, each seeing those before it
 * (so a CNAME gives way to an alias by DELETE, then CREATE, and not the other way round; captured); then all or none hold.
 * @throws AwsError InvalidChangeBatch with all that is wrong, in Route 53's words (captured, except where a comment says otherwise).
 */
export function applyChanges(
  zone: ZoneView,
  changes: readonly ReadChange[],
  isAliasTarget: AliasTargetCheck,
): RecordSets {
  const contradictions = contradictionsIn(changes);
  if (contradictions.length > 0) throw invalidChangeBatch(contradictions);

  const draft = new Draft(zone);
  const problems = changes.flatMap(({ action, set }) => {
    const found = action === 'DELETE' ? deleteProblems(draft, set) : writeProblems(draft, action, set, isAliasTarget);
    if (found.length === 0) draft.change(action, set);
    return found;
  });
  problems.push(...apexProblems(draft));
  if (problems.length > 0) throw invalidChangeBatch(problems);
  const finished = draft.finished();
  if (finished.size > MOST_RECORD_SETS && finished.size > zone.records.size) throw invalidChangeBatch([TOO_MANY]);
  return finished;
}

/**
 * Documented: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html. ChangeResourceRecordSets has no
 * LimitsExceeded in the API model, so the answer is InvalidChangeBatch; its wording is an inference.
 */
const MOST_RECORD_SETS = 10_000;
const TOO_MANY = `The hosted zone has reached the limit of ${MOST_RECORD_SETS} resource record sets.`;

/** The zone while the batch is applied: only the names it touches are copied. */
class Draft {
  readonly zone: ZoneView;
  readonly #touched = new Map<RecordName, readonly StoredRecordSet[]>();

  constructor(zone: ZoneView) {
    this.zone = zone;
  }

  at(name: RecordName): readonly StoredRecordSet[] {
    return this.#touched.get(name) ?? this.zone.records.at(name) ?? [];
  }

  find(set: StoredRecordSet): StoredRecordSet | undefined {
    return this.at(set.Name).find((other) => recordSetKey(other) === recordSetKey(set));
  }

  change(action: ReadChange['action'], set: StoredRecordSet): void {
    const others = this.at(set.Name).filter((other) => recordSetKey(other) !== recordSetKey(set));
    this.#touched.set(set.Name, action === 'DELETE' ? others : [...others, set]);
  }

  finished(): RecordSets {
    const untouched = this.zone.records.sorted().filter((set) => !this.#touched.has(set.Name));
    return new RecordSets([...untouched, ...[...this.#touched.values()].flat()]);
  }
}

/** A record set may be named once in a batch; only DELETE, then CREATE of the same one is a change that makes sense (inferred). */
function contradictionsIn(changes: readonly ReadChange[]): readonly string[] {
  const actions = new Map<string, { readonly set: StoredRecordSet; readonly inOrder: string }>();
  for (const { action, set } of changes) {
    const before = actions.get(recordSetKey(set));
    actions.set(recordSetKey(set), { set, inOrder: before === undefined ? action : `${before.inOrder} ${action}` });
  }
  return [...actions.values()]
    .filter(({ inOrder }) => inOrder.includes(' ') && inOrder !== 'DELETE CREATE')
    .map(
      ({ set }) => `The request contains an invalid set of changes for a resource record set '${set.Type} ${set.Name}'`,
    );
}

function described(set: StoredRecordSet): string {
  const identifier = set.SetIdentifier === undefined ? '' : `, set-identifier='${set.SetIdentifier}'`;
  return `resource record set [name='${set.Name}', type='${set.Type}'${identifier}]`;
}

function deleteProblems(draft: Draft, set: StoredRecordSet): readonly string[] {
  const standing = draft.find(set);
  if (standing === undefined) return [`Tried to delete ${described(set)} but it was not found`];
  if (sameRecordSet(standing, set)) return [];
  return [`Tried to delete ${described(set)} but the values provided do not match the current values`];
}

function writeProblems(
  draft: Draft,
  action: string,
  set: StoredRecordSet,
  isAliasTarget: AliasTargetCheck,
): readonly string[] {
  const { zone } = draft;
  if (!isWithin(set.Name, zone.name)) {
    return [`RRSet with DNS name ${set.Name} is not permitted in zone ${zone.name}`];
  }
  if (set.Type === 'SOA' && set.Name !== zone.name) return [ONE_SOA];
  if (action === 'CREATE' && draft.find(set) !== undefined) {
    return [`Tried to create ${described(set)} but it already exists`];
  }
  const others = draft.at(set.Name).filter((other) => recordSetKey(other) !== recordSetKey(set));
  return [
    ...cnameProblems(zone, set, others),
    ...routingProblems(set, others),
    ...aliasProblems(draft, set, isAliasTarget),
  ];
}

function cnameProblems(zone: ZoneView, set: StoredRecordSet, others: readonly StoredRecordSet[]): readonly string[] {
  const named = `RRSet of type ${set.Type} with DNS name ${set.Name}`;
  if (set.Type !== 'CNAME') {
    // The two spaces before CNAME are Route 53's own.
    return others.some((other) => other.Type === 'CNAME')
      ? [
          `${named} is not permitted because a conflicting RRSet of type  CNAME with the same DNS name already exists in zone ${zone.name}`,
        ]
      : [];
  }
  if (set.Name === zone.name) return [`${named} is not permitted at apex in zone ${zone.name}`];
  if (others.some((other) => other.Type !== 'CNAME')) {
    return [`${named} is not permitted as it conflicts with other records with the same DNS name in zone ${zone.name}`];
  }
  // Known to be refused (documented); the wording is not.
  return (set.ResourceRecords?.length ?? 0) > 1 ? [`${named} may have only one resource record`] : [];
}

function routingProblems(set: StoredRecordSet, others: readonly StoredRecordSet[]): readonly string[] {
  const policy = routingPolicy(set);
  const beside = others.filter((other) => other.Type === set.Type);
  if (policy === 'simple') {
    return beside.length > 0
      ? [
          `RRSet with DNS name ${set.Name}, type ${set.Type} cannot be created as other RRSets exist with the same name and type.`,
        ]
      : [];
  }
  if (beside.some((other) => routingPolicy(other) !== policy)) {
    return [
      `RRSet with DNS name ${set.Name}, type ${set.Type}, SetIdentifier ${set.SetIdentifier} cannot be created as a non-${policy} set exists with the same name and type.`,
    ];
  }
  if (
    policy === 'weighted' &&
    beside.some((other) => other.TTL !== set.TTL && other.TTL !== undefined && set.TTL !== undefined)
  ) {
    return [
      `RRSet with DNS name ${set.Name} and type ${set.Type}, SetIdentifier ${set.SetIdentifier} cannot be created as weighted sets must contain the same TTL.`,
    ];
  }
  return [];
}

/** Aliases point into their own zone, at a record set of the same type, or at an AWS name in AWS's zone for it (documented). */
function aliasProblems(draft: Draft, set: StoredRecordSet, isAliasTarget: AliasTargetCheck): readonly string[] {
  const { zone } = draft;
  const target = set.AliasTarget?.DNSName;
  const hostedZoneId = set.AliasTarget?.HostedZoneId;
  if (target === undefined || hostedZoneId === undefined) return [];
  const tried = `Tried to create an alias that targets ${target}, type ${set.Type} in zone ${hostedZoneId}`;
  const outside = `${tried}, but the alias target name does not lie within the target zone`;
  const missing = `${tried}, but that target was not found`;
  if (set.Type === 'NS' || set.Type === 'SOA') return [outside];
  if (hostedZoneId !== zone.id) {
    const addresses = set.Type === 'A' || set.Type === 'AAAA';
    return addresses && isAliasTarget(target, hostedZoneId, zone) ? [] : [outside];
  }
  if (!isWithin(target, zone.name)) return [outside, missing];
  const found = draft.at(target).some((other) => other.Type === set.Type && recordSetKey(other) !== recordSetKey(set));
  return found ? [] : [missing];
}

const ONE_SOA = 'A HostedZone must contain exactly one SOA record.';

/** What every zone keeps at its apex. */
function apexProblems(draft: Draft): readonly string[] {
  const apex = draft.at(draft.zone.name);
  const soas = apex.filter((set) => set.Type === 'SOA');
  return [
    ...(soas.length === 1 && soas[0]?.ResourceRecords?.length === 1 ? [] : [ONE_SOA]),
    ...(apex.some((set) => set.Type === 'NS')
      ? []
      : ['A HostedZone must contain at least one NS record for the zone itself.']),
  ];
}
