import { readdir, readFile } from 'node:fs/promises';

/** A line that a function writes. */
export interface LogLine {
  readonly function: string;
  readonly level: string;
  readonly message: string;
  readonly fields: readonly string[];
}

const ROOT = new URL('../../', import.meta.url);
/** What writes a line, in any form. */
const WRITES = /\b(?:logger\??\.(?!Logger)\w+|console\.\w+)\s*\(/g;
/** The form that can be read: `logger.info('literal', { field, field: … })`. */
const READABLE = /^logger\.(info|warn|error)\(\s*'([^']+)',\s*\{([\s\S]*)\},?\s*\)$/;
const FIELD = /^(\w+)(?:\s*:[\s\S]*)?$/;

/** Every line of a source. @throws Error for a call whose message or fields cannot be read from it. */
export function logLinesOf(file: string, source: string): readonly LogLine[] {
  return [...source.matchAll(WRITES)].map(({ index, 0: begin }) => {
    const call = begin + balanced(source.slice(index + begin.length));
    const [, level, message, body] = READABLE.exec(call) ?? [];
    const fields = split(body ?? '').map((part) => FIELD.exec(part)?.[1]);
    if (level === undefined || message === undefined || fields.includes(undefined)) {
      const line = source.slice(0, index).split('\n').length;
      throw new Error(
        `${file}:${line}: docs/logs.md cannot list this line. Write logger.info('literal text', { field, other: value }), without a spread.`,
      );
    }
    return {
      function: file.replace(/^.*\/|\.ts$/g, ''),
      level: level.toUpperCase(),
      message,
      fields: fields.flatMap((field) => field ?? []),
    };
  });
}

/** Every line of `functions/`; the rest of the product writes none. @throws Error for a call that cannot be read, or is elsewhere. */
export async function logLines(): Promise<readonly LogLine[]> {
  const files = (await Promise.all(['functions', 'shared'].map(sourcesIn))).flat().toSorted();
  const lines = await Promise.all(
    files.map(async (file) => {
      const found = logLinesOf(file, await readFile(new URL(file, ROOT), 'utf8'));
      if (found.length > 0 && !file.startsWith('functions/'))
        throw new Error(`${file} writes a log line; return it to a function of functions/, which has the logger.`);
      return found;
    }),
  );
  return lines.flat();
}

async function sourcesIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(new URL(folder, ROOT), { recursive: true });
  return names.filter((name) => name.endsWith('.ts')).map((name) => `${folder}/${name}`);
}

/** The text up to the bracket that closes what is open, and that bracket. */
function balanced(text: string): string {
  let depth = 1;
  for (const { index, 0: mark } of text.matchAll(/'[^'\n]*'|[()]/g)) {
    depth += mark === '(' ? 1 : mark === ')' ? -1 : 0;
    if (depth === 0) return text.slice(0, index + 1);
  }
  return text;
}

/** Parts of an object literal. */
function split(body: string): readonly string[] {
  const parts = [''];
  let depth = 0;
  for (const one of body) {
    depth += '([{'.includes(one) ? 1 : ')]}'.includes(one) ? -1 : 0;
    if (one === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += one;
  }
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}
