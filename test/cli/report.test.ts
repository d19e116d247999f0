import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { reportCsv } from '../../shared/report/csv.ts';
import type { ReportInput } from '../../shared/report/make.ts';
import type { ServiceRow } from '../../shared/state/row.ts';
import { run, sampleReport, sampleRow } from '../report/sample.ts';
import { type Answer, serve } from './api-server.ts';
import { type } from './command-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'report-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  vi.stubEnv('AWS_REGION', 'ap-northeast-1');
  vi.stubEnv('AWS_ENDPOINT_URL', undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

/** An API whose addresses lead to itself. */
async function api(services = 240, change: Partial<ReportInput> = {}, rows: readonly ServiceRow[] = []) {
  const report = await sampleReport(services, change, rows);
  let url = '';
  const server = await serve(({ path, query, headers }): Answer => {
    if (path === '/report') {
      const location = `${url}/object?format=${query.format}`;
      return { status: 302, location, body: { sweep: run.id, url: location } };
    }
    // An object is read by its address alone.
    if (headers.authorization !== undefined) return { status: 400, body: 'two ways to sign' };
    const texts = { json: JSON.stringify(report), csv: reportCsv(report), html: '<!doctype html>' };
    return { status: 200, type: 'text/plain', body: new Map(Object.entries(texts)).get(query.format ?? '') };
  });
  ({ url } = server);
  return server;
}

describe('report', () => {
  test('prints compliance, costs and an address, and ends with 1 when something could not be read', async () => {
    const { url } = await api();
    const { code, stdout, stderr } = await type(['report', '--api', url]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toContain('the sweep could not read 1 target');
    expect(stdout).toMatch(
      /^report of the sweep 20260101T000000Z-0123abcd, as of 2026-01-01T00:00:00Z\n\nACCOUNT +COMPLIANT +IN PROGRESS +NEEDS A PERSON +NOT MANAGED\n/,
    );
    expect(stdout).toMatch(/\nall +208 +8 +21 +11\n/);
    expect(stdout).toContain('8 endpoints, 204.40 USD a month');
    expect(stdout).toContain('the exception "moves to another platform" ends after 2026-01-12');
    expect(stdout).toContain(`at\n${url}/object?format=html\n`);
    expect((await type(['report', '--by', 'rule', '--api', url])).stdout).toMatch(/\nthe rest +\d+/);
  });

  test('is written to a file, in the format that its name says, and the rest is refused', async () => {
    const { url, asked } = await api(3);
    for (const [name, begins] of [
      ['report.html', '<!doctype'],
      ['report.csv', '"account"'],
      ['report.json', '{"version":1'],
    ] as const) {
      const file = join(folder, name);
      expect(await type(['report', '--output', file, '--api', url])).toMatchObject({
        code: 0,
        stdout: expect.stringContaining(`written to ${file}\n`),
      });
      expect(readFileSync(file, 'utf8')).toMatch(new RegExp(`^${begins}`));
    }
    const before = asked.length;
    expect(await type(['report', '--output', 'report.pdf', '--api', url])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('.html, .csv or .json'),
    });
    expect(await type(['report', '--sweep', 'last', '--api', url])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('the id of a sweep looks like'),
    });
    expect(asked).toHaveLength(before);
  });

  test('says of how many endpoints the cost is not known, and shows no amount of none', async () => {
    const unread = sampleRow(0);
    const row = { ...unread, ledger: { ...unread.ledger, endpoint: { id: 'vpce-unread', vpcId: 'vpc-1' } } };
    const some = await api(3, {}, [row]);
    expect((await type(['report', '--api', some.url])).stdout).toContain(
      '9 endpoints, 204.40 USD a month, traffic not counted; 1 of them not read',
    );
    const none = await api(0, { results: [] }, [row]);
    expect((await type(['report', '--api', none.url])).stdout).toContain('1 endpoint, cost not read\n');
  });

  test('ends with 3 when a service needs a person', async () => {
    const { url } = await api(100);
    expect((await type(['report', '--api', url])).code).toBe(3);
  });

  test('is one object with --json', async () => {
    const { url } = await api(3);
    const { code, stdout } = await type(['report', '--json', '--api', url]);
    expect({ code, report: JSON.parse(stdout) }).toMatchObject({
      code: 0,
      report: { version: 1, services: [{}, {}, {}] },
    });
  });

  test('by unit, where there are no units: says so', async () => {
    const { url } = await api(3, { unitsOf: async () => undefined });
    expect((await type(['report', '--by', 'unit', '--api', url])).stdout).toContain(
      '\nThere are no units: the stack is in no organization,',
    );
  });

  test('that is not there yet: 1, and what to do', async () => {
    const body = {
      type: 'urn:x:report-not-found',
      title: 'Report not found',
      status: 404,
      detail: 'None of the last sweeps has a report.',
      instance: 'urn:request:abc',
      remedy: 'POST /sweeps',
    };
    const { url } = await serve(() => ({ status: 404, type: 'application/problem+json', body }));
    expect(await type(['report', '--api', url])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /^None of the last sweeps has a report\.\nTry again in a minute, or begin a sweep with "sweep --api http\S+"\./,
      ),
    });
  });
});
