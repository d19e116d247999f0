import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { BuildError, type BuildOptions, build, policyFileOf } from './bundle.ts';
import { withLock } from './lock.ts';
import { recordsByRole } from './records-of-package.ts';
import { readStackSource } from './stack-source.ts';
import { type AllowedRecords, AllowedRecordsError, withAllowedRecords } from './templates/allowed-records.ts';
import { readHub } from './templates/hub.ts';
import { checkLimits, LimitError } from './templates/limits.ts';
import { forHub, memberTemplateSchema, withForwarding } from './templates/member.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const directory = join(root, '.serverless');
const template = join(directory, 'cloudformation-template-update-stack.json');
const memberTemplate = join(directory, 'member-template.json');
const zonesTemplate = join(directory, 'zones-template.json');
const organizationTemplate = join(directory, 'organization-template.json');
const stamp = join(directory, 'inputs.sha256');

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

/** `service` of serverless.yml, with which every name begins. */
const SERVICE = 'apprunner-private-ingress';

const DEFAULT_STAGE = 'main';

const TIMEOUT_MS = 120_000; // milliseconds; packaging takes a few seconds

export interface Package {
  /** The folder that holds it all. */
  readonly directory: string;
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

/** The package could not be made; the message holds what osls said. */
export class PackageError extends Error {
  override readonly name = 'PackageError';
}

/**
 * Builds and packages the stack unless that is already done for the sources as they are now.
 * Processes that ask at the same time wait for the first of them.
 *
 * @param options.always package even if nothing has changed
 * @param options.arguments further arguments for osls, such as `--stage`
 * @param options.policyFile see `BuildOptions`
 * @throws BuildError, PackageError
 */
export function ensurePackaged(
  options: { readonly always?: boolean; readonly arguments?: readonly string[] } & Pick<
    BuildOptions,
    'policyFile'
  > = {},
): Promise<Package> {
  const { always = false, arguments: further = [] } = options;
  return withLock(join(root, 'node_modules', '.cache', 'package.lock'), async () => {
    const policyFile = policyFileOf(options);
    const digest = await digestOfInputs(further, policyFile);
    const current = existsSync(template) && existsSync(stamp) && (await readFile(stamp, 'utf8')) === digest;
    if (current && !always) return { ...(await contents()), made: false };
    await checkStage(further);
    const bundles = await build(options);
    await packageWithServerless(further, policyFile);
    await writeOtherTemplates(policyFile);
    const made = await contents();
    const missing = bundles.filter(({ name }) => made.zips[name] === undefined).map(({ name }) => name);
    if (missing.length > 0)
      throw new PackageError(`serverless.yml has no function for functions/${missing.join('.ts, functions/')}.ts.`);
    await writeFile(stamp, digest);
    return { ...made, made: true };
  });
}

async function contents(): Promise<Omit<Package, 'made'>> {
  const files = await readdir(directory);
  // Without ".zip", which would sort sweep-region before sweep.
  const names = files.flatMap((file) => (file.endsWith('.zip') ? [basename(file, '.zip')] : [])).sort();
  return {
    directory,
    template,
    memberTemplate,
    zonesTemplate,
    organizationTemplate,
    zips: Object.fromEntries(names.map((name) => [name, join(directory, `${name}.zip`)])),
  };
}

/**
 * The templates of the other accounts are made of the hub's: the same rules, the same statements.
 * @throws PackageError where AWS would refuse one for the length of a name or the size of a policy
 */
async function writeOtherTemplates(policyFile: string | undefined): Promise<void> {
  const packaged: unknown = JSON.parse(await readFile(template, 'utf8'));
  const hub = readHub(packaged, await readStackSource('stack/allowed-records.yml', z.unknown()));
  const source = async (name: string) => forHub(await readStackSource(`stack/member/${name}`, z.unknown()), hub);
  const write = (path: string, content: unknown) => writeFile(path, `${JSON.stringify(content, null, 2)}\n`);
  const zones = await source('zones.yml');
  const byRole = policyFile === undefined ? [] : [...(await recordsByRole(policyFile))];
  const ofAccounts = byRole.flatMap(([role, records]): [string, unknown][] => {
    const account = new RegExp(`^arn:[^:]+:iam::(\\d{12}):role/${hub.name}-zones$`).exec(role)?.[1];
    return account === undefined
      ? []
      : [[join(directory, `zones-template-${account}.json`), withRecords(zones, records)]];
  });
  const others = {
    [memberTemplate]: withForwarding(await source('template.yml'), hub),
    [zonesTemplate]: zones,
    [organizationTemplate]: await source('organization.yml'),
    ...Object.fromEntries(ofAccounts),
  };
  checkSizes({ [template]: packaged, ...others }, hub.name);
  for (const [path, content] of Object.entries(others)) await write(path, content);
}

const namesSchema = z.array(z.object({ eventBridge: z.object({ name: z.string() }) }));

/**
 * Before osls, which refuses a long name without saying which stage would fit.
 * @throws PackageError
 */
async function checkStage(further: readonly string[]): Promise<void> {
  const { stage = DEFAULT_STAGE } = parseArgs({
    args: [...further],
    options: { stage: { type: 'string', short: 's' } },
    strict: false,
  }).values;
  const stackName = `${SERVICE}-${stage}`;
  const source = await readStackSource('stack/member/template.yml', memberTemplateSchema);
  const rules = (await readStackSource('stack/rules.yml', namesSchema)).map(({ eventBridge: { name } }) => ({
    Name: name.replace(/^\$\{[^}]*\}/, stackName),
    Description: '',
    EventPattern: {},
  }));
  const member = withForwarding(source, { name: stackName, statements: new Map(), rules });
  checkSizes({ [memberTemplate]: member }, stackName);
}

