import { readFile } from 'node:fs/promises';
import { z } from 'zod';

const result = z.object({
  /** A folder of `shared/`. */
  part: z.string(),
  mutants: z.number(),
  /** A test failed, or did not end. */
  killed: z.number(),
  /** Texts, and constants that are made when a module is loaded: not asked. */
  ignored: z.number(),
  seconds: z.number(),
});
/** How many changes of one part a test notices. */
export type MutationResult = Readonly<z.infer<typeof result>>;

export async function readMutationResults(): Promise<readonly MutationResult[]> {
  return z.array(result).parse(JSON.parse(await readFile(new URL('results.json', import.meta.url), 'utf8')));
}
