import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Report, reportSchema } from './report.ts';

/** Its message says why a report cannot be recorded. */
export class RecordError extends Error {
  override readonly name = 'RecordError';
}

export interface Recorded {
  /** Facts whose date was written. */
  readonly seen: readonly string[];
  /** What a person has to write: the statement is wrong, or its question is answered. */
  readonly toEdit: readonly { readonly fact: string; readonly asks: string; readonly answer: string }[];
}

/** @throws RecordError for a report that is none, or not of AWS */
export async function readReport(path: string): Promise<Report> {
  const text = await readFile(path, 'utf8');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new RecordError(`${path} is not JSON.`);
  }
  const parsed = reportSchema.safeParse(json);
  if (!parsed.success) throw new RecordError(`${path} is not a report: ${parsed.error.issues[0]?.message}`);
  if (parsed.data.target !== 'aws')
    throw new RecordError(
      `${path} is of the target "${parsed.data.target}". Only a report of AWS shows what AWS does.`,
    );
  return parsed.data;
}

/** Writes the date of the report to each fact that it shows in full, in the YAML as it stands. */
export async function record(report: Report, folder: string): Promise<Recorded> {
  const date = report.startedAt.slice(0, 10);
  const byFact = Map.groupBy(report.results, ({ fact }) => fact);
  const seen = [...byFact]
    .filter(([, results]) => results.every(({ outcome }) => outcome === 'holds'))
    .map(([id]) => id);
  const written: string[] = [];
  for (const name of (await readdir(folder)).filter((one) => one.endsWith('.yml'))) {
    const path = join(folder, name);
    const before = await readFile(path, 'utf8');
    const after = seen.reduce((content, id) => {
      const dated = withDate(content, id, date);
      if (dated !== content) written.push(id);
      return dated;
    }, before);
    if (after !== before) await writeFile(path, after);
  }
  const isOpen = new Set(report.questions.map(({ fact }) => fact));
  const toEdit = report.results.flatMap(({ fact, asks, answer, outcome }) =>
    answer !== undefined && (outcome === 'differs' || isOpen.has(fact)) ? [{ fact, asks, answer }] : [],
  );
  return { seen: written, toEdit };
}

/** @returns `content` itself where the fact is not, or was seen later */
export function withDate(content: string, fact: string, date: string): string {
  const start = content.search(new RegExp(`^  - id: ${fact}$`, 'm'));
  if (start < 0) return content;
  const found = /^ {4}seenOnAws: *(\S+)$/m.exec(content.slice(start));
  if (found?.[1] === undefined) return content;
  const known = found[1].replaceAll(/['"]/g, '');
  if (/^\d/.test(known) && known >= date) return content;
  const at = start + found.index;
  return `${content.slice(0, at)}    seenOnAws: ${date}${content.slice(at + found[0].length)}`;
}
