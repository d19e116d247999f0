import { readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';

const familyResult = z.object({
  family: z.string(),
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

/** Each family's latest figures. */
export async function writeResults(now: readonly FamilyResult[], before: readonly FamilyResult[]): Promise<void> {
  const kept = before.filter(({ family }) => !now.some((one) => one.family === family));
  await writeFile(RESULTS, `${JSON.stringify([...kept, ...now], null, 2)}\n`);
}
