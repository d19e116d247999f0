import { HOUR, MINUTE } from '../duration.ts';
import { finding } from '../findings.ts';
import type { Desired } from '../policy/desire.ts';
import { isAllowedZone, mayStandIn } from '../policy/rules.ts';
import type { Zone } from '../records/zones.ts';
import { waitForAssociation } from './association.ts';
import { letsAmazonIssue } from './issuers.ts';
import { ownedDomain } from './ledger.ts';
import type { Network } from './network.ts';
import type { Association, Issuers } from './observed.ts';
import type { PlanBuilder } from './plan-builder.ts';
import { publish } from './publish.ts';
import { planValidation } from './validation.ts';

/** Milliseconds before a failed certificate is asked for again for the second and third time. */
const CERTIFICATE_PAUSES = [15 * MINUTE, 2 * HOUR];

/**
 * One domain on its way in. It never waits for another one, and for the network only at the last step.
 *
 *     association   validation records   certificate   network   records        →
 *     none          –                    –             possible  –              associate (unless CAA forbids it)
 *     there         not told yet         –             –         –              wait
 *     there         some missing         –             –         –              create them (also when lost later)
 *     there         standing             pending       –         –              wait
 *     create_failed –                    –             –         –              finding; disassociate, after a growing pause
 *     active        standing             issued        not open  –              (the network's own waits)
 *     active        standing             issued        open      see records/   publish, mend, or finding
 *
 * @returns whether it is published as it should be.
 */
export function planDomain(
  builder: PlanBuilder,
  desired: Desired & { kind: 'private' },
  domain: string,
  network: Network,
): boolean {
  const state = builder.input.observed.domains[domain];
  // Without a VPC nobody can say which zone answers; that is a finding already.
  if (state === undefined || desired.vpcId === undefined) return false;
  if (state.trafficZone === undefined && state.unseenZone !== undefined) {
    const { name, id } = state.unseenZone;
    const message = `The private zone ${name} (${id}) holds ${domain}, but is not associated with ${desired.vpcId ?? 'a VPC'}.`;
    builder.findings.push(finding('zone-not-associated', { resource: id, domain, message }));
    return false;
  }
  const traffic = allowedZone(builder, domain, state.trafficZone, 'hosted zone');
  // One finding at a time: the two would be about the same name.
  if (traffic === undefined) return false;
  const validation = allowedZone(
    builder,
    domain,
    state.validationZone,
    'public hosted zone (the certificate needs one)',
  );
  if (validation === undefined) return false;
  if (forbidden(builder, domain, state.issuers)) return false;
  const { association } = state;
  if (association === undefined) {
    // Nothing half-written: as long as there can be no way in, there is no use for a certificate.
    if (network.stage === 'impossible') return false;
    builder.whenIdle({ kind: 'associate-domain', domain, why: 'App Runner does not know the name yet' });
    return false;
  }
  if (!isGoing(association) && desired.reassociate?.includes(domain)) {
    const why = 'a new certificate was asked for; until it is issued the name does not answer';
    builder.whenIdle({ kind: 'disassociate-domain', domain, why });
    return false;
  }
  if (association.status === 'deleting') {
    waitForAssociation(builder, domain, 'disassociation', 'it is being disassociated');
    return false;
  }
  if (association.status === 'create_failed' || association.status === 'delete_failed') {
    const message = `App Runner reports ${domain} as ${association.status}.`;
    builder.findings.push(finding('certificate-failed', { resource: builder.input.service.arn, domain, message }));
    // It never carried traffic, so it may be taken back and asked for again; one that is not ours is left to its owner.
    if (ownedDomain(builder.input.ledger, domain).associated) {
      const why = 'it failed, and is asked for again';
      builder.whenPaused({ kind: 'disassociate-domain', domain, why }, CERTIFICATE_PAUSES);
    }
    return false;
  }
  const stands = planValidation(builder, domain, association, validation, state);
  if (association.status !== 'active') {
    const why = `the certificate of ${domain} is on its way (${association.status})`;
    waitForAssociation(builder, domain, 'certificate', why);
    return false;
  }
  const { unvalidated = [] } = association;
  if (stands && unvalidated.length > 0) {
    const message = `App Runner reports the validation of ${domain} as ${unvalidated.join(', ')}, although its record stands.`;
    builder.findings.push(
      finding('certificate-not-renewing', { resource: builder.input.service.arn, domain, message }),
    );
  }
  return network.stage === 'open' && publish(builder, desired, domain, traffic, state, association, network);
}

/** Whether an association is gone or about to be. */
export function isGoing(association: Association | undefined): boolean {
  return association === undefined || association.status === 'deleting';
}

/** Whether a CAA record keeps Amazon from issuing. No answer forbids nothing: App Runner will say. */
function forbidden(builder: PlanBuilder, domain: string, issuers: Issuers | undefined): boolean {
  if (issuers?.kind !== 'listed' || letsAmazonIssue(issuers)) return false;
  const named = issuers.names.length === 0 ? 'nobody' : issuers.names.join(', ');
  const message = `The CAA records at ${issuers.at} let ${named} issue for ${domain}, and not amazon.com.`;
  builder.findings.push(finding('caa-forbids', { resource: issuers.at, domain, message }));
  return true;
}

function allowedZone(builder: PlanBuilder, domain: string, zone: Zone | undefined, what: string): Zone | undefined {
  const resource = builder.input.service.arn;
  if (zone === undefined) {
    builder.findings.push(finding('zone-not-found', { resource, domain, message: `No ${what} holds ${domain}.` }));
    return undefined;
  }
  if (!mayStandIn(builder.input.rules, zone.id, domain)) {
    const message = `The zone ${zone.name} (${zone.id}, ${zone.visibility}) holds ${domain}, but ${isAllowedZone(builder.input.rules, zone.id) ? 'that name may not stand in it' : 'is not in AllowedZones'}.`;
    builder.findings.push(finding('zone-not-allowed', { resource, domain, message }));
    return undefined;
  }
  return zone;
}
