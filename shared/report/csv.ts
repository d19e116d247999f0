import type { Report, ReportedService } from './report.ts';

/** The columns of the table, in order: one service is one row. */
const columns: readonly (readonly [title: string, of: (service: ReportedService) => string])[] = [
  ['account', ({ account }) => account],
  ['region', ({ region }) => region],
  ['unit', ({ units: [unit = ''] }) => unit],
  ['name', ({ name }) => name],
  ['compliance', ({ compliance }) => compliance],
  ['phase', ({ phase = '' }) => phase],
  ['rule', ({ rule = '' }) => rule],
  ['enforcement', ({ enforcement }) => enforcement],
  ['mode', ({ mode }) => mode],
  ['domains', ({ domains }) => domains.join(' ')],
  ['vpc', ({ vpc = '' }) => vpc],
  ['endpoint', ({ endpoint = '' }) => endpoint],
  ['proof', ({ proof }) => proof?.kind ?? ''],
  ['verified at', ({ proof }) => proof?.verifiedAt ?? ''],
  ['findings', ({ findings }) => findings.map(({ code }) => code).join(' ')],
  ['messages', ({ findings }) => findings.map(({ message }) => message).join('\n')],
  ['remedies', ({ findings }) => findings.map(({ remedy }) => remedy).join('\n')],
  ['exception', ({ exception }) => exception?.reason ?? ''],
  ['exception until', ({ exception }) => exception?.until ?? ''],
  ['sweep wanted', ({ wanted }) => (wanted === undefined ? '' : [wanted.would, ...wanted.what].join('\n'))],
  ['updated at', ({ updatedAt = '' }) => updatedAt],
  ['arn', ({ arn }) => arn],
];

/** The services of a report as CSV (RFC 4180), with a row of titles. */
export function reportCsv({ services }: Pick<Report, 'services'>): string {
  const rows = services.map((service) => columns.map(([, of]) => of(service)));
  return [columns.map(([title]) => title), ...rows].map((cells) => `${cells.map(csvCell).join(',')}\r\n`).join('');
}

/** Programs that open a table take these for the beginning of a formula (OWASP, "CSV Injection"). */
const FORMULA = /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/;

/** A cell, always quoted. A value that a table would take for a formula begins with an apostrophe, and is text. */
export function csvCell(value: string): string {
  const text = FORMULA.test(value) ? `'${value}` : value;
  return `"${text.replaceAll('"', '""')}"`;
}
