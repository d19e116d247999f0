import { writeFile } from 'node:fs/promises';
import { Session } from 'node:inspector/promises';
import { fileURLToPath } from 'node:url';
import { ensurePackaged } from '../build/package.ts';
import { situations } from './situations.ts';

/**
 * `node prove/order-situations.ts`: orders the situations so that the first ones reach as much of the product per second as
 * possible, each time the one that adds most. A quick run plays them in this order (`prove/situation-order.json`).
 */

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PRODUCT = /^(shared|functions)\//;

interface Reached {
  /** Blocks of the product's code that ran: `shared/plan/plan.ts:120-240`. */
  readonly blocks: ReadonlySet<string>;
  /** Seconds of CPU. */
  readonly cost: number;
}

async function measured(): Promise<ReadonlyMap<string, Reached>> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  const all = new Map<string, Reached>();
  for await (const name of situations.cases('full', 0)) {
    // What ran before does not count.
    await session.post('Profiler.takePreciseCoverage');
    const before = process.cpuUsage();
    await situations.play(name);
    const { user, system } = process.cpuUsage(before);
    const { result } = await session.post('Profiler.takePreciseCoverage');
    const blocks = result.flatMap(({ url, functions }) => {
      const file = url.startsWith('file:') ? fileURLToPath(url).replace(ROOT, '') : '';
      if (!PRODUCT.test(file)) return [];
      return functions.flatMap(({ ranges }) =>
        ranges.flatMap(({ count, startOffset, endOffset }) =>
          count > 0 ? [`${file}:${startOffset}-${endOffset}`] : [],
        ),
      );
    });
    all.set(name, { blocks: new Set(blocks), cost: (user + system) / 1_000_000 });
  }
  return all;
}

function ordered(all: ReadonlyMap<string, Reached>): readonly string[] {
  const seen = new Set<string>();
  const order: string[] = [];
  const left = new Map(all);
  while (left.size > 0) {
    const gains = [...left].map(([name, { blocks, cost }]) => ({
      name,
      gain: [...blocks].filter((block) => !seen.has(block)).length / cost,
    }));
    const [best] = gains.sort((a, b) => b.gain - a.gain);
    if (best === undefined) break;
    for (const block of left.get(best.name)?.blocks ?? []) seen.add(block);
    left.delete(best.name);
    order.push(best.name);
  }
  return order;
}

await ensurePackaged();
const order = ordered(await measured());
await writeFile(new URL('situation-order.json', import.meta.url), `${JSON.stringify(order, null, 2)}\n`);
