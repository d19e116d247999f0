/** When a schedule fires next: milliseconds since the Unix epoch, after `after`; `undefined` when never again. */
export type Schedule = (after: number) => number | undefined;

const MINUTE = 60_000;
const HORIZON_YEARS = 5;
const units: Readonly<Record<string, number>> = { minute: MINUTE, hour: 60 * MINUTE, day: 24 * 60 * MINUTE };
const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const days = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/**
 * Reads `rate(5 minutes)` or `cron(0 12 ? * MON-FRI *)` (minutes, hours, day of month, month, day of week, year; UTC).
 * Of the day fields' special letters only `L` (the last) is understood; `W` and `#` are not. `undefined`: not valid.
 */
export function parseSchedule(expression: string): Schedule | undefined {
  const [, count = '', unit = '', plural = ''] = /^rate\((\d+) (minute|hour|day)(s?)\)$/.exec(expression) ?? [];
  const length = Number(count) * (units[unit] ?? 0);
  if (length > 0) return (Number(count) === 1) === (plural === '') ? (after) => after + length : undefined;
  const fields = /^cron\((.+)\)$/.exec(expression)?.[1]?.trim().split(/\s+/);
  return fields?.length === 6 ? cron(fields) : undefined;
}

type Field = (value: number, last: boolean) => boolean;

function cron(fields: readonly string[]): Schedule | undefined {
  const [minutes = '', hours = '', dayOfMonth = '', month = '', dayOfWeek = '', year = ''] = fields;
  // Documented: one of the two day fields has to be "?".
  if ((dayOfMonth === '?') === (dayOfWeek === '?')) return undefined;
  const minute = field(minutes, 0, 59);
  const hour = field(hours, 0, 23);
  const date = field(dayOfMonth, 1, 31);
  const monthOfYear = field(month, 1, 12, months);
  const weekday = field(dayOfWeek, 1, 7, days);
  const yearOfEra = field(year, 1970, 2199);
  if (!minute || !hour || !date || !monthOfYear || !weekday || !yearOfEra) return undefined;

  const dayMatches = (day: Date): boolean => {
    const lastDate = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 0)).getUTCDate();
    return (
      yearOfEra(day.getUTCFullYear(), false) &&
      monthOfYear(day.getUTCMonth() + 1, false) &&
      date(day.getUTCDate(), day.getUTCDate() === lastDate) &&
      weekday(day.getUTCDay() + 1, day.getUTCDay() === 6)
    );
  };
  return (after) => {
    const first = new Date(after - (after % MINUTE) + MINUTE);
    for (let ahead = 0; ahead < HORIZON_YEARS * 366; ahead++) {
      const day = Date.UTC(first.getUTCFullYear(), first.getUTCMonth(), first.getUTCDate() + ahead);
      if (!dayMatches(new Date(day))) continue;
      for (let at = Math.max(day, first.getTime()); at < day + 24 * 60 * MINUTE; at += MINUTE) {
        const time = new Date(at);
        if (hour(time.getUTCHours(), false) && minute(time.getUTCMinutes(), false)) return at;
      }
    }
    return undefined;
  };
}

function field(text: string, low: number, high: number, names: readonly string[] = []): Field | undefined {
  const number = (word: string): number => {
    const named = names.indexOf(word.toUpperCase());
    return named >= 0 ? named + low : /^\d+$/.test(word) ? Number(word) : Number.NaN;
  };
  const parts: Field[] = [];
  for (const part of text.split(',')) {
    if (part === '*' || part === '?') {
      parts.push(() => true);
      continue;
    }
    if (part === 'L') {
      parts.push((_value, last) => last);
      continue;
    }
    const [, range = '', step] = /^([^/]+)(?:\/(\d+))?$/.exec(part) ?? [];
    const [from = '', to] = range === '*' ? [String(low), String(high)] : range.split('-');
    const start = number(from);
    const end = to !== undefined ? number(to) : step !== undefined ? high : start;
    const every = Number(step ?? 1);
    if (!(start >= low && end <= high && start <= end && every > 0)) return undefined;
    parts.push((value) => value >= start && value <= end && (value - start) % every === 0);
  }
  return (value, last) => parts.some((part) => part(value, last));
}
