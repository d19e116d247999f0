// Runs before every npm script: installs what package-lock.json asks for, unless it is there already.
// Plain JavaScript without imports from node_modules, because it runs on any Node from 20 on and before anything is installed.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const OLDEST_TO_INSTALL = 20;
const NEEDED_TO_RUN = 24;

const root = fileURLToPath(new URL('..', import.meta.url));
const modules = join(root, 'node_modules');

/** Whether this optional package is made for this machine; those that name no machine come and go with the ones that do. */
const isForThisMachine = ({ os, cpu, libc }) =>
  (os !== undefined || cpu !== undefined) &&
  [os ?? process.platform].flat().includes(process.platform) &&
  [cpu ?? process.arch].flat().includes(process.arch) &&
  libc === undefined;

/**
 * The first package of the lock file that is missing in node_modules or is another one there.
 * npm records what it installed in node_modules/.package-lock.json, in the form of the lock file.
 */
export function firstDifference(wanted, installed) {
  return Object.entries(wanted.packages).find(([path, entry]) => {
    if (path === '') return false;
    const found = installed.packages?.[path];
    if (found === undefined) return !entry.optional || isForThisMachine(entry);
    // The lock file may lack the integrity of packages for other machines.
    return found.version !== entry.version || (entry.integrity ?? found.integrity) !== found.integrity;
  })?.[0];
}

function isInstalled() {
  const books = join(modules, '.package-lock.json');
  if (!existsSync(books)) return false;
  const [wanted, installed] = [join(root, 'package-lock.json'), books].map((file) =>
    JSON.parse(readFileSync(file, 'utf8')),
  );
  return firstDifference(wanted, installed) === undefined;
}

/** The major version of the Node that npm scripts will find: node_modules/.bin comes first in their PATH. */
function majorVersionInScripts() {
  const own = join(modules, '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
  const { stdout } = spawnSync(existsSync(own) ? own : process.execPath, ['--version'], {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  return Number.parseInt(stdout?.slice(1) ?? '', 10) || 0;
}

function fail(...lines) {
  console.error(lines.join('\n'));
  process.exit(1);
}

function install() {
  console.error('Installing what package-lock.json asks for (npm ci) …');
  // Without node_modules/.bin in the PATH, so that npm does not run on the Node it is about to replace.
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.startsWith(modules));
  // Warnings are about the Node that installs, not the one that will run.
  const { status, error } = spawnSync(
    'npm',
    ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'],
    {
      cwd: root,
      env: { ...process.env, PATH: path.join(delimiter) },
      // The output of npm is progress, not the script's own output.
      stdio: ['ignore', 2, 2],
      shell: process.platform === 'win32',
    },
  );
  if (status !== 0) {
    fail(
      `npm ci failed${error === undefined ? '' : `: ${error.message}`}; see its output above.`,
      'Is the registry reachable (npm ping)? Once it is, run the same command again: nothing has to be cleaned up.',
    );
  }
}

function main() {
  const running = Number.parseInt(process.versions.node, 10);
  if (running < OLDEST_TO_INSTALL) {
    fail(
      `Node ${OLDEST_TO_INSTALL} or newer is needed to install this project; this is Node ${process.versions.node}.`,
    );
  }
  const installed = isInstalled();
  if (!installed) install();
  // Instant when nothing is to do: npm has started this script itself with the Node of the project.
  if (installed && running >= NEEDED_TO_RUN) return;
  const version = majorVersionInScripts();
  if (version < NEEDED_TO_RUN) {
    fail(
      `Node ${NEEDED_TO_RUN} is missing: the one npm scripts find ${version === 0 ? 'does not run' : `is Node ${version}`}.`,
      `It comes with the optional dependencies, unless they were left out (npm --omit=optional) or hold none for ${process.platform} on ${process.arch}.`,
      `Run "npm ci --include=optional", or install Node ${NEEDED_TO_RUN} on this machine; then run the same command again.`,
    );
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
