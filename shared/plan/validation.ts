import { MINUTE } from '../duration.ts';
import { finding } from '../findings.ts';
import { graceEnd } from '../policy/grace-time.ts';
import { normalizeName } from '../records/names.ts';
import { describeRecord, type RecordChange, type RecordSet, sameRecord } from '../records/record-set.ts';
import type { Zone } from '../records/zones.ts';
import { waitForAssociation } from './association.ts';
import { ownedDomain } from './ledger.ts';
import type { Association, DomainState, ValidationRecord } from './observed.ts';
import type { PlanBuilder } from './plan-builder.ts';

/**
 * Seconds. Validation records stay for the domain's whole life
 * (docs/facts.md#validation-records-are-public-and-stay).
 */
const VALIDATION_TTL = 300;

/** A validation record as the stack writes it. */
export function validationRecord({ name, value }: { readonly name: string; readonly value: string }): RecordSet {
  return { name, type: 'CNAME', content: { kind: 'values', ttl: VALIDATION_TTL, values: [value] } };
}

/**
 * The validation CNAMEs of one domain's certificate: created where they are missing, also when lost later.
 * @param isWithheld whether a record is for a name that the service does not have: an association that its owner made covers
 * the `www.` of the domain too.
 * @returns whether all that are known stand.
 */
export function planValidation(
  builder: PlanBuilder,
  domain: string,
  association: Association,
  zone: Zone,
  state: DomainState,
  isWithheld: (name: string) => boolean,
): boolean {
  if (association.validation.length === 0 && association.status !== 'active') {
    waitForAssociation(
      builder,
      domain,
      'validation-records',
      `App Runner has not returned the validation records of ${domain} yet`,
    );
    return false;
  }
  const existing = state.validation[zone.id] ?? [];
  const changes: RecordChange[] = [];
  const withheld: string[] = [];
  let complete = true;
  for (const { name, value } of association.validation) {
    const there = existing.filter((record) => record.name === name);
    if (there.some((record) => isCname(record, value))) continue;
    complete = false;
    if (there.length > 0) {
      const message = `The certificate of ${domain} needs the CNAME ${name} → ${value}, but the public zone has ${there.map(describeRecord).join(', ')}.`;
      builder.findings.push(finding('validation-record-foreign', { resource: zone.id, domain, message }));
      continue;
    }
    if (isWithheld(name)) withheld.push(name);
    else changes.push({ action: 'CREATE', record: validationRecord({ name, value }) });
  }
  if (withheld.length > 0) {
    const message = `The association, which the stack did not make, covers ${association.coveredBy ?? `www.${domain}`} as well as ${domain}, and the service does not have that name. No certificate is issued, because the stack does not create ${withheld.join(', ')}.`;
    builder.findings.push(finding('www-not-claimed', { resource: builder.input.service.arn, domain, message }));
  }
  if (changes.length > 0) {
    const why = 'the certificate is issued and renewed only while they exist';
    builder.actions.push({ kind: 'change-records', purpose: 'validation', domain, zoneId: zone.id, changes, why });
  }
  // Until the certificate is issued, App Runner may not have returned all of its records.
  if (complete && association.status === 'active')
    removeUnneededRecords(builder, domain, state, 'it belongs to an earlier certificate');
  return complete;
}

/**
 * Deletes validation records of the domain that the stack wrote and that no certificate needs. Two domains may share one
 * (docs/facts.md#validation-records-are-public-and-stay): it goes with the last one, and stays in the ledger until then.
 * @returns whether some are being deleted, and whether some stay because they are needed.
 */
