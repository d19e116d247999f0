import type { z } from 'zod';
import { parseServiceArn, type ServiceIdentity } from '../service-arn.ts';
import type { ServiceRow } from '../state/row.ts';
import type { ApiDependencies } from './dependencies.ts';
import { problemOf } from './failure.ts';
import { keptBy } from './kept.ts';
import { RequestProblem } from './problems.ts';
import type { ServiceExplanation, servicePath } from './service-schemas.ts';

type ServicePath = z.output<typeof servicePath>;

/** App Runner is in no other partition. */
const arnAt = ({ account, region, name, id }: ServicePath): string =>
  `arn:aws:apprunner:${region}:${account}:service/${name}/${id}`;

export function serviceAt(path: ServicePath): ServiceIdentity {
  const arn = arnAt(path);
  const service = parseServiceArn(arn);
  if (service === undefined) throw new Error(`${arn} is not the ARN of a service, and its parts have been checked`);
  return service;
}

/** @throws Error for what is not the ARN of a service: rows have only such keys. */
export function identityOf(serviceArn: string) {
  const service = parseServiceArn(serviceArn);
  if (service === undefined) throw new Error(`The row ${serviceArn} is not the ARN of a service.`);
  const { account, region, name, id, arn } = service;
  return { account, region, name, id, arn };
}

/** The ARN of the service that a path of a request names, if it does. */
export function serviceArnIn(path: string): string | undefined {
  const [, account = '', region = '', name = '', id = ''] =
    /^\/services\/(\d{12})\/([^/]+)\/([^/]+)\/([^/]+)/.exec(path) ?? [];
  return parseServiceArn(arnAt({ account, region, name, id }))?.arn;
}

/** Path of a service in this API. */
export function pathOf({ account, region, name, id }: ServicePath): string {
  return `/services/${account}/${region}/${name}/${id}`;
}

/** @throws RequestProblem when its account or region is out of scope. */
export async function refuseOutOfScope(service: ServiceIdentity, dependencies: ApiDependencies): Promise<void> {
  const why = await dependencies.whyOutOfScope(service);
  if (why !== undefined) throw new RequestProblem('out-of-scope', `${why}.`);
}

/** @throws RequestProblem when there is no such service, and never was as far as is known. */
export async function explainKnown(
  service: ServiceIdentity,
  dependencies: ApiDependencies,
): Promise<ServiceExplanation> {
  const row = await dependencies.store.get(service.arn);
  // What left the scope can be read as long as it has records.
  if (Object.keys(row?.ledger.domains ?? {}).length === 0) await refuseOutOfScope(service, dependencies);
  const explanation = await dependencies.explain(service, row).catch((error: unknown) => {
    throw unread(service, row, problemOf(error));
  });
  // A connection of ours may have outlived the service.
  const isNothing =
    explanation.service.status === 'deleted' && explanation.actions.length + explanation.waits.length === 0;
  if (row === undefined && isNothing) throw notFound(service, row);
  return { ...explanation, ...(await keptBy(dependencies, service)) };
}

/** AWS could not be read: which service it was about, and what was known of it last. */
function unread({ arn }: ServiceIdentity, row: ServiceRow | undefined, said: RequestProblem): RequestProblem {
  if (!said.problem.startsWith('aws-')) return said;
  const { problem, message, remedy, headers } = said;
  const detail = `AWS could not be read for ${arn}: ${message} ${lastKnown(row)}`;
  return new RequestProblem(problem, detail, { remedy, headers, cause: said.cause });
}

function lastKnown(row: ServiceRow | undefined): string {
  if (row === undefined || row.phase === undefined) return 'The stack has not reconciled the service yet.';
  const { phase, findings, updatedAt } = row;
  const codes = findings.map(({ code }) => code).join(', ');
  return `The last reconciliation (${new Date(updatedAt).toISOString()}) left it ${phase}, with ${codes === '' ? 'no finding' : `the findings ${codes}`}.`;
}

export function notFound({ arn }: ServiceIdentity, row: ServiceRow | undefined): RequestProblem {
  const detail =
    row === undefined
      ? `App Runner neither describes nor lists ${arn}.`
      : `${arn} is deleted; its row can still be read.`;
  return new RequestProblem('service-not-found', detail);
}
