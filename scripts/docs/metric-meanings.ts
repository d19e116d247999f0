import type { MetricName } from '../../shared/metrics.ts';

interface MetricMeaning {
  readonly meaning: string;
  /** Which statistic is meaningful. */
  readonly read: string;
}

/** What `docs/metrics.md` says of each metric; the functions do without it. */
export const metricMeanings: Readonly<Record<MetricName, MetricMeaning>> = {
  Reconciliations: {
    meaning: 'One for each reconciliation that observed the whole service and executed its plan.',
    read: '`Sum`. It rises with events and sweeps; much more than that means that something is retried again and again.',
  },
  StatusChecks: {
    meaning: 'One for each reconciliation that only checked the statuses it waits for, and found none changed.',
    read: '`Sum`. The cost of waiting; none while every service is ready.',
  },
  OpenFindings: {
    meaning: 'At each reconciliation that observed the whole service, the number of its findings, of every severity.',
    read: '`Maximum`: the most that any one service has. A sum would count a finding once for each reconciliation.',
  },
  FailedReconciliations: {
    meaning:
      'One for each reconciliation that failed and whose message SQS redelivers. Lambda’s `Errors` does not count them: they are failed items of a batch.',
    read: '`Sum`. A few pass by themselves; one that goes on ends in the dead-letter queue.',
  },
  OpenErrorFindings: {
    meaning: 'At the begin of each sweep, the number of open findings of the severity `error`, of all services.',
    read: '`Maximum`. Above zero, a person is needed.',
  },
  LongestNotReady: {
    meaning:
      'At the begin of each sweep, for how long the service is not ready that is so for the longest. Detached and released services do not count.',
    read: '`Maximum`. A certificate may take a day; more than that means that something is stuck.',
  },
  SweptServices: {
    meaning:
      'At the end of each sweep, the number of services that exist in all accounts and regions that could be read.',
    read: '`Maximum`. If it falls without a reason, accounts are missing from the sweep.',
  },
  SweepDifferences: {
    meaning: 'At the end of each sweep, the number of services that are out of sync, or whose row is out of date.',
    read: '`Maximum`. If it is often above zero, events do not arrive.',
  },
  SweepFailures: {
    meaning: 'At the end of each sweep, the number of accounts, regions and services that could not be read.',
    read: '`Maximum`. Above zero: the sweep names them, see `docs/sweep.md`.',
  },
  SweepThrottled: {
    meaning: 'At the end of each sweep, the number of its failures that are AWS throttling the calls.',
    read: '`Maximum`. Above zero, another program uses up the rates of the account, or its quotas are low.',
  },
  HeldSweeps: {
    meaning:
      'At the end of each sweep, one if it plans more changes than the limits of the policy allow, and waits for confirmation; zero once it is confirmed.',
    read: '`Maximum`. Above zero, a person has to confirm or change the policy.',
  },
};
