/** The ids that `runId` makes. */
export const RUN_ID = /^\d{8}T\d{6}Z-[0-9a-f]{8}$/;

/** @param random hexadecimal text that makes the id unique. */
export function runId(startedAt: number, random: string): string {
  return `${new Date(startedAt).toISOString().replace(/[-:]|\.\d+/g, '')}-${random.replaceAll('-', '').slice(0, 8)}`;
}

/** When the run began, to the second. */
export function startOfRun(id: string): number {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/.exec(id) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}
