import { describe, expect, it } from 'vitest';
import { parseSchedule } from '../../src/services/eventbridge/schedule.ts';

/** A Thursday. */
const NOW = '2026-01-01T00:07:30Z';

describe('schedule expressions', () => {
  it.each([
    ['rate(1 minute)', '2026-01-01T00:08:30Z'],
    ['rate(15 minutes)', '2026-01-01T00:22:30Z'],
    ['rate(1 hour)', '2026-01-01T01:07:30Z'],
    ['rate(2 days)', '2026-01-03T00:07:30Z'],
    ['cron(* * * * ? *)', '2026-01-01T00:08:00Z'],
    ['cron(0/15 * * * ? *)', '2026-01-01T00:15:00Z'],
    ['cron(5 0 * * ? *)', '2026-01-02T00:05:00Z'],
    ['cron(0 12 ? * MON-FRI *)', '2026-01-01T12:00:00Z'],
    ['cron(0 12 ? * SUN *)', '2026-01-04T12:00:00Z'],
    ['cron(0 12 ? * 1 *)', '2026-01-04T12:00:00Z'],
    ['cron(30 8,20 1 FEB ? *)', '2026-02-01T08:30:00Z'],
    ['cron(0 0 L * ? *)', '2026-01-31T00:00:00Z'],
    ['cron(0 0 29 2 ? *)', '2028-02-29T00:00:00Z'],
    ['cron(0 0 1 1 ? 2027)', '2027-01-01T00:00:00Z'],
  ])('%s fires next at %s', (expression, expected) => {
    const next = parseSchedule(expression)?.(Date.parse(NOW));
    expect(new Date(next ?? Number.NaN).toISOString()).toBe(new Date(expected).toISOString());
  });

  it('ends with its last year', () => {
    expect(parseSchedule('cron(0 0 1 1 ? 2025)')?.(Date.parse(NOW))).toBeUndefined();
  });

  it.each([
    ['rate(5 minute)'],
    ['rate(1 minutes)'],
    ['rate(0 minutes)'],
    ['rate(5 seconds)'],
    ['every 5 minutes'],
    ['cron(* * * * *)'],
    ['cron(* * * * * *)'],
    ['cron(* * ? * ? *)'],
    ['cron(60 * * * ? *)'],
    ['cron(5-1 * * * ? *)'],
    ['cron(x * * * ? *)'],
  ])('%s is not valid', (expression) => {
    expect(parseSchedule(expression)).toBeUndefined();
  });
});
