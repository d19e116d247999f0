import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { copyFile, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { BuildError, type BuildOptions, build, policyFileOf } from './bundle.ts';
import {
  checkStage,
  MEMBER_TEMPLATE,
  ORGANIZATION_TEMPLATE,
  PackageError,
  TEMPLATE,
  writeOtherTemplates,
  ZONES_TEMPLATE,
} from './package-templates.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
/** Below it, module lookup reaches the project's node_modules, and a rename into it stays on one file system. */
const cache = join(root, 'node_modules', '.cache', 'package');

/** What the package is made of beside the policy file: when none of it has changed, the package has not either. */
const INPUTS = [
  'functions',
  'shared',
  'stack',
  'build',
  'scripts',
  'serverless.yml',
  'package-lock.json',
  'tsconfig.json',
];

const TIMEOUT_MS = 120_000; // milliseconds; packaging takes a few seconds

export interface Package {
  /** The folder with the templates and the zips. */
  readonly directory: string;
  /** The folder with the bundles, in `dist/`. */
  readonly codeFolder: string;
  /** Path of the CloudFormation template. */
  readonly template: string;
  /** Path of the template for the member accounts of an organisation. */
  readonly memberTemplate: string;
  /** Path of the template for the account of its hosted zones. */
  readonly zonesTemplate: string;
  /** Path of the template for the account that may list the organisation's accounts. */
  readonly organizationTemplate: string;
  /** Paths of the zips, by the name of the function's file. */
  readonly zips: Readonly<Record<string, string>>;
  /** Whether it was made now, and not already there. */
  readonly made: boolean;
}

export type PackageOptions = Pick<BuildOptions, 'policyFile'> & {
  /** Further arguments for osls, such as `--stage`. */
  readonly arguments?: readonly string[];
};

/**
 * Builds and packages the stack unless that is already done for the sources as they are now. Each package is made in a
 * temporary folder, moved as a whole and never changed, so any number of processes can do it at once.
 * @throws BuildError, PackageError
 */
export async function ensurePackaged(options: PackageOptions = {}): Promise<Package> {
  const digest = await digestOfInputs(options.arguments ?? [], policyFileOf(options));
  const folder = join(cache, digest);
  await mkdir(cache, { recursive: true });
  while (!existsSync(folder) && (await isBeingMade(digest))) await wait(POLL_INTERVAL_MS);
  if (existsSync(folder)) return { ...(await contents(folder)), made: false };
  await packageInto(folder, options);
  await removeOldPackages();
  return { ...(await contents(folder)), made: true };
}

const POLL_INTERVAL_MS = 100;

/** Waiting for another process saves making the same package twice; nothing depends on it. */
async function isBeingMade(digest: string): Promise<boolean> {
  const makers = (await readdir(cache)).map((name) => new RegExp(`^${digest}-(\\d+)-`).exec(name)?.[1]);
  return makers.some((pid) => pid !== undefined && Number(pid) !== process.pid && isAlive(Number(pid)));
}

function isAlive(processId: number): boolean {
  try {
    return process.kill(processId, 0);
  } catch (error) {
    // EPERM: of another user, but alive.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Makes the package beside `folder`, then moves it there. */
async function packageInto(folder: string, options: PackageOptions): Promise<void> {
  const { arguments: further = [] } = options;
  const policyFile = policyFileOf(options);
  await checkStage(further);
  const temporary = await mkdtemp(`${folder}-${process.pid}-`);
  try {
    await copyFile(join(root, 'serverless.yml'), join(temporary, 'serverless.yml'));
    for (const included of ['scripts', 'stack']) await symlink(join(root, included), join(temporary, included));
    const bundles = await build({ ...options, outDir: join(temporary, 'dist') });
    await packageWithServerless(temporary, further, policyFile);
    await writeOtherTemplates(join(temporary, '.serverless'), policyFile);
    const { zips } = await contents(temporary);
    const missing = bundles.filter(({ name }) => zips[name] === undefined).map(({ name }) => name);
    if (missing.length > 0)
      throw new PackageError(`serverless.yml has no function for functions/${missing.join('.ts, functions/')}.ts.`);
    // Another process may have made the same package meanwhile.
    await rename(temporary, folder).catch(ignore('ENOTEMPTY', 'EEXIST'));
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Moves a folder to the path of another. Of several processes that do it at once, the last one wins. */
export async function replaceFolder(from: string, to: string): Promise<void> {
  const old = await mkdtemp(`${to}-`);
  for (let isMoved = false; !isMoved; ) {
    await rename(to, join(old, 'replaced')).catch(ignore('ENOENT'));
    isMoved = await rename(from, to).then(() => true, ignore('ENOTEMPTY', 'EEXIST'));
    await rm(join(old, 'replaced'), { recursive: true, force: true });
  }
  await rm(old, { recursive: true, force: true });
}

const ignore =
  (...codes: readonly string[]) =>
  (error: NodeJS.ErrnoException): false => {
    if (codes.includes(error.code ?? '')) return false;
    throw error;
  };

/** Longer than any process uses a package. */
const RETENTION_MS = 24 * 60 * 60 * 1000;

async function removeOldPackages(): Promise<void> {
  for (const name of await readdir(cache)) {
    const path = join(cache, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > RETENTION_MS) await rm(path, { recursive: true, force: true });
  }
}

async function contents(codeFolder: string): Promise<Omit<Package, 'made'>> {
  const directory = join(codeFolder, '.serverless');
  const files = await readdir(directory);
  // Without ".zip", which would sort sweep-region before sweep.
  const names = files.flatMap((file) => (file.endsWith('.zip') ? [basename(file, '.zip')] : [])).sort();
  return {
    directory,
    codeFolder,
    template: join(directory, TEMPLATE),
    memberTemplate: join(directory, MEMBER_TEMPLATE),
    zonesTemplate: join(directory, ZONES_TEMPLATE),
    organizationTemplate: join(directory, ORGANIZATION_TEMPLATE),
    zips: Object.fromEntries(names.map((name) => [name, join(directory, `${name}.zip`)])),
  };
}

async function digestOfInputs(further: readonly string[], policyFile: string | undefined): Promise<string> {
  // serverless.yml reads the region.
  const { AWS_REGION, AWS_DEFAULT_REGION } = process.env;
  const region = AWS_REGION ?? AWS_DEFAULT_REGION ?? '';
  const hash = createHash('sha256').update(JSON.stringify([further, policyFile, region]));
  const inputs = [...INPUTS.map((input) => join(root, input)), ...(policyFile === undefined ? [] : [policyFile])];
  for (const file of inputs.flatMap(filesOf)) hash.update(`\0${relative(root, file)}\0${await digestOfFile(file)}`);
  return hash.digest('hex');
}

/** Of files that this process has read: tests ask for the package hundreds of times. */
const digests = new Map<string, { readonly version: string; readonly digest: string }>();

async function digestOfFile(file: string): Promise<string> {
  const { size, mtimeMs, ctimeMs, ino } = statSync(file);
  const version = [size, mtimeMs, ctimeMs, ino].join();
  const known = digests.get(file);
  if (known?.version === version) return known.digest;
  const digest = createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
  digests.set(file, { version, digest });
  return digest;
}

function filesOf(path: string): readonly string[] {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Runs `serverless package`, which needs no network and no credentials, and writes `.serverless` in its working directory. */
function packageWithServerless(cwd: string, further: readonly string[], policyFile: string | undefined): Promise<void> {
  const program = fileURLToPath(import.meta.resolve('serverless/bin/serverless.js'));
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, 'package', ...further], {
      cwd,
      env: { ...process.env, AWS_EC2_METADATA_DISABLED: 'true', POLICY_FILE: policyFile ?? '' },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: TIMEOUT_MS,
      killSignal: 'SIGKILL',
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
    }
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve();
      else if (signal === 'SIGKILL') {
        reject(
          new PackageError(
            `serverless package did not end within ${TIMEOUT_MS / 1000} s and was killed.\n\n${said.trim()}`,
          ),
        );
      } else
        reject(new PackageError(`serverless package failed (${signal ?? `exit code ${code}`}).\n\n${said.trim()}`));
    });
  });
}

/** Packages the stack, unless it is packaged already, and puts it into `.serverless/` of the project. */
async function main(): Promise<void> {
  const start = performance.now();
  const made = await ensurePackaged({ arguments: process.argv.slice(2) });
  const folder = join(root, '.serverless');
  const temporary = await mkdtemp(`${folder}-`);
  try {
    await cp(made.directory, temporary, { recursive: true });
    await replaceFolder(temporary, folder);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  const shown = (path: string) => join('.serverless', basename(path));
  for (const path of [made.template, made.memberTemplate, made.zonesTemplate, made.organizationTemplate])
    console.log(shown(path));
  for (const zip of Object.values(made.zips)) {
    console.log(`${shown(zip).padEnd(40)}${(await stat(zip)).size.toLocaleString('en').padStart(10)} B`);
  }
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(made.made ? `packaged in ${seconds} s` : 'unchanged since it was packaged');
}

if (process.argv[1] === import.meta.filename) {
  main().catch((error: unknown) => {
    if (error instanceof BuildError) console.error(`The build failed.\n\n${error.message}`);
    else console.error(error instanceof PackageError ? error.message : error);
    process.exitCode = 1;
  });
}
