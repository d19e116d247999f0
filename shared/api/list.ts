import type { z } from 'zod';
import type { OpenFinding } from '../findings.ts';
import { isoTime } from '../iso-time.ts';
import { normalizeName } from '../records/names.ts';
import type { ServiceRow } from '../state/row.ts';
import type { findingPage, servicePage } from './answers.ts';
import type { ApiDependencies } from './dependencies.ts';
import { explainFinding } from './explain.ts';
import { pageOf } from './pages.ts';
import type { findingQuery, serviceQuery } from './requests.ts';
import type { Input } from './route.ts';
import { identityOf } from './service.ts';
import type { ServiceSummary, serviceFinding } from './service-schemas.ts';
import { sweepFindings } from './sweep-findings.ts';
import type { SweepFinding } from './sweep-schemas.ts';

type ServiceQuery = z.output<typeof serviceQuery>;
type FindingQuery = z.output<typeof findingQuery>;
type Asked<Query> = Input<unknown, Query, unknown>;

/** The known services that match every filter. */
export async function listServices(
  { query }: Asked<ServiceQuery>,
  { serviceIndex }: Pick<ApiDependencies, 'serviceIndex'>,
): Promise<z.input<typeof servicePage>> {
  const { items, ...next } = await pageOf(serviceIndex, query, (row) => {
    const { phase, finding, severity } = query;
    const fits =
      isAsked(row, query) &&
      (phase === undefined || row.phase === phase) &&
      ((finding === undefined && severity === undefined) || row.findings.some((one) => isFinding(one, query)));
    return fits ? [summary(row)] : [];
  });
  return { services: items, ...next };
}

/** The findings of the latest sweep, and the open findings of all services, that match every filter. */
export async function listFindings(
  { query }: Asked<FindingQuery>,
  { serviceIndex, runs }: Pick<ApiDependencies, 'serviceIndex' | 'runs'>,
): Promise<z.input<typeof findingPage>> {
  const { items, ...next } = await pageOf<z.input<typeof findingPage>['findings'][number]>(
    serviceIndex,
    query,
    (row) => (query.source === 'sweep' ? [] : findingsOf(row, query)),
    async (id) => {
      if (query.source === 'service') return undefined;
      const swept = await sweepFindings(runs, id);
      return swept && { ...swept, items: swept.items.filter((found) => isAskedOfSweep(found, query)) };
    },
  );
  return { findings: items, ...next };
}

function findingsOf(row: ServiceRow, query: FindingQuery): readonly z.input<typeof serviceFinding>[] {
  // A finding about a domain must be about the requested one.
  const domain = query.domain === undefined ? undefined : normalizeName(query.domain);
  if (!isAsked(row, { ...query, domain: undefined })) return [];
  return row.findings
    .filter((found) => isFinding(found, query) && (domain === undefined || found.domain === domain))
    .map((found) => ({ source: 'service', service: identityOf(row.serviceArn), ...explainFinding(found) }));
}

/** A sweep's findings belong to no service: a filter by name or domain excludes them. */
function isAskedOfSweep({ code, severity, account, region }: SweepFinding, query: FindingQuery): boolean {
  return (
    query.name === undefined &&
    query.domain === undefined &&
    (query.account ?? account) === account &&
    (query.region ?? region) === region &&
    (query.finding ?? code) === code &&
    (query.severity ?? severity) === severity
  );
}

function isAsked(row: ServiceRow, query: Pick<ServiceQuery, 'account' | 'region' | 'name' | 'domain'>): boolean {
  const { account, region, name } = identityOf(row.serviceArn);
  return (
    (query.account === undefined || query.account === account) &&
    (query.region === undefined || query.region === region) &&
    (query.name === undefined || query.name === name) &&
    (query.domain === undefined || domainsOf(row).includes(normalizeName(query.domain)))
  );
}

function isFinding({ code, severity }: OpenFinding, query: Pick<FindingQuery, 'finding' | 'severity'>): boolean {
  return (query.finding ?? code) === code && (query.severity ?? severity) === severity;
}

function summary(row: ServiceRow): ServiceSummary {
  const { phase, findings, updatedAt } = row;
  return {
    ...identityOf(row.serviceArn),
    ...(phase === undefined ? {} : { phase }),
    domains: domainsOf(row),
    findings: findings.map(({ code, severity, domain, message }) => ({
      code,
      severity,
      ...(domain === undefined ? {} : { domain }),
      message,
    })),
    ...(updatedAt === 0 ? {} : { updatedAt: isoTime(updatedAt) }),
  };
}

/** The desired domains, and those with records in the ledger. */
function domainsOf({ desired, ledger }: ServiceRow): readonly string[] {
  const wanted = desired?.kind === 'private' ? desired.domains : [];
  return [...new Set([...wanted, ...Object.keys(ledger.domains)])];
}
