import { type ApiClient, dataOf, type Schemas } from './client.ts';
import type { Query } from './paths.ts';

/** The filters of a listing. Its pages stay in this file. */
type ServiceFilter = Omit<Query<'listServices'>, 'cursor' | 'limit'>;
type FindingFilter = Omit<Query<'listFindings'>, 'cursor' | 'limit'>;

/** Every known service that matches the filter. */
export async function services(
  client: ApiClient,
  filter: ServiceFilter,
): Promise<readonly Schemas['ServiceSummary'][]> {
  const all = await pages((at) => dataOf(client.GET('/services', { params: { query: { ...filter, ...at } } })));
  return all.flatMap((page) => page.services);
}

/** A finding of a service, or of the latest sweep. */
export type AnyFinding = Schemas['FindingPage']['findings'][number];

/** Every open finding that matches the filter. */
export async function findings(client: ApiClient, filter: FindingFilter): Promise<readonly AnyFinding[]> {
  const all = await pages((at) => dataOf(client.GET('/findings', { params: { query: { ...filter, ...at } } })));
  return all.flatMap((page) => page.findings);
}

/** The last sweeps, the latest first. @param count 1 to 100. */
export async function sweeps(client: ApiClient, count: number): Promise<readonly Schemas['SweepSummary'][]> {
  return (await dataOf(client.GET('/sweeps', { params: { query: { limit: count } } }))).sweeps;
}

/** The most items of a page. */
const LIMIT = 100;

async function pages<Page extends { readonly next?: string }>(
  ask: (at: { readonly limit: number; readonly cursor?: string }) => Promise<Page>,
): Promise<readonly Page[]> {
  const all: Page[] = [];
  let cursor: string | undefined;
  do {
    const page = await ask({ limit: LIMIT, ...(cursor === undefined ? {} : { cursor }) });
    all.push(page);
    cursor = page.next;
  } while (cursor !== undefined);
  return all;
}