export function removeUnneededRecords(
  builder: PlanBuilder,
  domain: string,
  { validation }: DomainState,
  why: string,
): { readonly deletes: boolean; readonly keeps: boolean } {
  const { observed, ledger } = builder.input;
  const needed = new Set([
    ...(observed.validationInUse ?? []),
    ...Object.values(observed.domains).flatMap(({ association }) =>
      (association?.validation ?? []).map(({ name }) => name),
    ),
  ]);
  const own = ownedDomain(ledger, domain).validation;
  let [deletes, keeps] = [false, false];
  for (const [zoneId, existing] of Object.entries(validation)) {
    const ownThere = existing.filter((record) =>
      own.some((one) => one.zoneId === zoneId && sameRecord(one.record, record)),
    );
    const changes = ownThere
      .filter(({ name }) => !needed.has(name))
      .map((record) => ({ action: 'DELETE', record }) as const);
    keeps ||= changes.length < ownThere.length;
    if (changes.length === 0) continue;
    deletes = true;
    const kept = (observed.shares?.others ?? [])
      .filter((one) => one.zoneId === zoneId && changes.some(({ record }) => record.name === one.record.name))
      .map(({ record: { name } }) => name);
    const shared = kept.length === 0 ? {} : { kept };
    builder.actions.push({ kind: 'change-records', purpose: 'validation', domain, zoneId, changes, ...shared, why });
  }
  return { deletes, keeps };
}

/**
 * Milliseconds until a record that was just written is seen everywhere: Route 53 needs a minute, and resolvers keep "no
 * such name" as long as the SOA of a hosted zone says, 900 s by default (RFC 2308).
 */
const PROPAGATION = 15 * MINUTE;

/** What public DNS has in place of validation records that exist in the zone. No answer says nothing. */
export function unseenRecords(
  validation: readonly ValidationRecord[],
  seen: NonNullable<DomainState['publicValidation']>,
): readonly string[] {
  return validation.flatMap(({ name, value }) => {
    const answer = seen[name];
    if (answer === undefined || answer.kind === 'unknown') return [];
    if (answer.kind === 'none') return [`${name} has no CNAME`];
    return answer.value === normalizeName(value) ? [] : [`${name} is a CNAME to ${answer.value}, not to ${value}`];
  });
}

/**
 * Reports validation records that exist in the zone and that public DNS does not answer with: the certificate is not
 * issued, or not renewed.
 * @returns whether there are some, and when to check again, in milliseconds since the epoch.
 */
export function reportUnseenValidation(
  builder: PlanBuilder,
  domain: string,
  { validation, status }: Association,
  zone: Zone,
  { publicValidation = {}, delegation }: DomainState,
): { readonly isUnseen: boolean; readonly checkAt?: number } {
  const { findings, observed } = builder.input;
  const unseen = unseenRecords(validation, publicValidation);
  // Where a private zone answers for the zone's name, it is not public DNS that answers.
  if (unseen.length === 0 || delegation?.public.kind === 'unknown') return { isUnseen: false };
  const { public: answer, own = [] } = delegation ?? {};
  const named = answer?.kind === 'listed' ? answer.names.join(', ') : 'none';
  const servers =
    answer === undefined
      ? ''
      : ` Public DNS gives ${named} as name servers of ${zone.name}; those of ${zone.id} are ${own.join(', ')}.`;
  const isIssued = status === 'active';
  const needs = isIssued ? 'will not be renewed: it needs' : 'waits for';
  const message = `The certificate of ${domain} ${needs} records that exist in the public zone ${zone.name} (${zone.id}), but in public DNS ${unseen.join(', and ')}.${servers}`;
  const found = finding('zone-not-delegated', { resource: zone.id, domain, message });
  const until = graceEnd(findings, ({ id }) => id === found.id, PROPAGATION, observed.at);
  const isNew = observed.at < until;
  const severity = isNew ? 'info' : isIssued ? 'warning' : found.severity;
  builder.findings.push({ ...found, severity });
  return { isUnseen: true, ...(isNew ? { checkAt: until } : {}) };
}

/**
 * An equal record that exists already satisfies the need, whatever its TTL. It is not the stack's, which never
 * deletes it.
 */
export function isCname(record: RecordSet, value: string): boolean {
  return (
    record.type === 'CNAME' &&
    record.content.kind === 'values' &&
    record.content.values.some((one) => normalizeName(one) === normalizeName(value))
  );
}
