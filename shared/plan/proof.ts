import { HOUR, MINUTE, SECOND } from '../duration.ts';
import { finding } from '../findings.ts';
import type { Network } from './network.ts';
import type { Observed } from './observed.ts';
import type { FailedChecks, PlanBuilder, Proof } from './plan-builder.ts';

/** Why a name may lead elsewhere although its record is right (docs/facts.md#list-by-vpc-names-owners). */
const ANOTHER_ZONE =
  'Another source may answer for the name inside the VPC: a zone of a Route 53 Profile, which no listing shows, or a Resolver rule';

/** Failed checks of one name, and the time they span, before the service is degraded. */
const MAX_FAILED_CHECKS = 3;
const FAILING_TIME_MS = 5 * MINUTE;

/** Checks closer to each other than this are one: one reconciliation plans several times. */
const CHECK_DISTANCE_MS = 30 * SECOND;

/** How long a service may stay unread, in milliseconds, before its phase is `unknown`. */
export const UNREAD_TIME_MS = HOUR;

/** What the checks from inside the VPC say of the whole service. */
export interface ProofResult {
  /** A published name does not answer. */
  readonly isDegraded: boolean;
  /** It was not observed for an hour. */
  readonly isUnknown: boolean;
  /** A published name was seen not to answer, and never to answer before. */
  readonly isUnproven: boolean;
}

/**
 * Grades what was seen, and counts what was seen to fail:
 *
 *     resolves inside   HTTPS inside   resolves publicly   →
 *     yes               answers        –                   verified
 *     yes               fails, none    –                   resolves
 *     –  (no probe)     –              yes                 seen-publicly
 *     –  (no probe)     –              no                  unverified
 *
 * A name that fails is checked again. After three failures over five minutes the service is degraded. A service that is
 * paused or deploying may fail.
 */
export function planProof(builder: PlanBuilder, network: Network): ProofResult {
  const { observed, service, wasVerified = false } = builder.input;
  const { answer, service: state } = observed;
  const httpsChecks = countedChecks(network, observed);
  const failed = failedChecks(network, httpsChecks);
  builder.proof = gradeOf(network, answer, httpsChecks, failed.length > 0);
  const isUnknown = planUnread(builder);
  // The probe is where the service is to answer, not where it does.
  if (state.kind !== 'present' || state.status !== 'RUNNING' || network.stage === 'elsewhere')
    return { isDegraded: false, isUnknown, isUnproven: false };
  const down = failed.filter(([name, reason]) => countFailure(builder, name, reason));
  const isResolved = network.stage === 'open' || Object.keys(httpsChecks).length > 0;
  const isGone = answer?.vantage === 'vpc' && answer.outcome !== 'failed' && (failed.length > 0 || !isResolved);
  if (wasVerified && isGone) {
    const message = 'The service answered from inside the VPC before, and does not now.';
    builder.findings.push(finding('no-longer-verified', { resource: service.arn, message }));
  }
  return { isDegraded: down.length > 0, isUnknown, isUnproven: failed.length > 0 && !wasVerified };
}

/** The connection's own name counts once it resolves: until then it is waited for. */
function countedChecks(network: Network, { httpsChecks, connections }: Observed): Observed['httpsChecks'] {
  if (network.stage === 'open') return httpsChecks;
  const isOwn = (name: string) => connections.some(({ domainName }) => domainName === name);
  return Object.fromEntries(Object.entries(httpsChecks).filter(([name]) => !isOwn(name)));
}

/** Names that do not answer from inside the VPC, or not by the endpoint's interfaces, and why. */
function failedChecks(network: Network, httpsChecks: Observed['httpsChecks']): readonly (readonly [string, string])[] {
  return Object.entries(httpsChecks).flatMap(([name, check]) => {
    const known = network.stage === 'open' ? network.endpoint.addresses : (check.addresses ?? []);
    const strangers = (check.addresses ?? []).filter((address) => !known.includes(address));
    if (strangers.length > 0) {
      return [[name, `it answers ${strangers.join(', ')}, which is not the endpoint's. ${ANOTHER_ZONE}`] as const];
    }
    if (check.ok) return [];
    const isUnresolved = check.addresses !== undefined && check.addresses.length === 0;
    return [[name, isUnresolved ? `${check.reason}. ${ANOTHER_ZONE}` : check.reason] as const];
  });
}

function gradeOf(
  network: Network,
  answer: Observed['answer'],
  httpsChecks: Observed['httpsChecks'],
  hasFailed: boolean,
): Proof | undefined {
  if (network.stage !== 'open') return undefined;
  if (!network.verified) return 'unverified';
  if (answer?.vantage !== 'vpc') return 'seen-publicly';
  return Object.keys(httpsChecks).length > 0 && !hasFailed ? 'verified' : 'resolves';
}

/** Reports the failure and checks the name again. @returns whether it failed too often. */
function countFailure(builder: PlanBuilder, name: string, reason: string): boolean {
  const { observed, service, failing = {} } = builder.input;
  const { at } = observed;
  const before = failing[name];
  const counted = before === undefined ? { since: at, last: at, count: 1 } : counting(before, at);
  builder.failing[name] = counted;
  const { since, last, count } = counted;
  const isDown = count >= MAX_FAILED_CHECKS && at - since >= FAILING_TIME_MS;
  const message = isDown
    ? `From inside the VPC https://${name} has not answered since ${new Date(since).toISOString()}: ${reason}.`
    : `From inside the VPC https://${name} does not answer: ${reason}.`;
  const found = finding('name-unreachable', { resource: service.arn, domain: name, message });
  builder.findings.push(isDown ? { ...found, severity: 'error' } : found);
  builder.waits.push({
    kind: 'https',
    subject: name,
    condition: { check: 'nothing' },
    expected: '',
    why: `https://${name} has to answer from inside the VPC; it is checked again`,
    ...(isDown ? {} : { endsAt: Math.max(since + FAILING_TIME_MS, last + CHECK_DISTANCE_MS) }),
  });
  return isDown;
}

function counting(before: FailedChecks, at: number): FailedChecks {
  return at - before.last < CHECK_DISTANCE_MS ? before : { ...before, last: at, count: before.count + 1 };
}

/** DNS or the probe gave no answer. @returns whether that has been so for too long. */
function planUnread(builder: PlanBuilder): boolean {
  const { observed, service, unreadSince = observed.at } = builder.input;
  const { answer, at } = observed;
  if (answer?.outcome !== 'failed') return false;
  builder.unreadSince = unreadSince;
  if (at - unreadSince < UNREAD_TIME_MS) return false;
  builder.findings.push(unobserved(service.arn, unreadSince, answer.reason));
  return true;
}

export function unobserved(serviceArn: string, since: number, reason: string): ReturnType<typeof finding> {
  const message = `The service could not be observed since ${new Date(since).toISOString()}: ${reason}.`;
  return finding('unobserved', { resource: serviceArn, message });
}
