import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { type BuildOptions, build as bundle } from 'esbuild';
import { build } from '../build/bundle.ts';
import { type Benchmark, type Figure, type Goal, median } from './figures.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const RUNS = 9;

/** Three builds of every function, each imported by processes of its own. */
export const coldStart: Benchmark = {
  name: 'cold-start',
  about: 'import time, memory and size of each bundle, beside a build with nothing left out and the CommonJS build',
  async measure() {
    const directory = await mkdtemp(join(tmpdir(), 'bench-'));
    try {
      const empty = median(await many(() => importOf(undefined).then(({ rss }) => rss)));
      const figures: Figure[] = [];
      const goals: Goal[] = [];
      for (const { name, file } of await build({ outDir: join(directory, 'esm') })) {
        const whole = join(directory, 'whole', `${name}.mjs`);
        const commonJs = join(directory, 'commonjs', `${name}.cjs`);
        await bundleAsIs(name, whole, { format: 'esm', mainFields: ['module', 'main'], conditions: ['module'] });
        await bundleAsIs(name, commonJs, { format: 'cjs' });
        const [ours, all, other] = await measureBundles([file, whole, commonJs]);
        if (ours === undefined || all === undefined || other === undefined) throw new Error(`${name}: not measured`);
        for (const column of columns) {
          figures.push(
            { row: name, column, value: ours[column] },
            { row: `${name}, nothing left out`, column, value: all[column] },
            { row: `${name}, as CommonJS`, column, value: other[column] },
          );
        }
        goals.push(...goalsOf(name, ours, all, empty));
      }
      return [
        {
          title: 'Cold start',
          rows: 'function',
          figures,
          notes: [
            `Medians of ${RUNS} fresh processes each, by turns. The processor's speed is this machine's, not Lambda's.`,
            'CPU is the processor time of the import, which depends little on what else the machine does.',
            `A process that imports nothing has ${empty.toFixed(0)} MB. RSS counts it in.`,
          ],
          goals,
        },
      ];
    } finally {
      await rm(directory, { recursive: true });
    }
  },
};

/** gzip kB that a function may have (test/stack/package.test.ts holds its own). */
const SIZE_GOALS: Readonly<Record<string, number>> = {
  api: 215,
  'on-service-event': 115,
  probe: 35,
  reconcile: 215,
  report: 180,
  sweep: 145,
  'sweep-region': 205,
};
/** Of `reconcile`: CPU of the import against the build with nothing left out, and RSS over a process that imports nothing. */
const CPU_GOAL = 0.43;
const RSS_GOAL_MB = 33;

function goalsOf(name: string, ours: Measured, all: Measured, empty: number): readonly Goal[] {
  const size = SIZE_GOALS[name];
  return [
    ...(size === undefined ? [] : [{ what: `${name}: gzip`, most: size, value: ours['gzip kB'], unit: 'kB' }]),
    ...(name === 'reconcile'
      ? [
          {
            what: `${name}: CPU of the import, against nothing left out`,
            most: CPU_GOAL,
            value: ours['CPU ms'] / all['CPU ms'],
          },
          { what: `${name}: RSS over bare Node`, most: RSS_GOAL_MB, value: ours['RSS MB'] - empty, unit: 'MB' },
        ]
      : []),
  ];
}

async function many<Result>(measure: () => Promise<Result>): Promise<readonly Result[]> {
  const results: Result[] = [];
  while (results.length < RUNS) results.push(await measure());
  return results;
}

const columns = ['import ms', 'CPU ms', 'RSS MB', 'kB', 'gzip kB'] as const;
type Measured = Readonly<Record<(typeof columns)[number], number>>;

/** A build without what `build/leave-out.ts` does (docs/facts.md#esm-builds-are-smaller). */
async function bundleAsIs(name: string, outfile: string, options: BuildOptions): Promise<void> {
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
    define: options.format === 'cjs' ? { 'import.meta.url': JSON.stringify(pathToFileURL(outfile).href) } : {},
    logLevel: 'silent',
    ...options,
  });
}

/** By turns, so that whatever else the machine does falls on all of them. */
async function measureBundles(files: readonly string[]): Promise<readonly Measured[]> {
  const imports = new Map<string, Import[]>(files.map((file) => [file, []]));
  for (let run = 0; run < RUNS; run++) {
    for (const [file, seen] of imports) seen.push(await importOf(file));
  }
  const measured = async (file: string): Promise<Measured> => {
    const content = await readFile(file);
    const seen = imports.get(file) ?? [];
    return {
      'import ms': median(seen.map(({ milliseconds }) => milliseconds)),
      'CPU ms': median(seen.map(({ cpu }) => cpu)),
      'RSS MB': median(seen.map(({ rss }) => rss)),
      kB: content.length / 1000,
      'gzip kB': gzipSync(content).length / 1000,
    };
  };
  return Promise.all(files.map(measured));
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
