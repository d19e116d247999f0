import { DAY } from '../duration.ts';
import { endpointUsdPerMonth } from '../endpoint-cost.ts';
import { isoTime } from '../iso-time.ts';
import type { PolicyInForce } from '../policy/policy.ts';
import { decideByRules, exceptionEnd } from '../policy/rule-decision.ts';
import { parseServiceArn } from '../service-arn.ts';
import { initialState, type ServiceRow } from '../state/row.ts';
import { type Failure, failureDefinitions } from '../sweep/failure.ts';
import { orphanDefinitions } from '../sweep/orphan.ts';
import {
  type Difference,
  merge,
  placeOfTarget,
  type ServiceWithoutRow,
  type SweepRun,
  type TargetResult,
  tally,
} from '../sweep/run.ts';
import { complianceOf } from './compliance.ts';
import {
  ENDING_DAYS,
  type Group,
  type Report,
  type ReportedEndpoint,
  type ReportedException,
  type ReportedFinding,
  type ReportedService,
  type ReportedSweep,
  type Totals,
} from './report.ts';

/** What a report is made of. */
export interface ReportInput {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly installation: string;
  readonly inForce: PolicyInForce;
  readonly run: SweepRun;
  readonly results: readonly TargetResult[];
  /** The units above an account up to the root; `undefined`: not known, or there is no organisation. */
  unitsOf(account: string): Promise<readonly string[] | undefined>;
  /** USD per network interface of an endpoint and hour. */
  readonly endpointHourlyPrice: number;
}

/** What a row would say of a service that has none. One that was compared and is in sync is not managed. */
const rowInstead = ({ serviceArn, tags }: ServiceWithoutRow, isInSync: boolean): ServiceRow => ({
  ...{ ...initialState, serviceArn, generation: 0, seenGeneration: 0, token: undefined, updatedAt: 0, requests: [] },
  tags: tags ?? {},
  desired: tags !== undefined && isInSync ? { kind: 'unmanaged' } : undefined,
});

/**
 * The rows of the services and what a sweep found → the report. Pure.
 * @param rows of all services; those of deleted services that leave nothing behind are left out.
 */
export async function makeReport(rows: AsyncIterable<ServiceRow>, input: ReportInput): Promise<Report> {
  const { now, installation, inForce, run, results, endpointHourlyPrice } = input;
  const found = merge(results);
  const differences = new Map([...found.differences, ...(run.outOfScope ?? [])].map((one) => [one.serviceArn, one]));
  const services: ReportedService[] = [];
  for await (const row of rows) {
    if (!isGone(row)) services.push(...(await reported(row, differences.get(row.serviceArn), input)));
  }
  const known = new Set(services.map(({ arn }) => arn));
  const failures = Map.groupBy(found.failures, ({ resource }) => resource);
  const withoutRow = new Map([...differences.keys()].map((serviceArn) => [serviceArn, { serviceArn }]));
  for (const one of found.withoutRow) withoutRow.set(one.serviceArn, one);
  for (const [arn, one] of withoutRow) {
    if (known.has(arn)) continue;
    const difference = differences.get(arn);
    const findings = (failures.get(arn) ?? []).map((failure) => failureFinding(failure, run));
    services.push(...(await reported(rowInstead(one, difference === undefined), difference, input, findings)));
  }
  services.sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
  const unread = await unreadPlaces(input);
  const endpoints = reportedEndpoints(services, results, endpointHourlyPrice);
  return {
    version: 1,
    generatedAt: isoTime(now),
    installation,
    policyFrom: inForce.from,
    totals: totalsOf(services, unread),
    compliance: {
      account: grouped(services, unread, ({ account }) => [account]),
      unit: grouped(services, unread, ({ units }) => units),
      region: grouped(services, unread, ({ region }) => [region]),
      rule: grouped(services, [], ({ rule = NO_RULE }) => [rule]),
    },
    services,
    exceptions: reportedExceptions(services, input),
    endpoints,
    usdPerMonth: endpoints.reduce((sum, { usdPerMonth = 0 }) => sum + usdPerMonth, 0),
    sweep: reportedSweep(run, results),
  };
}

