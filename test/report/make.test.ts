import { describe, expect, it, test } from 'vitest';
import { finding } from '../../shared/findings.ts';
import { complianceOf } from '../../shared/report/compliance.ts';
import { csvCell, reportCsv } from '../../shared/report/csv.ts';
import { START, wantsPrivate } from '../fixtures.ts';
import { answer } from '../sweep/answer.ts';
import { ACCOUNTS, run, sampleReport, sampleRow } from './sample.ts';

const [FIRST = ''] = ACCOUNTS;

describe('compliance', () => {
  const error = { ...finding('vpc-not-found', { resource: 'x', message: 'no VPC' }), since: START };
  const warning = { ...finding('audit', { resource: 'x', message: 'kept' }), since: START };
  const detached = { kind: 'detached', reason: 'disabled', restorePublic: false } as const;
  const base = { phase: 'ready', desired: wantsPrivate(), findings: [] } as const;

  test.each([
    ['ready', {}, 'required', 'compliant'],
    ['ready, not verified', { phase: 'ready-unverified' }, 'by-tag', 'compliant'],
    ['ready with a warning', { findings: [warning] }, 'required', 'compliant'],
    ['ready with an error', { findings: [error] }, 'required', 'non-compliant'],
    ['on its way', { phase: 'waiting-for-certificate' }, 'required', 'in-progress'],
    ['kept by audit', { phase: 'blocked', findings: [warning] }, 'required', 'non-compliant'],
    ['degraded', { phase: 'degraded' }, 'by-tag', 'non-compliant'],
    ['not read for an hour', { phase: 'unknown' }, 'by-tag', 'non-compliant'],
    ['detached by its tag', { phase: 'detached', desired: detached }, 'by-tag', 'not-managed'],
    ['detached, and required', { phase: 'detached', desired: detached }, 'required', 'non-compliant'],
    ['being detached', { phase: 'detaching', desired: detached }, 'by-tag', 'in-progress'],
    ['released', { phase: 'released', desired: { kind: 'released' } }, 'ignored', 'not-managed'],
    ['with an invalid tag', { phase: 'blocked', desired: { kind: 'unclear' } }, 'by-tag', 'non-compliant'],
    ['never reconciled', { phase: undefined, desired: undefined }, 'required', 'in-progress'],
    ['not managed, without a row', { phase: undefined, desired: { kind: 'unmanaged' } }, 'by-tag', 'not-managed'],
    ['never read', { phase: 'unknown', desired: undefined }, 'by-tag', 'non-compliant'],
    ['with a row that cannot be read', { unreadable: 'damaged' }, 'by-tag', 'non-compliant'],
  ] as const)('a service that is %s', (_, change, enforcement, expected) => {
    expect(complianceOf({ ...base, ...change }, enforcement)).toBe(expected);
  });
});

