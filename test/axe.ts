import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import type { Chromium } from '../scripts/chromium.ts';

const violations = z.array(
  z.object({ id: z.string(), nodes: z.array(z.object({ html: z.string(), failureSummary: z.string().optional() })) }),
);

/** What axe-core finds on the page that is open, a few nodes each. */
export async function axeFindings(chromium: Pick<Chromium, 'evaluate'>) {
  await chromium.evaluate(readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8'));
  const found = await chromium.evaluate(
    `axe.run({ resultTypes: ['violations'] }).then(({ violations }) => violations)`,
  );
  return violations.parse(found).map(({ id, nodes }) => ({ id, nodes: nodes.slice(0, 3) }));
}
