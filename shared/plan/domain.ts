import { HOUR, MINUTE } from '../duration.ts';
import { finding } from '../findings.ts';
import type { Desired } from '../policy/desire.ts';
import { isWithin } from '../records/names.ts';
import { planRecords } from '../records/ownership.ts';
import type { Zone } from '../records/zones.ts';
import { REASSOCIATE_TAG } from '../tags.ts';
import { waitForAssociation } from './association.ts';
import { letsAmazonIssue } from './issuers.ts';
import { ownedDomain, writtenIn } from './ledger.ts';
import type { Network } from './network.ts';
import type { Association, DomainState, Issuers } from './observed.ts';
import { PlanBuilder } from './plan-builder.ts';
import { reportHiddenWildcard, reportPublicRecord } from './public-view.ts';
import { isNameAvailable, judgeRecords, mayAdopt, publish } from './publish.ts';
import { planValidation, reportUnseenValidation } from './validation.ts';
import { zonesOf } from './zone-choice.ts';

/** Milliseconds before a failed certificate is requested again for the second and third time. */
const CERTIFICATE_PAUSES = [15 * MINUTE, 2 * HOUR];

/** How far a domain is. Each later one holds what the earlier ones hold. */
export type DomainProgress =
  /** A finding says what a person has to do. */
  | 'blocked'
  /** App Runner has not accepted the name yet. */
  | 'waiting'
  /** App Runner has accepted it: a certificate is possible. */
  | 'associated'
  /** The certificate is issued. */
  | 'certified'
  | 'published';

/**
 * One domain on its way in. It never waits for another one, and for the network only at the last step. Whether the name
 * may be had comes first, or every owner could get a certificate for a name of another owner.
 *
 *     name      association   validation records   certificate   network   →
 *     taken     –             –                    –             –         finding, nothing else
 *     free      none          –                    –             possible  associate (unless CAA forbids it)
 *     free      there         not returned yet     –             –         wait
 *     free      there         some missing         –             –         create them (also when lost later)
 *     free      there         in place             pending       –         wait
 *     free      create_failed –                    –             –         finding; disassociate, after a growing pause
 *     free      active        in place             issued        not open  (the network's own waits)
 *     free      active        in place             issued        open      see records/: publish, take over or repair
 */
export function planDomain(
  builder: PlanBuilder,
  desired: Desired & { kind: 'private' },
  domain: string,
  network: Network,
): DomainProgress {
  const judged = judgeName(builder, desired, domain);
  if (judged === undefined) return 'blocked';
  const { state, traffic, validation, publication } = judged;
  const { association } = state;
  if (forbidden(builder, domain, state.issuers)) return 'blocked';
  reportPublicRecord(builder, domain, validation, state);
  reportHiddenWildcard(builder, domain, traffic, validation, state);
  if (association === undefined) {
    // Without a connection to come, a certificate is of no use.
    if (network.stage === 'impossible') return 'waiting';
    builder.whenIdle({ kind: 'associate-domain', domain, why: 'App Runner does not know the name yet' });
    return 'waiting';
  }
  if (!isGoing(association) && association.coveredBy === undefined && isToReassociate(builder, desired, domain)) {
    const why = 'a new certificate was requested; until it is issued the name does not answer';
    builder.whenIdle({ kind: 'disassociate-domain', domain, why });
    return 'waiting';
  }
  if (association.status === 'deleting') {
    waitForAssociation(builder, domain, 'disassociation', 'it is being disassociated');
    return 'waiting';
  }
  if (association.status === 'create_failed' || association.status === 'delete_failed') {
    const message = `App Runner reports ${domain} as ${association.status}.`;
    builder.findings.push(finding('certificate-failed', { resource: builder.input.service.arn, domain, message }));
    // It never carried traffic, so it may be disassociated and tried again; one that is not ours is its owner's.
    if (ownedDomain(builder.input.ledger, domain).associated) {
      const why = 'it failed; it is retried';
      builder.whenPaused({ kind: 'disassociate-domain', domain, why }, CERTIFICATE_PAUSES);
    }
    return 'blocked';
  }
  // The records of a `www.` are those of the association that covers it.
  const www = `www.${domain}`;
  const hasWww = desired.domains.includes(www) && judgeName(new PlanBuilder(builder.input), desired, www) !== undefined;
  const base = domain.replace(/^\*\./, '');
  const isWithheld = (name: string) => !isWithin(name, base) || (isWithin(name, www) && !hasWww);
  const isCovered = association.coveredBy !== undefined && desired.domains.includes(association.coveredBy);
  const isValidated = isCovered || planValidation(builder, domain, association, validation, state, isWithheld);
  const { isUnseen, checkAt } = isCovered
    ? { isUnseen: false }
    : reportUnseenValidation(builder, domain, association, validation, state);
  if (association.status !== 'active') {
    const why = `the certificate of ${domain} is ${association.status}`;
    waitForAssociation(builder, domain, 'certificate', why, checkAt);
    return 'associated';
  }
  if (checkAt !== undefined) waitForPropagation(builder, domain, checkAt);
  const { unvalidated = [] } = association;
  if (isValidated && !isUnseen && unvalidated.length > 0) {
    const message = `App Runner reports the validation of ${domain} as ${unvalidated.join(', ')}, although its record is in place.`;
    builder.findings.push(
      finding('certificate-not-renewing', { resource: builder.input.service.arn, domain, message }),
    );
  }
  if (network.stage !== 'open') return 'certified';
  return publish(builder, desired, domain, state, publication, network) ? 'published' : 'certified';
}

