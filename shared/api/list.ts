import type { z } from 'zod';
import { explainFinding, isoTime } from '../explain/explain.ts';
import type { OpenFinding } from '../findings.ts';
import { normalizeName } from '../records/names.ts';
import { parseServiceArn } from '../service-arn.ts';
import type { Row } from '../state/row.ts';
import type { findingPage, servicePage } from './answers.ts';
import { pageOf } from './pages.ts';
import type { ApiParts } from './parts.ts';
import type { findingQuery, serviceQuery } from './requests.ts';
import type { Input } from './router.ts';
import type { ServiceSummary } from './service-schemas.ts';

type ServiceQuery = z.output<typeof serviceQuery>;
type FindingQuery = z.output<typeof findingQuery>;
type Asked<Query> = Input<unknown, Query, unknown>;

/** The services that are known, those that pass every filter. */
export async function listServices(
  { query }: Asked<ServiceQuery>,
  { register }: Pick<ApiParts, 'register'>,
): Promise<z.input<typeof servicePage>> {
  const { items, ...next } = await pageOf(register, query, (row) => {
    const { phase, finding, severity } = query;
    const fits =
      isAsked(row, query) &&
      (phase === undefined || row.phase === phase) &&
      ((finding === undefined && severity === undefined) || row.findings.some((one) => isFinding(one, query)));
    return fits ? [summary(row)] : [];
  });
  return { services: items, ...next };
}

/** The open findings of all services, those that pass every filter. */
export async function listFindings(
  { query }: Asked<FindingQuery>,
  { register }: Pick<ApiParts, 'register'>,
): Promise<z.input<typeof findingPage>> {
  const { items, ...next } = await pageOf(register, query, (row) => {
    // A finding about a domain has to be about the one asked for.
    const domain = query.domain === undefined ? undefined : normalizeName(query.domain);
    if (!isAsked(row, { ...query, domain: undefined })) return [];
    return row.findings
      .filter((found) => isFinding(found, query) && (domain === undefined || found.domain === domain))
      .map((found) => ({ service: identityOf(row), ...explainFinding(found) }));
  });
  return { findings: items, ...next };
}

function isAsked(row: Row, query: Pick<ServiceQuery, 'account' | 'region' | 'name' | 'domain'>): boolean {
  const { account, region, name } = identityOf(row);
  return (
    (query.account === undefined || query.account === account) &&
    (query.region === undefined || query.region === region) &&
    (query.name === undefined || query.name === name) &&
    (query.domain === undefined || domainsOf(row).includes(normalizeName(query.domain)))
  );
}

function isFinding({ code, severity }: OpenFinding, query: Pick<ServiceQuery, 'finding' | 'severity'>): boolean {
  return (query.finding ?? code) === code && (query.severity ?? severity) === severity;
}

function summary(row: Row): ServiceSummary {
  const { phase, findings, updatedAt } = row;
  return {
    ...identityOf(row),
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

/** Those that are wanted, and those of which something that was written is left. */
function domainsOf({ desired, written }: Row): readonly string[] {
  const wanted = desired?.kind === 'private' ? desired.domains : [];
  return [...new Set([...wanted, ...Object.keys(written.domains)])];
}

function identityOf({ serviceArn }: Row) {
  const service = parseServiceArn(serviceArn);
  if (service === undefined) throw new Error(`the table has a row of ${serviceArn}, which is not a service`);
  const { account, region, name, id, arn } = service;
  return { account, region, name, id, arn };
}
