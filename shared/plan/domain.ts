import { finding } from '../findings.ts';
import type { Desired } from '../policy/desire.ts';
import { aliasRecords, aliasTarget, appRunnerZoneIds } from '../records/alias.ts';
import { normalizeName } from '../records/names.ts';
import { planRecords, planRemoval } from '../records/ownership.ts';
import { describeRecord, type RecordChange, type RecordSet, sameRecord } from '../records/record-set.ts';
import type { Zone } from '../records/zones.ts';
import type { Draft } from './draft.ts';
import type { Network } from './network.ts';
import type { Association, DomainState } from './observed.ts';
import { writtenDomain } from './written.ts';

/** Seconds. Validation records stay for the domain's whole life (facts §5, D). */
const VALIDATION_TTL = 300;

/**
 * One domain on its way in. It never waits for another one, and for the network only at the last step.
 *
 *     association   validation records   certificate   network   records        →
 *     none          –                    –             –         –              associate
 *     there         not told yet         –             –         –              wait
 *     there         some missing         –             –         –              create them (also when lost later)
 *     there         standing             pending       –         –              wait
 *     create_failed –                    –             –         –              finding
 *     active        standing             issued        not open  –              (the network's own waits)
 *     active        standing             issued        open      see records/   publish, mend, or finding
 */
export function planDomain(
  draft: Draft,
  desired: Desired & { kind: 'private' },
  domain: string,
  network: Network,
): void {
  const state = draft.input.observed.domains[domain];
  // Without a VPC nobody can say which zone answers; that is a finding already.
  if (state === undefined || desired.vpcId === undefined) return;
  const traffic = allowedZone(draft, domain, state.trafficZone, 'hosted zone');
  const validation = allowedZone(draft, domain, state.validationZone, 'public hosted zone (the certificate needs one)');
  if (traffic === undefined || validation === undefined) return;
  const { association } = state;
  if (association === undefined) {
    draft.whenIdle({ kind: 'associate-domain', domain, why: 'App Runner does not know the name yet' });
    return;
  }
  if (association.status === 'deleting') {
    waitForAssociation(draft, domain, association, 'disassociation', 'it is being disassociated');
    return;
  }
  if (association.status === 'create_failed' || association.status === 'delete_failed') {
    const message = `App Runner reports ${domain} as ${association.status}.`;
    draft.findings.push(finding('certificate-failed', { resource: draft.input.service.arn, domain, message }));
    return;
  }
  planValidation(draft, domain, association, validation, state);
  if (association.status !== 'active') {
    const why = `the certificate of ${domain} is on its way (${association.status})`;
    waitForAssociation(draft, domain, association, 'certificate', why);
    return;
  }
  if (network.stage === 'open') publish(draft, desired, domain, traffic, state, association, network);
}

function allowedZone(draft: Draft, domain: string, zone: Zone | undefined, what: string): Zone | undefined {
  const resource = draft.input.service.arn;
  if (zone === undefined) {
    draft.findings.push(finding('zone-not-found', { resource, domain, message: `No ${what} holds ${domain}.` }));
    return undefined;
  }
  if (!draft.input.rules.allowedZones.includes(zone.id)) {
    const message = `The zone ${zone.name} (${zone.id}, ${zone.visibility}) holds ${domain}, but is not in AllowedZones.`;
    draft.findings.push(finding('zone-not-allowed', { resource, domain, message }));
    return undefined;
  }
  return zone;
}

/** What a look at an association can tell: its status and how many validation records it names by now. */
export function associationFingerprint(association: Association | undefined): string {
  return association === undefined ? 'none' : `${association.status} ${association.validation.length}`;
}

function waitForAssociation(
  draft: Draft,
  domain: string,
  association: Association,
  kind: 'validation-records' | 'certificate' | 'disassociation',
  why: string,
): void {
  draft.waits.push({
    kind,
    subject: domain,
    question: { ask: 'domain', domain },
    seen: associationFingerprint(association),
    why,
  });
}

function planValidation(draft: Draft, domain: string, association: Association, zone: Zone, state: DomainState): void {
  if (association.validation.length === 0 && association.status !== 'active') {
    waitForAssociation(
      draft,
      domain,
      association,
      'validation-records',
      `App Runner has not told the validation records of ${domain} yet`,
    );
    return;
  }
  const standing = state.validation[zone.id] ?? [];
  const changes: RecordChange[] = [];
  for (const { name, value } of association.validation) {
    const there = standing.filter((record) => record.name === name);
    if (there.some((record) => isCname(record, value))) continue;
    if (there.length > 0) {
      const message = `The certificate of ${domain} needs the CNAME ${name} → ${value}, but there stands ${there.map(describeRecord).join(', ')}.`;
      draft.findings.push(finding('validation-record-foreign', { resource: zone.id, domain, message }));
      continue;
    }
    const record: RecordSet = {
      name,
      type: 'CNAME',
      content: { kind: 'values', ttl: VALIDATION_TTL, values: [value] },
    };
    changes.push({ action: 'CREATE', record });
  }
  if (changes.length > 0) {
    const why = 'the certificate is issued and renewed only while they stand';
    draft.actions.push({ kind: 'change-records', purpose: 'validation', domain, zoneId: zone.id, changes, why });
  }
}

/** An equal record that already stands is satisfied, whatever its TTL, and not ours (design §5). */
function isCname(record: RecordSet, value: string): boolean {
  return (
    record.type === 'CNAME' &&
    record.content.kind === 'values' &&
    record.content.values.some((one) => normalizeName(one) === normalizeName(value))
  );
}

