import { DAY, MINUTE } from '../../shared/duration.ts';
import { finding } from '../../shared/findings.ts';
import type { Phase } from '../../shared/plan/plan.ts';
import type { Policy } from '../../shared/policy/policy.ts';
import { makeReport, type ReportInput } from '../../shared/report/make.ts';
import type { Report } from '../../shared/report/report.ts';
import { initialState, type ServiceRow } from '../../shared/state/row.ts';
import type { SweepRun } from '../../shared/sweep/run.ts';
import { START, wantsPrivate } from '../fixtures.ts';
import { answer } from '../sweep/answer.ts';

export const ACCOUNTS = ['111111111111', '222222222222', '333333333333', '444444444444'];
const SANDBOX = '333333333333';
const REGIONS = ['ap-northeast-1', 'eu-west-1'];

const ROOT = 'r-ab12';
const UNITS: Readonly<Record<string, readonly string[]>> = {
  '111111111111': ['ou-ab12-workloads', ROOT],
  '222222222222': ['ou-ab12-payments', 'ou-ab12-workloads', ROOT],
  '333333333333': ['ou-ab12-sandbox', ROOT],
};

const policy: Policy = {
  accounts: { kind: 'organization', units: [], except: [] },
  regions: REGIONS,
  networks: [],
  zones: [],
  rules: [
    {
      name: 'sandbox by tag',
      match: { units: ['ou-ab12-sandbox'] },
      enforcement: 'by-tag',
      mode: 'enforce',
      domains: [],
    },
    { name: 'payments', match: { accounts: ['222222222222'] }, enforcement: 'required', mode: 'enforce', domains: [] },
    { name: 'the rest', match: {}, enforcement: 'required', mode: 'audit', domains: [] },
  ],
  exceptions: [
    { match: { services: ['*-7'] }, reason: 'moves to another platform', until: '2026-01-12' },
    { match: { services: ['*-13'] }, reason: 'partner calls it publicly', until: '2026-06-30' },
  ],
  limits: { changes: {}, detaches: {} },
};

export const run: SweepRun = {
  id: '20260101T000000Z-0123abcd',
  status: 'done',
  startedAt: START - MINUTE,
  endedAt: START,
  by: 'schedule',
  targets: ACCOUNTS.flatMap((account) => REGIONS.map((region) => `${account}/${region}`)),
  answered: 8,
  failures: [],
};

const NAMES = ['orders', 'checkout', 'catalog', 'search', 'invoices', 'sessions', 'gateway', 'reports'];

/** The row of one service in a large installation; which of its states follows from its number. */
export function sampleRow(index: number, change: Partial<ServiceRow> = {}): ServiceRow {
  const account = ACCOUNTS[index % ACCOUNTS.length] ?? '';
  const region = REGIONS[Math.floor(index / ACCOUNTS.length) % REGIONS.length] ?? '';
  const name = `${NAMES[index % NAMES.length]}-${index}`;
  const serviceArn = `arn:aws:apprunner:${region}:${account}:service/${name}/${index.toString(16).padStart(32, '0')}`;
  const domain = `${name}.example.com`;
  const kind =
    index % 23 === 5
      ? 'blocked'
      : index % 31 === 7
        ? 'waiting-for-certificate'
        : index % 17 === 3
          ? 'detached'
          : 'ready';
  const endpoint = `vpce-${(index % 8).toString(16).padStart(17, '0')}`;
  const message = `Not done, because the rule "the rest" applies, and its mode is audit: make the service private.`;
  return {
    ...initialState,
    ...{
      serviceArn,
      generation: 3,
      seenGeneration: 3,
      token: undefined,
      updatedAt: START - (index % 60) * MINUTE,
      requests: [],
    },
    phase: kind satisfies Phase,
    desired:
      kind === 'detached'
        ? { kind: 'detached', reason: 'disabled', restorePublic: false }
        : wantsPrivate({ domains: [domain] }),
    ledger: {
      ...initialState.ledger,
      ...(kind === 'detached'
        ? {}
        : { endpoint: { id: endpoint, vpcId: `vpc-${(index % 8).toString(16).padStart(17, '0')}` } }),
    },
    proof:
      kind === 'ready'
        ? { kind: index % 5 === 0 ? 'resolves' : 'verified', at: START, verifiedAt: START - MINUTE }
        : undefined,
    findings:
      kind === 'blocked'
        ? [
            { ...finding('audit', { resource: serviceArn, message }), since: START - 3 * DAY },
            ...(index % 2 === 0
              ? [
                  {
                    ...finding('domain-not-allowed', {
                      resource: serviceArn,
                      domain,
                      message: `${domain} matches no name that services here may have.`,
                    }),
                    since: START - DAY,
                  },
                ]
              : []),
          ]
        : [],
    waits: [],
    ...change,
  };
}

async function* rowsOf(rows: readonly ServiceRow[]): AsyncGenerator<ServiceRow> {
  yield* rows;
}

/** A report of so many services, and what a sweep found beside them. */
export function sampleReport(
  count: number,
  change: Partial<ReportInput> = {},
  extra: readonly ServiceRow[] = [],
): Promise<Report> {
  const rows = [...Array.from({ length: count }, (_, index) => sampleRow(index)), ...extra];
  const ids = (target: string) =>
    rows.filter(({ serviceArn }) => serviceArn.includes(target.split('/').toReversed().join(':')));
  // Of services that no rule requires to be private, a large installation has some that are not managed.
  const others = (target: string) =>
    Array.from({ length: count >= 100 && target.startsWith(SANDBOX) ? 4 : 0 }, (_, other) => ({
      serviceArn: `arn:aws:apprunner:${target.split('/').toReversed().join(':')}:service/other-${other}/${'f'.repeat(31)}${other}`,
      tags: {},
    }));
  const results = run.targets.map((target, place) =>
    answer(target, {
      serviceIds: [
        ...ids(target).map(({ serviceArn }) => serviceArn.slice(-32)),
        ...others(target).map(({ serviceArn }) => serviceArn.slice(-32)),
      ],
      withoutRow: others(target),
      endpoints: [
        {
          id: `vpce-${place.toString(16).padStart(17, '0')}`,
          vpcId: `vpc-${place.toString(16).padStart(17, '0')}`,
          interfaces: 2 + (place % 2),
        },
      ],
      differences: ids(target)
        .filter(({ phase }) => phase === 'blocked')
        .slice(0, 3)
        .map(({ serviceArn }) => ({
          serviceArn,
          would: 'change' as const,
          phase: 'attaching' as const,
          what: ['make the service private', 'associate the domain'],
        })),
      ...(place === 5 && count >= 200
        ? {
            failures: [
              {
                code: 'role-refused' as const,
                resource: target,
                message: 'AccessDenied: not authorized to perform sts:AssumeRole',
              },
            ],
          }
        : {}),
    }),
  );
  return makeReport(rowsOf(rows), {
    now: START,
    installation: '999999999999/ap-northeast-1/apprunner-private-ingress-main',
    inForce: { from: 'file', policy },
    run,
    results,
    unitsOf: async (account) => UNITS[account],
    endpointHourlyPrice: 0.014,
    ...change,
  });
}