const NO_RULE = '(no rule matches)';

const sortKey = ({ account, region, name }: ReportedService): string => `${account} ${region} ${name}`;

/** A service that has a row has findings of its own; of the others only the sweep says what could not be read. */
function failureFinding({ code, message }: Failure, { endedAt, startedAt }: SweepRun): ReportedFinding {
  const { severity, remedy } = failureDefinitions[code];
  return { code, severity, message, remedy, since: isoTime(endedAt ?? startedAt) };
}

/** Deleted, with nothing left of it. */
function isGone({ desired, phase, findings }: ServiceRow): boolean {
  const isDeleted = desired?.kind === 'detached' && desired.reason === 'service-deleted';
  return isDeleted && phase === 'detached' && findings.length === 0;
}

async function reported(
  row: ServiceRow,
  difference: Difference | undefined,
  { inForce: { policy }, unitsOf, now }: ReportInput,
  failures: readonly ReportedFinding[] = [],
): Promise<readonly ReportedService[]> {
  const identity = parseServiceArn(row.serviceArn);
  if (identity === undefined) return [];
  const { arn, account, region, name } = identity;
  const units = (await unitsOf(account)) ?? [];
  const { rule, enforcement, mode, exception } = decideByRules(policy, { ...identity, units, tags: row.tags }, now);
  const { phase, desired, ledger, proof, waits, heldBy, updatedAt } = row;
  const findings = [
    ...failures,
    ...row.findings.map(({ code, severity, domain, message, remedy, since }) => ({
      ...{ code, severity, message, remedy, since: isoTime(since) },
      ...(domain === undefined ? {} : { domain }),
    })),
  ];
  const wanted = desired?.kind === 'private' ? desired : undefined;
  const vpc = ledger.endpoint?.vpcId ?? wanted?.vpcId;
  const domains = [...new Set([...(wanted?.domains ?? []), ...Object.keys(ledger.domains)])];
  return [
    {
      ...{ arn, account, region, name, units, compliance: complianceOf({ ...row, findings }, enforcement) },
      ...(phase === undefined ? {} : { phase }),
      ...(rule === undefined ? {} : { rule }),
      ...{ enforcement, mode, domains },
      ...(exception === undefined ? {} : { exception }),
      ...(vpc === undefined ? {} : { vpc }),
      ...(ledger.endpoint === undefined ? {} : { endpoint: ledger.endpoint.id }),
      ...(proof === undefined
        ? {}
        : {
            proof: {
              kind: proof.kind,
              at: isoTime(proof.at),
              ...(proof.verifiedAt === undefined ? {} : { verifiedAt: isoTime(proof.verifiedAt) }),
            },
          }),
      waits: waits.map(({ why }) => why),
      findings,
      ...(difference === undefined ? {} : { wanted: { would: difference.would, what: difference.what } }),
      ...(heldBy === undefined ? {} : { heldBy }),
      ...(updatedAt === 0 ? {} : { updatedAt: isoTime(updatedAt) }),
    },
  ];
}

/** An account and region, and the units above the account. */
type Place = Pick<ReportedService, 'account' | 'region' | 'units' | 'rule'>;

/** The accounts and regions of which the sweep saw nothing. They never count as compliant. */
async function unreadPlaces({ run, results, unitsOf }: ReportInput): Promise<readonly Place[]> {
  const failures = [...(run.summary?.failures ?? run.failures), ...merge(results).failures];
  const failed = new Set(failures.map(({ resource }) => resource));
  const seen = new Set(results.flatMap(({ target, serviceIds }) => (serviceIds.length > 0 ? [target] : [])));
  const places: Place[] = [];
  for (const target of run.targets.filter((one) => failed.has(one) && !seen.has(one))) {
    const place = placeOfTarget(target);
    if (place !== undefined) places.push({ ...place, units: (await unitsOf(place.account)) ?? [] });
  }
  return places;
}

function totalsOf(counted: readonly Pick<ReportedService, 'compliance'>[], unread: readonly Place[]): Totals {
  const counts = { compliant: 0, 'in-progress': 0, 'non-compliant': 0, 'not-managed': 0 };
  for (const { compliance } of counted) counts[compliance] += 1;
  return { ...counts, unread: unread.length };
}

