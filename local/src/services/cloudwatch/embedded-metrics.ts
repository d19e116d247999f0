import type { MetricPlace, Metrics } from './metrics.ts';

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/**
 * Puts the metrics that a log line carries (documented: "Specification: Embedded metric format"). A line that is none, or that
 * is malformed, is a line and nothing else.
 */
export function extractMetrics(line: string, place: MetricPlace, metrics: Metrics): void {
  if (!line.includes('"CloudWatchMetrics"')) return;
  let root: unknown;
  try {
    root = JSON.parse(line);
  } catch {
    return;
  }
  if (!isObject(root) || !isObject(root._aws)) return;
  const { Timestamp: at, CloudWatchMetrics: directives } = root._aws;
  if (typeof at !== 'number') return;
  for (const directive of list(directives).filter(isObject)) {
    const { Namespace: namespace, Dimensions: sets, Metrics: definitions } = directive;
    if (typeof namespace !== 'string') continue;
    for (const set of list(sets)) {
      const dimensions = Object.fromEntries(list(set).map((name) => [String(name), String(root[String(name)])]));
      for (const { Name: name, Unit: unit } of list(definitions).filter(isObject)) {
        const values = [root[String(name)]].flat().filter((value) => typeof value === 'number');
        if (values.length === 0) continue;
        const id = { ...place, namespace, name: String(name), dimensions };
        metrics.put(id, values, typeof unit === 'string' ? unit : 'None', at);
      }
    }
  }
}
