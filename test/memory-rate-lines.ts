import type { RateLines } from '../shared/aws/rate-budget.ts';

/** The lines of `shared/state/dynamodb-rates.ts`, in memory. */
export function memoryRateLines(): RateLines {
  const lines = new Map<string, number>();
  return {
    async reserve({ bucket, rate, calls, now, longestLine }) {
      const from = Math.max(lines.get(bucket) ?? Number.NEGATIVE_INFINITY, now - (rate.burst / rate.perSecond) * 1000);
      if (from > now + longestLine) return { kind: 'full', until: from - longestLine };
      lines.set(bucket, from + (calls / rate.perSecond) * 1000);
      return { kind: 'reserved', from };
    },
  };
}
