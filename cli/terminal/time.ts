/** `2026-01-01T12:00:00Z`, whatever the time zone: for logs. @param at milliseconds since the epoch, or ISO 8601. */
export function logTime(at: number | string): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** The time of day where the terminal is, with the date when it is another day than now's. */
export function wallTime(at: number | string, now: number): string {
  // Swedish writes dates and times as ISO 8601 does.
  const [day, time] = new Date(at).toLocaleString('sv-SE').split(' ');
  return day === new Date(now).toLocaleDateString('sv-SE') ? `${time}` : `${day} ${time}`;
}
