import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build as bundle, formatMessages, type Metafile, stop } from 'esbuild';
import { findPolicyFile, openPolicy } from '../shared/policy/file/open.ts';
import { PolicyFileError } from '../shared/policy/file/problems.ts';
import { leaveOut } from './leave-out.ts';
import { licensesOf } from './licenses.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** One function, bundled. */
export interface Bundle {
  /** The name of its file in `functions/`, without `.ts`. */
  readonly name: string;
  /** The bundle, `<outDir>/<name>/index.mjs`; its inputs are in `meta.json` beside it. */
  readonly file: string;
  readonly bytes: number;
  readonly gzipBytes: number;
  readonly metafile: Metafile;
}

/** The problems of the sources or the policy file, in lines of `file:line:column: text`. */
export class BuildError extends Error {
  override readonly name = 'BuildError';
}

export interface BuildOptions {
  /** Every `.ts` file in it is a function. */
  readonly functionsDir?: string;
  readonly outDir?: string;
  /** The policy file to package; empty: none. Without it: what `findPolicyFile` finds in the root of the project. */
  readonly policyFile?: string;
}

/** Functions that do not use the policy. */
const WITHOUT_POLICY = ['announce', 'on-service-event', 'probe'];

/** Builds of this process that need esbuild. */
let buildsUnderWay = 0;

/** The policy file that is packaged, if any, as an absolute path. */
export function policyFileOf({ policyFile }: Pick<BuildOptions, 'policyFile'>): string | undefined {
  return findPolicyFile(root, policyFile === undefined ? process.env : { POLICY_FILE: policyFile });
}

/**
 * Bundles each function into a folder of its own, with the policy beside it as `policy.json` if there is one.
 * @throws BuildError when one of them cannot be built; the others are still built.
 */
export async function build(options: BuildOptions = {}): Promise<readonly Bundle[]> {
  const { functionsDir = join(root, 'functions'), outDir = join(root, 'dist') } = options;
  const names = await functionNames(functionsDir);
  const policy = await compilePolicy(policyFileOf(options));
  await rm(outDir, { recursive: true, force: true });
  buildsUnderWay++;
  const outcomes = await Promise.allSettled(
    names.map((name) => buildOne(name, join(functionsDir, `${name}.ts`), join(outDir, name))),
  );
  const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
  const mistakes = (await Promise.all(failures.map(describeFailure))).join('\n');
  // esbuild works in a child process, which would otherwise live as long as this one, and which all builds share.
  if (--buildsUnderWay === 0) await stop();
  if (failures.length > 0) throw new BuildError(mistakes);
  if (policy !== undefined) await writePolicy(outDir, names, policy);
  return outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
}

/**
 * Puts a policy file beside bundles that are there, in the place of the one they have.
 * @param outDir as of `build`.
 * @throws BuildError with every problem of the file
 */
export async function packagePolicy(outDir: string, policyFile: string): Promise<void> {
  await writePolicy(outDir, await readdir(outDir), (await compilePolicy(policyFile)) ?? '');
}

async function writePolicy(outDir: string, names: readonly string[], policy: string): Promise<void> {
  const deciding = names.filter((name) => !WITHOUT_POLICY.includes(name));
  await Promise.all(deciding.map((name) => writeFile(join(outDir, name, 'policy.json'), policy)));
}

/** The functions read JSON: so there is no YAML in them, and what they read has been checked. */
async function compilePolicy(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  try {
    return JSON.stringify((await openPolicy(file, Date.now())).document);
  } catch (error) {
    if (error instanceof PolicyFileError) throw new BuildError(error.message);
    throw error;
  }
}

async function functionNames(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    throw new BuildError(`${directory}: no folder of functions (${error.code}).`);
  });
  const strange = entries.filter((entry) => !entry.isFile() || !entry.name.endsWith('.ts'));
  if (strange.length > 0) {
    throw new BuildError(
      `${join(directory, strange[0]?.name ?? '')}: not a function. The folder is flat, and every file in it is one function in TypeScript.`,
    );
  }
  if (entries.length === 0) throw new BuildError(`${directory}: there is no function in it.`);
  return entries.map((entry) => entry.name.slice(0, -'.ts'.length)).sort();
}

async function buildOne(name: string, entryPoint: string, directory: string): Promise<Bundle> {
  const file = join(directory, 'index.mjs');
  const { metafile, warnings } = await bundle({
    absWorkingDir: root,
    entryPoints: [entryPoint],
    outfile: file,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    // The SDK's ES modules are a third smaller than its CommonJS builds, and load in little more than half the time
    // (docs/facts.md#esm-builds-are-smaller).
    mainFields: ['module', 'main'],
    conditions: ['module'],
    minify: true,
    // The code and the log distinguish errors by name.
    keepNames: true,
    // No source map: it would be larger than the bundle and be read at every logged error. Function names are kept, and the
    // map of any commit can be made again.
    sourcemap: false,
    plugins: [leaveOut],
    metafile: true,
    logLevel: 'silent',
  });
  // A warning of the bundler is a mistake, and would be lost here.
  if (warnings.length > 0)
    throw new BuildError((await formatMessages(warnings, { kind: 'warning' })).join('\n').trim());
  refuseRequire(name, metafile);
  const content = await readFile(file);
  await writeFile(join(directory, 'meta.json'), JSON.stringify(metafile));
  const licenses = await licensesOf(metafile, root);
  if (licenses !== undefined) await writeFile(join(directory, 'licenses.txt'), licenses);
  return { name, file, bytes: content.length, gzipBytes: gzipSync(content).length, metafile };
}

/** A `require` left in an ES module fails only when it is reached, in Lambda; so it fails here. */
function refuseRequire(name: string, metafile: Metafile): void {
  for (const [file, input] of Object.entries(metafile.inputs)) {
    const left = input.imports.find((imported) => imported.external === true && imported.kind === 'require-call');
    if (left !== undefined) {
      throw new BuildError(
        `${file}: ERROR: [${name}] requires "${left.path}", which an ES module cannot. Import a build of that package that is an ES module.`,
      );
    }
  }
}

async function describeFailure(failure: unknown): Promise<string> {
  if (failure instanceof Error && 'errors' in failure && Array.isArray(failure.errors)) {
    return (await formatMessages(failure.errors, { kind: 'error', color: false })).join('\n').trim();
  }
  return failure instanceof Error ? failure.message : String(failure);
}

const size = (bytes: number) => `${bytes.toLocaleString('en')} B`.padStart(12);

async function main(): Promise<void> {
  const bundles = await build();
  for (const { name, file, bytes, gzipBytes } of bundles) {
    console.log(`${name.padEnd(18)}${size(bytes)}  gzip ${size(gzipBytes)}  ${relative(root, file)}`);
  }
}

if (process.argv[1] === import.meta.filename) {
  main().catch((error: unknown) => {
    console.error(error instanceof BuildError ? `The build failed.\n\n${error.message}` : error);
    process.exitCode = 1;
  });
}