/** A tag that was removed a moment ago may still be listed: it asks for nothing. */
function isToReassociate(builder: PlanBuilder, { reassociate = [] }: Desired & { kind: 'private' }, domain: string) {
  return reassociate.includes(domain) && !builder.awaitListing(`remove-tag:${REASSOCIATE_TAG}`);
}

/** The certificate is in use: only its renewal depends on what public DNS will answer. */
function waitForPropagation({ waits }: PlanBuilder, domain: string, endsAt: number): void {
  const why = `public DNS has to answer with the validation records of ${domain}`;
  waits.push({
    kind: 'grace',
    subject: `${domain}#validation`,
    condition: { check: 'nothing' },
    expected: '',
    why,
    endsAt,
  });
}

/** Whether the service may have the name, and in which zones; a finding says why not. */
function judgeName(builder: PlanBuilder, desired: Desired & { kind: 'private' }, domain: string) {
  const { observed, ledger, service } = builder.input;
  const state = observed.domains[domain];
  // Without a VPC it is not known which zone answers; that is a finding already.
  if (state === undefined || desired.vpcId === undefined) return undefined;
  const holder = observed.claims?.[domain]?.holder;
  if (holder !== undefined && holder !== service.arn) {
    const message = `${domain} is held by the service ${holder}.`;
    builder.findings.push(finding('domain-held', { resource: service.arn, domain, message }));
    return undefined;
  }
  const zones = zonesOf(builder, desired, domain, state);
  if (zones === undefined) return undefined;
  const publication = judgeRecords(builder, desired, domain, zones.traffic, state);
  if (!isNameAvailable(builder, domain, publication)) return undefined;
  // An association that the stack did not make was not judged, unless its certificate is issued already.
  const isJudged = ownedDomain(ledger, domain).associated || state.association?.status === 'active';
  if (!isJudged && isTakenPublicly(builder, desired, domain, zones.validation, state)) return undefined;
  return { ...zones, state, publication };
}

/** Whether an association is gone or about to be. */
export function isGoing(association: Association | undefined): boolean {
  return association === undefined || association.status === 'deleting';
}

/**
 * Whether the public name belongs to another owner although a private zone carries the traffic: a certificate would be
 * valid for the public name as well.
 */
function isTakenPublicly(
  builder: PlanBuilder,
  desired: Desired & { kind: 'private' },
  domain: string,
  zone: Zone,
  { publicRecords }: DomainState,
): boolean {
  if (publicRecords === undefined) return false;
  const { ledger, observed } = builder.input;
  const result = planRecords({
    name: domain,
    owner: builder.owner,
    desired: [],
    observed: publicRecords,
    written: writtenIn(ledger, domain, zone.id),
    serviceNames: observed.serviceNames ?? [],
    adopt: mayAdopt(builder, desired, domain, publicRecords),
  });
  if (result.kind !== 'foreign' && result.kind !== 'ownership-lost') return false;
  const message = `A certificate for ${domain} would be valid for the public name as well, which is taken in the public zone ${zone.name} (${zone.id}): ${result.description}.`;
  builder.findings.push(finding('record-foreign', { resource: `${zone.id}/${domain}`, domain, message }));
  return true;
}

/** Whether a CAA record keeps Amazon from issuing. No answer forbids nothing: App Runner will decide. */
function forbidden(builder: PlanBuilder, domain: string, issuers: Issuers | undefined): boolean {
  if (issuers?.kind !== 'listed' || letsAmazonIssue(issuers)) return false;
  const { property = 'issue', names, at } = issuers;
  const named = names.length === 0 ? 'no issuer' : names.join(', ');
  const message = `The CAA ${property} records at ${at} let ${named} issue for ${domain}, and not amazon.com.`;
  const remedy = `Add a CAA record \`0 ${property} "amazon.com"\` at ${at}.`;
  builder.findings.push(finding('caa-forbids', { resource: at, domain, message, remedy }));
  return true;
}
