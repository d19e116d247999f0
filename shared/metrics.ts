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
} as const satisfies Readonly<Record<string, MetricDefinition>>;

export type MetricName = keyof typeof metricDefinitions;
