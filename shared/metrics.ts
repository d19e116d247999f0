import type { Metrics } from '@aws-lambda-powertools/metrics';
import type { Fleet } from './sweep/fleet.ts';
import type { SweepRun } from './sweep/run.ts';

interface MetricDefinition {
  /** As CloudWatch writes it. */
  readonly unit: 'Count' | 'Seconds';
  readonly meaning: string;
  /** Which statistic is meaningful. */
  readonly read: string;
}

/** All metrics: a closed list, from which `docs/metrics.md` is generated. */
export const metricDefinitions = {
  Reconciliations: {
    unit: 'Count',
    meaning: 'One for each reconciliation that observed the whole service and executed its plan.',
    read: '`Sum`. It rises with events and sweeps; much more than that means that something is retried again and again.',
  },
  StatusChecks: {
    unit: 'Count',
    meaning: 'One for each reconciliation that only checked the statuses it waits for, and found none changed.',
    read: '`Sum`. The cost of waiting; none while every service is ready.',
  },
  OpenFindings: {
    unit: 'Count',
    meaning: 'At each reconciliation that observed the whole service, the number of its findings, of every severity.',
    read: '`Maximum`: the most that any one service has. A sum would count a finding once for each reconciliation.',
  },
  FailedReconciliations: {
    unit: 'Count',
    meaning:
      'One for each reconciliation that failed and whose message SQS redelivers. Lambda’s `Errors` does not count them: they are failed items of a batch.',
    read: '`Sum`. A few pass by themselves; one that goes on ends in the dead-letter queue.',
  },
  OpenErrorFindings: {
    unit: 'Count',
    meaning: 'At the begin of each sweep, the number of open findings of the severity `error`, of all services.',
    read: '`Maximum`. Above zero, a person is needed.',
  },
  LongestNotReady: {
    unit: 'Seconds',
    meaning:
      'At the begin of each sweep, for how long the service is not ready that is so for the longest. Detached and released services do not count.',
    read: '`Maximum`. A certificate may take a day; more than that means that something is stuck.',
  },
  SweptServices: {
    unit: 'Count',
    meaning:
      'At the end of each sweep, the number of services that exist in all accounts and regions that could be read.',
    read: '`Maximum`. If it falls without a reason, accounts are missing from the sweep.',
  },
  SweepDifferences: {
    unit: 'Count',
    meaning: 'At the end of each sweep, the number of services that are out of sync, or whose row is out of date.',
    read: '`Maximum`. If it is often above zero, events do not arrive.',
  },
  SweepFailures: {
    unit: 'Count',
    meaning: 'At the end of each sweep, the number of accounts, regions and services that could not be read.',
    read: '`Maximum`. Above zero: the sweep names them, see `docs/sweep.md`.',
  },
  SweepThrottled: {
    unit: 'Count',
    meaning: 'At the end of each sweep, the number of its failures that are AWS throttling the calls.',
    read: '`Maximum`. Above zero, another program uses up the rates of the account, or its quotas are low.',
  },
  HeldSweeps: {
    unit: 'Count',
    meaning:
      'At the end of each sweep, one if it plans more changes than the limits of the policy allow, and waits for confirmation; zero once it is confirmed.',
    read: '`Maximum`. Above zero, a person has to confirm or change the policy.',
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;

export type MetricName = keyof typeof metricDefinitions;

/** The metrics of an ended sweep. */
export function measureRun({ summary, status }: SweepRun, metrics: Metrics): void {
  if (summary === undefined) return;
  const figures = {
    SweptServices: summary.services,
    SweepDifferences: summary.differing,
    SweepFailures: summary.failureCount,
    SweepThrottled: summary.failures.filter(({ code }) => code === 'throttled').length,
    HeldSweeps: status === 'held' ? 1 : 0,
  } as const satisfies Partial<Record<MetricName, number>>;
  publish(figures, metrics);
}

/** What the rows say at the begin of a sweep. */
export function measureFleet({ errorFindings, longestNotReady }: Fleet, metrics: Metrics): void {
  publish({ OpenErrorFindings: errorFindings, LongestNotReady: longestNotReady }, metrics);
}

function publish(figures: Partial<Record<MetricName, number>>, metrics: Metrics): void {
  const names = Object.keys(metricDefinitions).filter((name): name is MetricName => Object.hasOwn(figures, name));
  for (const name of names) metrics.addMetric(name, metricDefinitions[name].unit, figures[name] ?? 0);
  metrics.publishStoredMetrics();
}