/** @throws PackageError */
function withRecords(template: unknown, records: AllowedRecords): unknown {
  try {
    return withAllowedRecords(template, records);
  } catch (error) {
    throw error instanceof AllowedRecordsError ? new PackageError(error.message) : error;
  }
}

function checkSizes(templates: Readonly<Record<string, unknown>>, stackName: string): void {
  const named = Object.entries(templates).map(([path, content]) => [relative(root, path), content] as const);
  try {
    checkLimits(Object.fromEntries(named), stackName, stackName.slice(`${SERVICE}-`.length));
  } catch (error) {
    throw error instanceof LimitError ? new PackageError(error.message) : error;
  }
}

async function digestOfInputs(further: readonly string[], policyFile: string | undefined): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([further, policyFile]));
  const inputs = [...INPUTS.map((input) => join(root, input)), ...(policyFile === undefined ? [] : [policyFile])];
  for (const input of inputs) {
    for (const file of await filesOf(input)) {
      hash.update(`\0${relative(root, file)}\0`).update(await readFile(file));
    }
  }
  return hash.digest('hex');
}

async function filesOf(path: string): Promise<readonly string[]> {
  if (!existsSync(path)) return [];
  if (!(await stat(path)).isDirectory()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Runs `serverless package`, which asks neither the network nor any credentials, and cleans `.serverless` first. */
function packageWithServerless(further: readonly string[], policyFile: string | undefined): Promise<void> {
  const program = fileURLToPath(import.meta.resolve('serverless/bin/serverless.js'));
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, 'package', ...further], {
      cwd: root,
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

async function main(): Promise<void> {
  const start = performance.now();
  const made = await ensurePackaged({ always: true, arguments: process.argv.slice(2) });
  for (const path of [made.template, made.memberTemplate, made.zonesTemplate, made.organizationTemplate])
    console.log(relative(root, path));
  for (const zip of Object.values(made.zips)) {
    console.log(`${relative(root, zip).padEnd(40)}${(await stat(zip)).size.toLocaleString('en').padStart(10)} B`);
  }
  console.log(`packaged in ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

if (process.argv[1] === import.meta.filename) {
  main().catch((error: unknown) => {
    if (error instanceof BuildError) console.error(`The build failed.\n\n${error.message}`);
    else console.error(error instanceof PackageError ? error.message : error);
    process.exitCode = 1;
  });
}
