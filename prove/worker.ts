import { z } from 'zod';
import { errorMessage } from '../shared/errors.ts';
import { families } from './families.ts';
import type { CaseOutcome } from './workers.ts';

/** Plays the cases that its parent names, one after the other. */
const asked = z.object({ family: z.string(), name: z.string() });

async function play(message: unknown): Promise<CaseOutcome> {
  try {
    const { family, name } = asked.parse(message);
    const found = families.find((one) => one.name === family);
    if (found === undefined) throw new Error(`There is no family ${family}.`);
    return { ok: true, disturbances: (await found.play(name)).disturbances };
  } catch (error) {
    return { ok: false, message: errorMessage(error) };
  }
}

process.on('message', async (message: unknown) => {
  const outcome = await play(message);
  process.send?.(outcome);
});
process.on('disconnect', () => process.exit(0));
