import { readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';

const familyResult = z.object({
  family: z.string(),
  /** The regular expression that the names of its cases match, where not all were played. */
  only: z.string().optional(),
  seed: z.number(),
  cases: z.number(),
  disturbances: z.number(),
  failed: z.array(z.object({ case: z.string(), message: z.string() })),
  seconds: z.number(),
});
/** What one family has shown. */
export type FamilyResult = Readonly<z.infer<typeof familyResult>>;

const RESULTS = new URL('results.json', import.meta.url);

/** The figures of the page that people rely on. */
export async function readResults(): Promise<readonly FamilyResult[]> {
  return z.array(familyResult).parse(JSON.parse(await readFile(RESULTS, 'utf8')));
}

/**
 * The figures with those of a run, in place of the earlier ones of the same cases.
 * @param adds whether those of other seeds stay beside them.
 */
export function withResults(
  before: readonly FamilyResult[],
  now: readonly FamilyResult[],
  adds: boolean,
): readonly FamilyResult[] {
  const isReplaced = (old: FamilyResult) =>
    now.some(({ family, only, seed }) => {
      const isCovered = old.family === family && (only === undefined || only === old.only);
      return isCovered && (!adds || (only === old.only && seed === old.seed));
    });
  return [...before.filter((old) => !isReplaced(old)), ...now];
}

export async function writeResults(results: readonly FamilyResult[]): Promise<void> {
  await writeFile(RESULTS, `${JSON.stringify(results, null, 2)}\n`);
}
