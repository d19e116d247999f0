import { finding } from '../findings.ts';
import type { Desired } from '../policy/desire.ts';
import { type AliasStrategy, type AliasTarget, aliasRecords, aliasTarget, appRunnerZoneIds } from '../records/alias.ts';
import {
  claimOf,
  ownershipRecord,
  planRecords,
  planRemoval,
  type RecordsAtName,
  type RecordsPlan,
} from '../records/ownership.ts';
import type { RecordSet } from '../records/record-set.ts';
import type { Zone } from '../records/zones.ts';
import { writtenIn } from './ledger.ts';
import { candidateEndpoint, type Network } from './network.ts';
import type { DomainState } from './observed.ts';
import type { PlanBuilder } from './plan-builder.ts';
import { isRefusedAlias } from './refused-alias.ts';
import { ownTargets } from './removal.ts';

type Private = Desired & { kind: 'private' };

/** The alias of a domain and what may be done to have it. */
export interface Publication {
  readonly zone: Zone;
  /** Empty while there is nothing to point at. */
  readonly records: readonly RecordSet[];
  readonly target: AliasTarget | undefined;
  /** The name of App Runner that Route 53 refused as the alias's target. */
  readonly refusedName?: string;
  readonly result: RecordsPlan;
}

/** Judges the name in the zone that carries its traffic. Before there is an endpoint, only whether the name may be had. */
export function judgeRecords(
  builder: PlanBuilder,
  desired: Private,
  domain: string,
  zone: Zone,
  state: DomainState,
): Publication {
  const { observed, ledger } = builder.input;
  const endpoint = candidateEndpoint(builder.input);
  const { target, refusedName } = targetOf(builder, desired, domain, zone, state);
  // An endpoint without IPv6 could not answer for an AAAA.
  const dualStack =
    observed.service.kind === 'present' &&
    observed.service.dualStack &&
    endpoint?.addresses.some((address) => address.includes(':')) === true;
  const records = target === undefined ? [] : aliasRecords(domain, target, dualStack);
  const existing = state.records[zone.id] ?? { at: [], txt: undefined };
  const result = planRecords({
    name: domain,
    owner: builder.owner,
    desired: records,
    observed: existing,
    written: writtenIn(ledger, domain, zone.id),
    serviceNames: observed.serviceNames ?? [],
    adopt: mayAdopt(builder, desired, domain, existing),
  });
  return { zone, records, target, result, ...(refusedName === undefined ? {} : { refusedName }) };
}

/** Whether records of another owner may be replaced. Those of another service of the stack: once it released the name. */
export function mayAdopt(
  { owner, input }: PlanBuilder,
  desired: Private,
  domain: string,
  { txt }: Pick<RecordsAtName, 'txt'>,
): boolean {
  if (desired.adopt?.includes(domain) !== true) return false;
  const other = txt === undefined ? undefined : claimOf(txt);
  if (other?.installation !== owner.installation || other.serviceId === owner.serviceId) return true;
  return input.observed.claims?.[domain]?.released.includes(other.serviceId) === true;
}

function targetOf(
  builder: PlanBuilder,
  desired: Private,
  domain: string,
  zone: Zone,
  state: DomainState,
): Pick<Publication, 'target' | 'refusedName'> {
  const { service, observed } = builder.input;
  const endpoint = candidateEndpoint(builder.input)?.name;
  const appRunnerName = state.association?.target ?? observed.connections[0]?.domainName;
  if (endpoint === undefined) return { target: undefined };
  const targetBy = (strategy: AliasStrategy) =>
    aliasTarget(strategy, zone.visibility, service.region, endpoint, appRunnerName ?? '');
  const wanted = targetBy(desired.aliasStrategy);
  if (wanted.name === '') return { target: undefined };
  const isRefused = wanted.strategy === 'apprunner' && isRefusedAlias(builder.input, domain, wanted.name, zone.id);
  if (!isRefused) return { target: wanted };
  return { target: targetBy('endpoint'), refusedName: wanted.name };
}

/** Reports a name that may not be had. @returns whether it may. */
export function isNameAvailable(builder: PlanBuilder, domain: string, { zone, result }: Publication): boolean {
  if (result.kind === 'in-place' || result.kind === 'change') return true;
  const code = result.kind === 'foreign' ? 'record-foreign' : 'ownership-lost';
  const message = `${domain} is taken in the ${zone.visibility} zone ${zone.name} (${zone.id}): ${result.description}.`;
  builder.findings.push(finding(code, { resource: `${zone.id}/${domain}`, domain, message }));
  return false;
}

/**
 * The last step of a domain, once everything behind its name works: the alias and its ownership TXT, in one batch.
 * @returns whether it is in place.
 */
export function publish(
  builder: PlanBuilder,
  desired: Private,
  domain: string,
  state: DomainState,
  { zone, records, target, result, refusedName }: Publication,
  network: Network & { stage: 'open' },
): boolean {
  if (target === undefined) return false;
  reportFallback(builder, desired, domain, target, refusedName);
  const ownIn = (zoneId: string) => writtenIn(builder.input.ledger, domain, zoneId);
  if (result.kind === 'in-place') {
    builder.existing.push({ domain, zoneId: zone.id, records: [...records, ownershipRecord(domain, builder.owner)] });
    // Only once it is in the zone that answers now is it deleted from those that answered before.
    for (const [zoneId, observedThere] of Object.entries(state.records)) {
      if (zoneId === zone.id || ownIn(zoneId).length === 0) continue;
      const { changes } = planRemoval({
        owner: builder.owner,
        observed: observedThere,
        written: ownIn(zoneId),
        ownTargets: ownTargets(builder.input.observed),
        restore: [],
      });
      const why = `the zone ${zone.name} (${zone.id}) answers for ${domain} now`;
      if (changes.length > 0)
        builder.actions.push({ kind: 'change-records', purpose: 'traffic', domain, zoneId, changes, why });
    }
    return true;
  }
  if (result.kind !== 'change') return false;
  const { changes, replaced } = result;
  const ready = network.verified
    ? `${domain} works now: the connection's name answers with the endpoint's addresses`
    : "the connection's name cannot be seen from here, and its grace time is over";
  const why =
    replaced.length > 0
      ? `${domain} led to the public service; ${ready}`
      : result.claim
        ? ready
        : `${domain} is out of sync`;
  builder.actions.push({
    kind: 'change-records',
    purpose: 'traffic',
    domain,
    zoneId: zone.id,
    changes,
    ...(replaced.length === 0 ? {} : { replaced }),
    why,
  });
  return false;
}

function reportFallback(
  builder: PlanBuilder,
  { aliasStrategy }: Private,
  domain: string,
  target: AliasTarget,
  refusedName: string | undefined,
): void {
  const { service } = builder.input;
  if (refusedName !== undefined) {
    const message = `Route 53 refused an alias to ${refusedName}: the alias of ${domain} points at the endpoint.`;
    builder.findings.push(finding('alias-fallback', { resource: service.arn, domain, message }));
  } else if (aliasStrategy === 'apprunner' && target.strategy !== 'apprunner') {
    const known = Object.keys(appRunnerZoneIds).join(', ');
    const message = `The hosted zone id of App Runner's names is known for ${known} only, not for ${service.region}: the alias points at the endpoint.`;
    builder.findings.push(finding('alias-fallback', { resource: service.arn, domain, message }));
  }
}
