import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { build as bundle } from 'esbuild';
import { build } from '../build/bundle.ts';
import { type Benchmark, type Figure, median } from './figures.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const RUNS = 15;

/** Both builds of every function, each imported by processes of its own. */
export const coldStart: Benchmark = {
  name: 'cold-start',
  about: 'import time, memory and size of each bundle, beside the CommonJS build of the same function',
  async measure() {
    const directory = await mkdtemp(join(tmpdir(), 'bench-'));
    try {
      const figures: Figure[] = [];
      for (const { name, file } of await build({ outDir: join(directory, 'esm') })) {
        const commonJs = join(directory, 'commonjs', `${name}.cjs`);
        await bundleAsIs(name, commonJs);
        const [ours, other] = await measureBundles(file, commonJs);
        for (const column of columns) {
          figures.push(
            { row: name, column, value: ours[column] },
            { row: `${name}, as CommonJS`, column, value: other[column] },
            { row: `${name}, ratio`, column, value: ours[column] / other[column] },
          );
        }
      }
      const empty = await importOf(undefined);
      return [
        {
          title: 'Cold start',
          rows: 'function',
          figures,
          notes: [
            `Medians of ${RUNS} fresh processes each, by turns. The processor's speed is this machine's, not Lambda's.`,
            'CPU is the processor time of the import, which depends little on what else the machine does.',
            `A process that imports nothing has ${empty.rss.toFixed(0)} MB. RSS counts it in.`,
          ],
        },
      ];
    } finally {
      await rm(directory, { recursive: true });
    }
  },
};

const columns = ['import ms', 'CPU ms', 'RSS MB', 'kB', 'gzip kB'] as const;
type Measured = Readonly<Record<(typeof columns)[number], number>>;

/** `platform: node` alone: esbuild then takes the CommonJS builds of the SDK (docs/facts.md#esm-builds-are-smaller). */
async function bundleAsIs(name: string, outfile: string): Promise<void> {
  await bundle({
    absWorkingDir: root,
    entryPoints: [join(root, 'functions', `${name}.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    minify: true,
    keepNames: true,
    // A CommonJS file has no import.meta.url, beside which the functions expect the policy file.
    define: { 'import.meta.url': JSON.stringify(pathToFileURL(outfile).href) },
    logLevel: 'silent',
  });
}

/** By turns, so that whatever else the machine does falls on both. */
async function measureBundles(one: string, other: string): Promise<readonly [Measured, Measured]> {
  const imports: { readonly [file: string]: Import[] } = { [one]: [], [other]: [] };
  for (let run = 0; run < RUNS; run++) {
    for (const [file, seen] of Object.entries(imports)) seen.push(await importOf(file));
  }
  const measured = async (file: string): Promise<Measured> => {
    const content = await readFile(file);
    const seen = imports[file] ?? [];
    return {
      'import ms': median(seen.map(({ milliseconds }) => milliseconds)),
      'CPU ms': median(seen.map(({ cpu }) => cpu)),
      'RSS MB': median(seen.map(({ rss }) => rss)),
      kB: content.length / 1000,
      'gzip kB': gzipSync(content).length / 1000,
    };
  };
  return [await measured(one), await measured(other)];
}

const PROGRAM = `
const before = process.cpuUsage();
const start = performance.now();
if (process.argv[1] !== undefined) await import(process.argv[1]);
const milliseconds = performance.now() - start;
const { user, system } = process.cpuUsage(before);
console.log(JSON.stringify([milliseconds, (user + system) / 1000, process.memoryUsage.rss() / 1e6]));
`;

interface Import {
  /** By the clock on the wall. */
  readonly milliseconds: number;
  /** Milliseconds of processor time: what a small Lambda function, which gets little of a processor, waits for. */
  readonly cpu: number;
  /** MB of the process after it. */
  readonly rss: number;
}

async function importOf(file: string | undefined): Promise<Import> {
  const url = file === undefined ? [] : [pathToFileURL(file).href];
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', PROGRAM, ...url], {
    // What a Lambda has in its environment, and nothing of this shell.
    env: { AWS_REGION: 'ap-northeast-1', POWERTOOLS_SERVICE_NAME: 'bench', POWERTOOLS_METRICS_NAMESPACE: 'bench' },
  });
  const [milliseconds, cpu, rss]: readonly number[] = JSON.parse(stdout);
  if (milliseconds === undefined || cpu === undefined || rss === undefined) {
    throw new Error(`${file}: cannot be imported: ${stdout}`);
  }
  return { milliseconds, cpu, rss };
}
