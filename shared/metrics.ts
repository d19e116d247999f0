import type { Metrics } from '@aws-lambda-powertools/metrics';
import type { Fleet } from './sweep/fleet.ts';
import type { SweepRun } from './sweep/run.ts';

/** All metrics: a closed list, with their units as CloudWatch writes them. What they mean is in `scripts/docs/metric-meanings.ts`. */
export const metricUnits = {
  Reconciliations: 'Count',
  StatusChecks: 'Count',
  OpenFindings: 'Count',
  FailedReconciliations: 'Count',
  OpenErrorFindings: 'Count',
  LongestNotReady: 'Seconds',
  SweptServices: 'Count',
  SweepDifferences: 'Count',
  SweepFailures: 'Count',
  SweepThrottled: 'Count',
  HeldSweeps: 'Count',
} as const satisfies Readonly<Record<string, 'Count' | 'Seconds'>>;

export type MetricName = keyof typeof metricUnits;

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
  const names = Object.keys(metricUnits).filter((name): name is MetricName => Object.hasOwn(figures, name));
  for (const name of names) metrics.addMetric(name, metricUnits[name], figures[name] ?? 0);
  metrics.publishStoredMetrics();
}