function publish(
  draft: Draft,
  desired: Desired & { kind: 'private' },
  domain: string,
  zone: Zone,
  state: DomainState,
  association: Association,
  network: Network & { stage: 'open' },
): void {
  const { service, observed, written } = draft.input;
  const { endpoint, connection } = network;
  if (endpoint.name === undefined) return;
  const appRunnerName = association.target ?? connection.domainName;
  const target = aliasTarget(desired.aliasStrategy, zone.visibility, service.region, endpoint.name, appRunnerName);
  if (desired.aliasStrategy === 'apprunner' && target.strategy !== 'apprunner') {
    const known = Object.keys(appRunnerZoneIds).join(', ');
    const message = `The hosted zone id of App Runner's names is known for ${known} only, not for ${service.region}: the alias points at the endpoint.`;
    draft.findings.push(finding('alias-fallback', { resource: service.arn, domain, message }));
  }
  const dualStack = observed.service.kind === 'present' && observed.service.dualStack;
  const records = aliasRecords(domain, target, dualStack);
  const own = writtenDomain(written, domain).records;
  const ownIn = (zoneId: string) => own.filter((one) => one.zoneId === zoneId).map(({ record }) => record);
  const result = planRecords(
    domain,
    draft.owner,
    records,
    state.records[zone.id] ?? { at: [], txt: undefined },
    ownIn(zone.id),
  );
  switch (result.kind) {
    case 'in-place':
      // Only once it stands in the zone that answers now is it taken out of those that answered before.
      for (const [zoneId, observedThere] of Object.entries(state.records)) {
        if (zoneId === zone.id || ownIn(zoneId).length === 0) continue;
        const { changes } = planRemoval(draft.owner, observedThere, ownIn(zoneId));
        const why = `${domain} is answered by the zone ${zone.name} (${zone.id}) now`;
        if (changes.length > 0)
          draft.actions.push({ kind: 'change-records', purpose: 'traffic', domain, zoneId, changes, why });
      }
      return;
    case 'change': {
      const seen = network.verified
        ? 'the name answers with the endpoint’s addresses'
        : 'it was waited for long enough';
      const why = result.claim ? `${domain} would work now: ${seen}` : `${domain} is not what it should be`;
      draft.actions.push({
        kind: 'change-records',
        purpose: 'traffic',
        domain,
        zoneId: zone.id,
        changes: result.changes,
        why,
      });
      return;
    }
    case 'foreign':
    case 'ownership-lost': {
      const code = result.kind === 'foreign' ? 'record-foreign' : 'ownership-lost';
      const message = `In the zone ${zone.name} (${zone.id}) stands at ${domain}: ${result.description}.`;
      draft.findings.push(finding(code, { resource: `${zone.id}/${domain}`, domain, message }));
      return;
    }
  }
}

/**
 * One domain on its way out: records, then the association, then the validation records it needed. What was written is
 * taken back and nothing else.
 *
 * @returns whether nothing of it is left to be undone.
 */
export function planDomainRemoval(draft: Draft, domain: string): boolean {
  const { observed, written } = draft.input;
  const state = observed.domains[domain];
  if (state === undefined) return false;
  const own = writtenDomain(written, domain);
  let clean = true;
  for (const [zoneId, there] of Object.entries(state.records)) {
    const ownThere = own.records.filter((one) => one.zoneId === zoneId).map(({ record }) => record);
    const { changes, left } = planRemoval(draft.owner, there, ownThere);
    if (changes.length > 0) {
      const why = `${domain} is no longer wanted`;
      draft.actions.push({ kind: 'change-records', purpose: 'traffic', domain, zoneId, changes, why });
      clean = false;
    }
    for (const record of left) {
      const message = `${describeRecord(record)} in zone ${zoneId} is not what was written there, and was left.`;
      draft.findings.push(finding('record-left', { resource: `${zoneId}/${domain}`, domain, message }));
    }
  }
  if (!clean) return false;

  const { association } = state;
  if (association?.status === 'deleting') {
    waitForAssociation(draft, domain, association, 'disassociation', `${domain} is being disassociated`);
    return false;
  }
  if (association !== undefined && own.associated) {
    draft.whenIdle({ kind: 'disassociate-domain', domain, why: `${domain} is no longer wanted` });
    return false;
  }

  // Two domains may share a validation record (facts §5, D): it goes with the last one, and stays noted until then.
  const needed = Object.values(observed.domains).flatMap((other) => other.association?.validation ?? []);
  const isNeeded = (record: RecordSet) => needed.some(({ name }) => name === record.name);
  let kept = false;
  for (const [zoneId, standing] of Object.entries(state.validation)) {
    const ownThere = standing.filter((record) =>
      own.validation.some((one) => one.zoneId === zoneId && sameRecord(one.record, record)),
    );
    kept ||= ownThere.some(isNeeded);
    const changes = ownThere
      .filter((record) => !isNeeded(record))
      .map((record) => ({ action: 'DELETE', record }) as const);
    if (changes.length === 0) continue;
    const why = `nothing needs the certificate of ${domain} any more`;
    draft.actions.push({ kind: 'change-records', purpose: 'validation', domain, zoneId, changes, why });
    clean = false;
  }
  if (clean && !kept) draft.forget.push(domain);
  return clean;
}
