import { type Change, ChangeAction, type ResourceRecordSet, RRType } from '@aws-sdk/client-route-53';
import { AwsError } from '../../wire/errors.ts';
import { recordName } from './names.ts';
import { routingPolicies, type StoredRecordSet } from './record-sets.ts';
import { nameProblem, valueProblem } from './record-values.ts';

/** A change whose members are complete and well-formed; nothing is said yet about the zone it is meant for. */
export interface ReadChange {
  readonly action: ChangeAction;
  readonly set: StoredRecordSet;
}

/**
 * Most resource record elements and most characters of values in a batch; an UPSERT counts double
 * (docs/facts.md#change-batch-limits).
 */
const MOST_RECORDS = 1000;
const MOST_CHARACTERS = 32_000;

/**
 * Reads a batch as far as that goes without a zone.
 * @throws AwsError InvalidInput for members missing or excluding each other, InvalidChangeBatch for bad names and values
 *   and for a batch too large (wording captured, except where a comment says otherwise).
 */
export function readChanges(changes: readonly Change[]): readonly ReadChange[] {
  if (changes.length === 0) throw new AwsError('InvalidInput', 'Invalid request: the change batch contains no changes');
  const complete = changes.map(completeChange);
  const tooLarge = sizeProblems(complete);
  if (tooLarge.length > 0) throw invalidChangeBatch(tooLarge);
  const problems = complete.flatMap(({ set }) => recordProblems(set));
  if (problems.length > 0) throw invalidChangeBatch(problems);
  return complete.map(({ action, set }) => ({ action, set: normalized(set) }));
}

/** Route 53 lists all it finds wrong in one message, in brackets (captured). */
export const invalidChangeBatch = (problems: readonly string[]): AwsError =>
  new AwsError('InvalidChangeBatch', `[${problems.join(', ')}]`);

type CompleteSet = ResourceRecordSet & { readonly Name: string; readonly Type: RRType };
interface CompleteChange {
  readonly action: ChangeAction;
  readonly set: CompleteSet;
}

function completeChange({ Action, ResourceRecordSet: set }: Change): CompleteChange {
  if (Action === undefined || set?.Name === undefined || set.Type === undefined) {
    throw new AwsError('InvalidInput', 'Invalid request: a change needs Action, Name and Type');
  }
  const { Name, Type } = set;
  facet(Action, Object.values(ChangeAction));
  facet(Type, Object.values(RRType));
  range(set.TTL, 2_147_483_647, 'TTL');
  range(set.Weight, 255, 'ResourceRecordSetWeight');

  const where = `Change with [Action=${Action}, Name=${Name}, Type=${Type}, SetIdentifier=${set.SetIdentifier ?? null}]`;
  const values = set.ResourceRecords ?? [];
  const plain = set.TTL !== undefined && values.length > 0;
  const partlyPlain = set.TTL !== undefined || values.length > 0;
  const alias = set.AliasTarget !== undefined;
  if (alias ? partlyPlain : !plain) {
    const kinds = '[AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId]';
    const found = alias ? 'more than one' : 'none';
    throw new AwsError(
      'InvalidInput',
      `Invalid request: Expected exactly one of ${kinds}, but found ${found} in ${where}`,
    );
  }
  const policies = routingPolicies(set);
  if (policies.length > 1 || (policies.length === 0 && set.SetIdentifier !== undefined)) {
    const kinds =
      '[Weight, Region, Failover, GeoLocation, MultiValueAnswer, GeoProximityLocation, or CidrRoutingConfig]';
    const found = policies.length > 1 ? 'more than one' : 'none';
    throw new AwsError(
      'InvalidInput',
      `Invalid request: Expected exactly one of ${kinds}, but found ${found} in ${where}`,
    );
  }
  if (alias && set.MultiValueAnswer === true) {
    throw new AwsError(
      'InvalidInput',
      `Invalid request: MultiValueAnswer and AliasTarget exclude each other in ${where}`,
    );
  }
  if (policies.length === 1 && set.SetIdentifier === undefined) {
    throw new AwsError('InvalidInput', `Invalid request: Missing field 'SetIdentifier' in ${where}`);
  }
  return { action: Action, set: { ...set, Name, Type } };
}

/** The schema check of the real service, in its words (inferred: the rule's name is XML Schema's, the sentence around it captured). */
function facet(value: string, allowed: readonly string[]): void {
  if (allowed.includes(value)) return;
  throw new AwsError(
    'InvalidInput',
    `Invalid XML ; cvc-enumeration-valid: Value '${value}' is not facet-valid with respect to enumeration '[${allowed.join(', ')}]'. It must be a value from the enumeration.`,
  );
}

function range(value: number | undefined, most: number, type: string): void {
  if (value === undefined || (Number.isInteger(value) && value >= 0 && value <= most)) return;
  const [rule, bound] = value < 0 ? ['minInclusive', 0] : ['maxInclusive', most];
  throw new AwsError(
    'InvalidInput',
    `Invalid XML ; cvc-${rule}-valid: Value '${value}' is not facet-valid with respect to ${rule} '${bound}' for type '${type}'.`,
  );
}

function sizeProblems(changes: readonly CompleteChange[]): readonly string[] {
  let records = 0;
  let characters = 0;
  for (const { action, set } of changes) {
    const times = action === 'UPSERT' ? 2 : 1;
    const values = set.ResourceRecords ?? [];
    records += times * Math.max(1, values.length);
    for (const { Value } of values) characters += times * (Value ?? '').length;
  }
  return [
    ...(records > MOST_RECORDS ? [`Number of records limit of ${MOST_RECORDS} exceeded.`] : []),
    ...(characters > MOST_CHARACTERS ? [`Number of characters limit of ${MOST_CHARACTERS} exceeded.`] : []),
  ];
}

function recordProblems(set: CompleteSet): readonly string[] {
  const names = [set.Name, ...(set.AliasTarget === undefined ? [] : [set.AliasTarget.DNSName ?? ''])];
  const values = (set.ResourceRecords ?? []).map((record) => record.Value ?? '');
  const duplicates = new Set(values.filter((value, index) => values.indexOf(value) !== index));
  return [
    ...names.flatMap((name) => nameProblem(name) ?? []),
    ...values.flatMap((value) => valueProblem(set.Type, value) ?? []).map((it) => `Invalid Resource Record: '${it}'`),
    ...Array.from(duplicates, (value) => `Duplicate Resource Record: '${value}'`),
  ];
}

function normalized({ AliasTarget: alias, ...set }: CompleteSet): StoredRecordSet {
  const target = alias === undefined ? {} : { AliasTarget: { ...alias, DNSName: recordName(alias.DNSName ?? '') } };
  return { ...set, ...target, Name: recordName(set.Name) };
}
