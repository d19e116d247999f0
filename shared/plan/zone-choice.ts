import { finding } from '../findings.ts';
import type { Desired } from '../policy/desire.ts';
import { isAllowedZone, mayStandIn } from '../policy/rules.ts';
import { isWithin } from '../records/names.ts';
import type { Zone } from '../records/zones.ts';
import type { DomainState } from './observed.ts';
import type { PlanBuilder } from './plan-builder.ts';

type Private = Desired & { kind: 'private' };

/** The hosted zones of a domain: for its traffic, and for the validation of its certificate. */
export interface DomainZones {
  readonly traffic: Zone;
  readonly validation: Zone;
}

/** Reports the first thing that keeps the domain from having its zones. @returns them if nothing does. */
export function zonesOf(
  builder: PlanBuilder,
  desired: Private,
  domain: string,
  state: DomainState,
): DomainZones | undefined {
  const { trafficZone, unseenZone, tiedZones = [] } = state;
  if (tiedZones.length > 0) {
    const message = `${tiedZones.map(titled).join(' and ')} hold ${domain}. Neither the tag \`private-ingress:zone\` nor \`AllowedZones\` nor public DNS decides between them.`;
    builder.findings.push(
      finding('zone-ambiguous', { resource: tiedZones.map(({ id }) => id).join('+'), domain, message }),
    );
    return undefined;
  }
  if (trafficZone === undefined && unseenZone !== undefined) {
    const { name, id } = unseenZone;
    const message = `The private zone ${name} (${id}) holds ${domain}, but is not associated with ${desired.vpcId}.`;
    builder.findings.push(finding('zone-not-associated', { resource: id, domain, message }));
    return undefined;
  }
  if (isShadowed(builder, desired, domain, trafficZone)) return undefined;
  const traffic = allowedZone(builder, domain, trafficZone, 'hosted zone');
  // One finding at a time: the two would be about the same name.
  if (traffic === undefined) return undefined;
  const validation = allowedZone(
    builder,
    domain,
    state.validationZone,
    'public hosted zone (the certificate needs one)',
  );
  if (validation === undefined || isCutOff(builder, domain, validation, state)) return undefined;
  return { traffic, validation };
}

/** Whether a zone answers in the VPC that the stack cannot write to, or that is not the one the tag names. */
function isShadowed(
  { findings, input }: PlanBuilder,
  { vpcId }: Private,
  domain: string,
  closest: Zone | undefined,
): boolean {
  if (closest === undefined || closest.visibility !== 'private') return false;
  const pinned = (input.observed.pinnedZones ?? [])
    .flatMap(({ zone }) => zone ?? [])
    .find(
      (zone) =>
        zone.visibility === 'private' &&
        zone.id !== closest.id &&
        zone.vpcIds.some((id) => id === vpcId) &&
        isWithin(domain.replace(/^\*\./, ''), zone.name),
    );
  if (closest.isUnreached !== true && pinned === undefined) return false;
  const owner = closest.owner === undefined ? '' : `, owned by ${closest.owner}`;
  const because =
    pinned === undefined
      ? 'The stack has no access to it'
      : `The tag names ${titled(pinned)}, which does not answer for the name there`;
  const message = `In ${vpcId} the private zone ${closest.name} (${closest.id}${owner}) answers for ${domain}. ${because}.`;
  findings.push(finding('zone-shadowed', { resource: closest.id, domain, message }));
  return true;
}

function allowedZone(builder: PlanBuilder, domain: string, zone: Zone | undefined, what: string): Zone | undefined {
  const resource = builder.input.service.arn;
  if (zone === undefined) {
    builder.findings.push(finding('zone-not-found', { resource, domain, message: `No ${what} holds ${domain}.` }));
    return undefined;
  }
  if (!mayStandIn(builder.input.rules, zone.id, domain)) {
    const owner = zone.owner === undefined ? '' : `, owned by ${zone.owner}`;
    const message = `The zone ${zone.name} (${zone.id}, ${zone.visibility}${owner}) holds ${domain}, but ${isAllowedZone(builder.input.rules, zone.id) ? 'may not hold that name by `AllowedNames`' : 'is not in `AllowedZones`'}.`;
    builder.findings.push(finding('zone-not-allowed', { resource, domain, message }));
    return undefined;
  }
  return zone;
}

/**
 * Whether public DNS is known not to read the name from its public zone. No answer says nothing. A name whose certificate
 * is issued works without (`reportUnseenValidation`).
 */
function isCutOff(
  { findings }: PlanBuilder,
  domain: string,
  zone: Zone,
  { delegation, association }: DomainState,
): boolean {
  if (delegation === undefined || association?.status === 'active') return false;
  const report = (message: string) => {
    findings.push(finding('zone-not-delegated', { resource: zone.id, domain, message }));
    return true;
  };
  const { cut, own, public: seen } = delegation;
  const servers = own.length === 0 ? 'unknown' : own.join(', ');
  if (cut !== undefined) {
    return report(
      `NS records at ${cut.at} in ${titled(zone)} delegate ${domain} to other name servers: ${cut.names.join(', ')}. The name servers of this zone are ${servers}.`,
    );
  }
  if (seen.kind === 'none') {
    return report(
      `Public DNS has no name servers for ${zone.name}, so nothing leads to ${titled(zone)}. Its name servers are ${servers}.`,
    );
  }
  if (seen.kind !== 'listed' || own.length === 0 || seen.names.some((name) => own.includes(name))) return false;
  return report(
    `Public DNS gives ${seen.names.join(', ')} as the name servers of ${zone.name}, not those of ${titled(zone)}: ${servers}.`,
  );
}

/** Reports zones of the tag `private-ingress:zone` that are of no use to the service. */
export function reportUnusedPins({ findings, input }: PlanBuilder, { vpcId, domains }: Private): void {
  const { observed, service, rules } = input;
  for (const { id, zone } of observed.pinnedZones ?? []) {
    const why = whyUnused(zone);
    if (why === undefined) continue;
    const message = `The tag \`private-ingress:zone\` names ${id}, but ${why}.`;
    findings.push(finding('zone-tag-unused', { resource: `${service.arn}#${id}`, message }));
  }

  function whyUnused(zone: Zone | undefined): string | undefined {
    if (zone === undefined) return 'no hosted zone that the stack reaches has that id';
    const { id, name, visibility, vpcIds } = zone;
    if (!isAllowedZone(rules, id)) return `${titled(zone)} is not in \`AllowedZones\``;
    if (!domains.some((domain) => isWithin(domain.replace(/^\*\./, ''), name)))
      return `${titled(zone)} holds none of the service's domains`;
    if (visibility === 'private' && vpcId !== undefined && !vpcIds.includes(vpcId))
      return `${titled(zone)} is not associated with ${vpcId}`;
    return undefined;
  }
}

function titled({ id, name, visibility }: Zone): string {
  return `the ${visibility} zone ${name} (${id})`;
}
