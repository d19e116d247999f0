import type { World } from '../../world.ts';

/** Where a metric is: CloudWatch keeps them apart by account and region. */
export interface MetricPlace {
  readonly account: string;
  readonly region: string;
}

export interface MetricId extends MetricPlace {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** Values of one moment, summed up. */
export interface Datum {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly sum: number;
  readonly count: number;
  readonly minimum: number;
  readonly maximum: number;
}

/** The statistics that alarms and GetMetricStatistics take here. */
export const statistics = ['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum'] as const;
export type Statistic = (typeof statistics)[number];

export interface Metric extends MetricId {
  unit: string;
  /** Oldest first. */
  readonly data: Datum[];
}

/** Milliseconds: the resolution of a metric (documented: standard resolution). */
const MINUTE = 60_000;

/** Documented: "Metrics retention": data points of a minute are kept for 15 days. */
const RETENTION_MS = 15 * 24 * 60 * 60 * 1000;

/** All metrics of all accounts and regions. */
export class Metrics {
  readonly #world: World;
  readonly #metrics = new Map<string, Metric>();
  readonly #listeners = new Set<() => void>();

  constructor(world: World) {
    this.#world = world;
  }

  /** @param values at least one. */
  put(id: MetricId, values: readonly number[], unit = 'None', time = this.#world.clock.now()): void {
    const key = keyOf(id);
    const metric = this.#metrics.get(key) ?? { ...id, unit, data: [] };
    this.#metrics.set(key, metric);
    metric.unit = unit;
    const sum = values.reduce((total, value) => total + value, 0);
    const at = Math.floor(time / MINUTE) * MINUTE;
    const datum = { at, sum, count: values.length, minimum: Math.min(...values), maximum: Math.max(...values) };
    // Nearly always the latest.
    let index = metric.data.length;
    while (index > 0 && (metric.data[index - 1]?.at ?? 0) > at) index--;
    const same = metric.data[index - 1];
    if (same?.at === at) metric.data[index - 1] = merged(same, datum);
    else metric.data.splice(index, 0, datum);
    while ((metric.data[0]?.at ?? at) < at - RETENTION_MS) metric.data.shift();
    for (const listener of this.#listeners) listener();
  }

  find(id: MetricId): Metric | undefined {
    return this.#metrics.get(keyOf(id));
  }

  in({ account, region }: MetricPlace): readonly Metric[] {
    return [...this.#metrics.values()].filter((metric) => metric.account === account && metric.region === region);
  }

  /** Calls `listener` after each datum. */
  onDatum(listener: () => void): void {
    this.#listeners.add(listener);
  }
}

/** What was measured from `from` on and before `until`; `undefined`: nothing. */
export function summary(metric: Metric | undefined, from: number, until: number): Datum | undefined {
  let found: Datum | undefined;
  const data = metric?.data ?? [];
  for (let index = data.length - 1; index >= 0; index--) {
    const datum = data[index];
    if (datum === undefined || datum.at < from) break;
    if (datum.at >= until) continue;
    found = found === undefined ? datum : merged(datum, found);
  }
  return found;
}

function merged(first: Datum, second: Datum): Datum {
  return {
    at: first.at,
    sum: first.sum + second.sum,
    count: first.count + second.count,
    minimum: Math.min(first.minimum, second.minimum),
    maximum: Math.max(first.maximum, second.maximum),
  };
}

export function statisticOf({ sum, count, minimum, maximum }: Datum, statistic: Statistic): number {
  switch (statistic) {
    case 'SampleCount':
      return count;
    case 'Average':
      return sum / count;
    case 'Sum':
      return sum;
    case 'Minimum':
      return minimum;
    case 'Maximum':
      return maximum;
  }
}

function keyOf({ account, region, namespace, name, dimensions }: MetricId): string {
  return JSON.stringify([account, region, namespace, name, Object.entries(dimensions).sort()]);
}
