import type { Metrics } from '@aws-lambda-powertools/metrics';
import type { Run } from './sweep/run.ts';

interface MetricDefinition {
  /** As CloudWatch writes it. */
  readonly unit: 'Count';
  readonly meaning: string;
  /** Which statistic says something. */
  readonly read: string;
}

/** Every metric there is: a closed list, from which `docs/metrics.md` is generated. */
export const metricDefinitions = {
  FullPasses: {
    unit: 'Count',
    meaning: 'One for each look at everything about a service, with all that could be done now done.',
    read: '`Sum`. It rises with events and sweeps; much more than that means that something is tried again and again.',
  },
  QuietPasses: {
    unit: 'Count',
    meaning: 'One for each pass that only asked whether what is waited for has happened, and it had not.',
    read: '`Sum`. It is the price of waiting; none while everything is settled.',
  },
  OpenFindings: {
    unit: 'Count',
    meaning: 'At each pass, the number of findings of the service that was looked at, of every severity.',
    read: '`Maximum`: the most that any one service has. A sum would count a finding once for each pass.',
  },
  SweptServices: {
    unit: 'Count',
    meaning:
      'At the end of each sweep, the number of services that exist in all accounts and regions that could be read.',
    read: '`Maximum`. When it falls without a reason, accounts are not looked at any more.',
  },
  SweepDifferences: {
    unit: 'Count',
    meaning: 'At the end of each sweep, the number of services that are not as they should be, or not as was noted.',
    read: '`Maximum`. More than now and then means that events do not arrive.',
  },
  SweepFailures: {
    unit: 'Count',
    meaning: 'At the end of each sweep, the number of accounts, regions and services that could not be looked at.',
    read: '`Maximum`. Anything above zero: see `docs/sweep.md`, and the sweep itself for which.',
  },
  HeldSweeps: {
    unit: 'Count',
    meaning:
      'At the end of each sweep, one if it wanted more changes than the limits of the policy allow, and waits to be confirmed.',
    read: '`Maximum`. Anything above zero wants a person.',
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;

export type MetricName = keyof typeof metricDefinitions;

/** What is measured of a sweep that has ended. */
export function measureRun({ summary, status }: Run, metrics: Metrics): void {
  if (summary === undefined) return;
  const figures = {
    SweptServices: summary.services,
    SweepDifferences: summary.differing,
    SweepFailures: summary.failureCount,
    HeldSweeps: status === 'held' ? 1 : 0,
  } as const satisfies Partial<Record<MetricName, number>>;
  for (const [name, value] of Object.entries(figures)) metrics.addMetric(name, 'Count', value);
  metrics.publishStoredMetrics();
}