describe('a report', () => {
  it('counts every service once, by account, unit, region and rule, the worst group first', async () => {
    const { totals, compliance, services } = await sampleReport(120);
    const { unread, ...counts } = totals;
    const total = Object.values(counts).reduce((sum, one) => sum + one, 0);
    // It has services all the same.
    expect(unread).toBe(0);
    // Eight have no row.
    expect({ listed: services.length, total }).toEqual({ listed: 128, total: 128 });
    expect(services.filter(({ updatedAt }) => updatedAt === undefined)).toHaveLength(8);
    expect(services.find(({ name }) => name === 'other-0')).toMatchObject({
      ...{ compliance: 'not-managed', rule: 'sandbox by tag', enforcement: 'by-tag', findings: [] },
    });
    const sizes = (groups: typeof compliance.account) =>
      groups.map((one) => [one.name, one.compliant + one['in-progress'] + one['non-compliant'] + one['not-managed']]);
    expect(Object.fromEntries(sizes(compliance.account))).toEqual(
      Object.fromEntries(ACCOUNTS.map((account) => [account, account === '333333333333' ? 38 : 30])),
    );
    expect(compliance.rule.map(({ name }) => name).toSorted()).toEqual(['payments', 'sandbox by tag', 'the rest']);
    // An account counts in every unit above it; the fourth account is in none that is known.
    expect(Object.fromEntries(sizes(compliance.unit))).toMatchObject({
      'r-ab12': 30 + 30 + 38,
      'ou-ab12-workloads': 30 + 30,
    });
    const worst = compliance.account.map((one) => one['non-compliant']);
    expect(worst).toEqual(worst.toSorted((a, b) => b - a));
  });

  it('counts an account and region that could not be read, of which nothing is known, as such', async () => {
    const [here = '', ...others] = run.targets;
    const refused = { code: 'role-refused' as const, resource: here, message: 'AccessDenied' };
    const results = [answer(here, { failures: [refused] }), ...others.map((target) => answer(target))];
    const { totals, compliance } = await sampleReport(0, { results });
    expect(totals).toEqual({ compliant: 0, 'in-progress': 0, 'non-compliant': 0, 'not-managed': 0, unread: 1 });
    expect(compliance.account).toMatchObject([{ name: FIRST, unread: 1 }]);
    expect(compliance.unit.map(({ name, unread }) => [name, unread])).toEqual([
      ['ou-ab12-workloads', 1],
      ['r-ab12', 1],
    ]);
  });

  it('has exceptions with the days they hold and the services they apply to', async () => {
    const { exceptions, services } = await sampleReport(120);
    expect(exceptions).toEqual([
      {
        state: 'in-force',
        reason: 'moves to another platform',
        until: '2026-01-12',
        daysLeft: 12,
        isEnding: true,
        services: expect.any(Number),
      },
      {
        state: 'in-force',
        reason: 'partner calls it publicly',
        until: '2026-06-30',
        daysLeft: 181,
        isEnding: false,
        services: expect.any(Number),
      },
    ]);
    expect(services.find(({ name }) => name.endsWith('-13'))).toMatchObject({
      enforcement: 'by-tag',
      exception: { until: '2026-06-30' },
    });
  });

  it('has endpoints with their cost, and says what it does not know of one', async () => {
    const elsewhere = sampleRow(0);
    const row = { ...elsewhere, ledger: { ...elsewhere.ledger, endpoint: { id: 'vpce-unread', vpcId: 'vpc-1' } } };
    const { endpoints, usdPerMonth } = await sampleReport(0, {}, [row]);
    expect(endpoints.at(-1)).toEqual({
      id: 'vpce-unread',
      account: FIRST,
      region: 'ap-northeast-1',
      vpc: 'vpc-1',
      services: 1,
    });
    expect(endpoints[0]).toMatchObject({ services: 0, interfaces: 2, usdPerMonth: 2 * 0.014 * 730 });
    expect(usdPerMonth).toBeCloseTo((4 * 2 + 4 * 3) * 0.014 * 730);
  });

  it('has what the sweep wanted, did and could not, also of services without a row', async () => {
    const serviceArn = `arn:aws:apprunner:eu-west-1:${FIRST}:service/brand-new/0123456789abcdef0123456789abcdef`;
    const outOfScope = [{ serviceArn, would: 'release' as const, phase: 'unknown' as const, what: ['left the scope'] }];
    const { sweep, services } = await sampleReport(200, { run: { ...run, outOfScope } });
    expect(services.find(({ arn }) => arn === serviceArn)).toMatchObject({
      compliance: 'in-progress',
      wanted: { would: 'release' },
    });
    expect(sweep).toMatchObject({
      id: run.id,
      status: 'done',
      wanted: { release: 1 },
      answered: 8,
      targets: 8,
    });
    expect(sweep.failures).toMatchObject([
      { code: 'role-refused', severity: 'error', remedy: expect.stringContaining('Deploy the member template') },
    ]);
  });

  it('leaves out deleted services of which nothing is left', async () => {
    const gone = { kind: 'detached', reason: 'service-deleted', restorePublic: false } as const;
    const { services } = await sampleReport(0, {}, [
      sampleRow(0, { phase: 'detached', desired: gone, findings: [] }),
      sampleRow(1, { phase: 'blocked', desired: gone }),
    ]);
    expect(services.map(({ name }) => name)).toEqual(['checkout-1']);
  });
});

describe('CSV', () => {
  test.each([
    ['plain', '"plain"'],
    ['with "quotes", commas', '"with ""quotes"", commas"'],
    ['two\nlines', '"two\nlines"'],
    ['=HYPERLINK("http://x")', `"'=HYPERLINK(""http://x"")"`],
    ['+1', `"'+1"`],
    ['-1', `"'-1"`],
    ['@SUM(A1)', `"'@SUM(A1)"`],
    ['\tx', `"'\tx"`],
    ['\rx', `"'\rx"`],
    [' =1', `"' =1"`],
    ['＝1', `"'＝1"`],
    ['a=1', '"a=1"'],
  ])('%j', (value, cell) => {
    expect(csvCell(value)).toBe(cell);
  });

  it('has one row for each service, and a row of titles', async () => {
    const report = await sampleReport(3);
    const lines = reportCsv(report).split('\r\n');
    expect(lines).toHaveLength(5);
    expect(lines[0]).toMatch(/^"account","region","unit","name","compliance","phase","rule"/);
    expect(lines[1]).toMatch(
      /^"111111111111","ap-northeast-1","ou-ab12-workloads","orders-0","compliant","ready","the rest","required"/,
    );
  });
});