/** Groups by name; one with more services that need a person comes first. */
function grouped(
  counted: readonly ReportedService[],
  unread: readonly Place[],
  namesOf: (one: Place) => readonly string[],
): readonly Group[] {
  const groups = new Map<string, { readonly counted: ReportedService[]; readonly unread: Place[] }>();
  const groupOf = (name: string) => {
    const group = groups.get(name) ?? { counted: [], unread: [] };
    groups.set(name, group);
    return group;
  };
  for (const one of counted) for (const name of namesOf(one)) groupOf(name).counted.push(one);
  for (const one of unread) for (const name of namesOf(one)) groupOf(name).unread.push(one);
  return [...groups]
    .map(([name, group]) => ({ name, ...totalsOf(group.counted, group.unread) }))
    .sort((a, b) => b['non-compliant'] - a['non-compliant'] || b.unread - a.unread || (a.name < b.name ? -1 : 1));
}

function reportedExceptions(services: readonly ReportedService[], input: ReportInput): readonly ReportedException[] {
  const { inForce, now } = input;
  return inForce.policy.exceptions
    .map(({ reason, until }): ReportedException => {
      const left = exceptionEnd({ until }) - now;
      const daysLeft = Math.max(0, Math.ceil(left / DAY));
      return {
        ...{ state: left > 0 ? 'in-force' : 'expired', reason, until, daysLeft },
        isEnding: left > 0 && daysLeft <= ENDING_DAYS,
        services: services.filter(({ exception }) => exception?.reason === reason && exception.until === until).length,
      };
    })
    .sort((a, b) => (a.until < b.until ? -1 : 1));
}

function reportedEndpoints(
  services: readonly ReportedService[],
  results: readonly TargetResult[],
  usdPerInterfaceHour: number,
): readonly ReportedEndpoint[] {
  const attached = new Map<string, number>();
  for (const { endpoint } of services) {
    if (endpoint !== undefined) attached.set(endpoint, (attached.get(endpoint) ?? 0) + 1);
  }
  const found = results.flatMap(({ target, endpoints = [] }) => {
    const place = placeOfTarget(target);
    if (place === undefined) return [];
    return endpoints.map(({ id, vpcId: vpc, interfaces }) => ({
      ...{ id, ...place, vpc, services: attached.get(id) ?? 0, interfaces },
      usdPerMonth: endpointUsdPerMonth(interfaces, usdPerInterfaceHour),
    }));
  });
  const isFound = new Set(found.map(({ id }) => id));
  const others = services.flatMap(({ endpoint: id, account, region, vpc = '' }) =>
    id === undefined || isFound.has(id)
      ? []
      : [[id, { id, account, region, vpc, services: attached.get(id) ?? 0 }] as const],
  );
  return [...found, ...new Map(others).values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function reportedSweep(run: SweepRun, results: readonly TargetResult[]): ReportedSweep {
  const { id, status, by, confirmedBy, startedAt, endedAt, targets, answered, outOfScope = [] } = run;
  const counted = run.summary ?? tally([{ failures: run.failures, differences: outOfScope }, ...results]);
  const wanted = { refresh: 0, change: 0, detach: 0, release: 0 };
  for (const { would } of [...merge(results).differences, ...outOfScope]) wanted[would] += 1;
  return {
    ...{ id, status, by, startedAt: isoTime(startedAt) },
    ...(confirmedBy === undefined ? {} : { confirmedBy }),
    ...(endedAt === undefined ? {} : { endedAt: isoTime(endedAt) }),
    ...{ targets: targets.length, answered, services: counted.services, wanted },
    reasons: run.summary?.reasons ?? [],
    failures: counted.failures.map(({ code, resource, message }) => {
      const { severity, remedy } = failureDefinitions[code];
      return { code, severity, resource, message, remedy };
    }),
    orphans: counted.orphans.map(({ kind: code, resource, message }) => {
      const { severity, remedy } = orphanDefinitions[code];
      return { code, severity, resource, message, remedy };
    }),
  };
}
