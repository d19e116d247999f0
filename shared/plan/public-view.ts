import { finding } from '../findings.ts';
import { leadsTo, trafficRecords } from '../records/ownership.ts';
import { describeRecord, type RecordSet } from '../records/record-set.ts';
import type { Zone } from '../records/zones.ts';
import type { DomainState } from './observed.ts';
import type { PlanBuilder } from './plan-builder.ts';

/** What becomes of a name on the internet when its service is private. */

/** Names of the service that stop answering once it is private: all but those of its connections. */
function publicNames({ input }: PlanBuilder, { association }: DomainState): readonly string[] {
  const { connections, serviceNames = [] } = input.observed;
  return serviceNames.filter(
    (name) => name !== association?.target && !connections.some(({ domainName }) => domainName === name),
  );
}

/** Whether the name leads to the public service: by a record of its own, or by a wildcard. */
export function leadsHere(builder: PlanBuilder, state: DomainState): boolean {
  const names = publicNames(builder, state);
  const leads = (records: readonly RecordSet[]) => trafficRecords(records).some((record) => leadsTo(record, names));
  const own = state.trafficZone === undefined ? undefined : state.records[state.trafficZone.id];
  if (own !== undefined && leads(own.at)) return true;
  if (state.publicRecords !== undefined && leads(state.publicRecords.at)) return true;
  const isBare = trafficRecords((state.publicRecords ?? own)?.at ?? []).length === 0;
  return isBare && state.wildcard !== undefined && leads(state.wildcard);
}

/** A private zone carries the traffic, and the public record leads to the service's own public name. */
export function reportPublicRecord(builder: PlanBuilder, domain: string, zone: Zone, state: DomainState): void {
  const names = publicNames(builder, state);
  const dead = (state.publicRecords?.at ?? []).filter((record) => leadsTo(record, names));
  if (dead.length === 0) return;
  const { service } = builder.input.observed;
  const when =
    service.kind === 'present' && service.isPublic ? 'stops answering once it is private' : 'does not answer';
  const message = `${dead.map(describeRecord).join(', ')} in the public zone ${zone.name} (${zone.id}) leads to the service's own public name, which ${when}.`;
  builder.findings.push(finding('public-record-dead', { resource: `${zone.id}/${domain}`, domain, message }));
}

/**
 * A wildcard answers only for names that do not exist. A validation CNAME below a name makes that name exist without
 * records (an empty non-terminal, RFC 4592), and the wildcard no longer answers for it.
 */
export function reportHiddenWildcard(
  builder: PlanBuilder,
  domain: string,
  traffic: Zone,
  zone: Zone,
  { wildcard = [], publicRecords, records }: DomainState,
): void {
  const existing = trafficRecords(wildcard);
  const own = publicRecords ?? records[zone.id];
  if (existing.length === 0 || (own !== undefined && own.at.length > 0)) return;
  const until = traffic.id === zone.id ? ' until the alias is published' : '';
  const message = `${existing.map(describeRecord).join(', ')} in the public zone ${zone.name} (${zone.id}) does not answer for ${domain} once its validation CNAME exists${until}.`;
  builder.findings.push(finding('wildcard-hidden', { resource: `${zone.id}/${domain}`, domain, message }));
}
