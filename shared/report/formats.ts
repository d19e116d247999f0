/** The formats of a report, with their media types. */
export const reportFormats = {
  json: 'application/json',
  csv: 'text/csv',
  html: 'text/html',
} as const;

export type ReportFormat = keyof typeof reportFormats;

/** Seconds for which the address of a report holds. */
export const ADDRESS_SECONDS = 300;
