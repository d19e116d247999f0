import { finding } from '../findings.ts';
import type { Desired } from '../policy/desire.ts';
import { type AliasStrategy, aliasRecords, aliasTarget, appRunnerZoneIds } from '../records/alias.ts';
import { ownershipRecord, planRecords, planRemoval } from '../records/ownership.ts';
import type { Zone } from '../records/zones.ts';
import { ownedDomain } from './ledger.ts';
import type { Network } from './network.ts';
import type { Association, DomainState } from './observed.ts';
import type { PlanBuilder } from './plan-builder.ts';

/**
 * The last step of a domain, once everything behind its name works: the alias and its ownership TXT, in one batch.
 * What may be changed is decided by `planRecords`.
 *
 * @returns whether it stands.
 */
export function publish(
  builder: PlanBuilder,
  desired: Desired & { kind: 'private' },
  domain: string,
  zone: Zone,
  state: DomainState,
  association: Association,
  network: Network & { stage: 'open' },
): boolean {
  const { service, observed, ledger } = builder.input;
  const { endpoint, connection } = network;
  if (endpoint.name === undefined) return false;
  const appRunnerName = association.target ?? connection.domainName;
  const { refusedTargets = [] } = builder.input;
  const { name: endpointName } = endpoint;
  const targetOf = (strategy: AliasStrategy) =>
    aliasTarget(strategy, zone.visibility, service.region, endpointName, appRunnerName);
  const wanted = targetOf(desired.aliasStrategy);
  const isRefused = wanted.strategy === 'apprunner' && refusedTargets.includes(`${domain} ${wanted.name}`);
  const target = isRefused ? targetOf('endpoint') : wanted;
  if (isRefused) {
    const message = `Route 53 refused an alias to ${wanted.name}: the alias of ${domain} points at the endpoint.`;
    builder.findings.push(finding('alias-fallback', { resource: service.arn, domain, message }));
  } else if (desired.aliasStrategy === 'apprunner' && target.strategy !== 'apprunner') {
    const known = Object.keys(appRunnerZoneIds).join(', ');
    const message = `The hosted zone id of App Runner's names is known for ${known} only, not for ${service.region}: the alias points at the endpoint.`;
    builder.findings.push(finding('alias-fallback', { resource: service.arn, domain, message }));
  }
  // An endpoint without IPv6 could not answer for an AAAA.
  const dualStack =
    observed.service.kind === 'present' &&
    observed.service.dualStack &&
    endpoint.addresses.some((address) => address.includes(':'));
  const records = aliasRecords(domain, target, dualStack);
  const own = ownedDomain(ledger, domain).records;
  const ownIn = (zoneId: string) => own.filter((one) => one.zoneId === zoneId).map(({ record }) => record);
  const result = planRecords(
    domain,
    builder.owner,
    records,
    state.records[zone.id] ?? { at: [], txt: undefined },
    ownIn(zone.id),
    desired.adopt?.includes(domain),
  );
  switch (result.kind) {
    case 'in-place':
      builder.existing.push({ domain, zoneId: zone.id, records: [...records, ownershipRecord(domain, builder.owner)] });
      // Only once it stands in the zone that answers now is it taken out of those that answered before.
      for (const [zoneId, observedThere] of Object.entries(state.records)) {
        if (zoneId === zone.id || ownIn(zoneId).length === 0) continue;
        const { changes } = planRemoval(builder.owner, observedThere, ownIn(zoneId));
        const why = `${domain} is answered by the zone ${zone.name} (${zone.id}) now`;
        if (changes.length > 0)
          builder.actions.push({ kind: 'change-records', purpose: 'traffic', domain, zoneId, changes, why });
      }
      return true;
    case 'change': {
      const ready = network.verified
        ? `${domain} would work now: the service’s own name answers with the endpoint’s addresses`
        : 'the service’s own name cannot be seen from here, and was given its time';
      const why = result.claim ? ready : `${domain} is not what it should be`;
      builder.actions.push({
        kind: 'change-records',
        purpose: 'traffic',
        domain,
        zoneId: zone.id,
        changes: result.changes,
        why,
      });
      return false;
    }
    case 'foreign':
    case 'ownership-lost': {
      const code = result.kind === 'foreign' ? 'record-foreign' : 'ownership-lost';
      const message = `In the zone ${zone.name} (${zone.id}) stands at ${domain}: ${result.description}.`;
      builder.findings.push(finding(code, { resource: `${zone.id}/${domain}`, domain, message }));
      return false;
    }
  }
}
