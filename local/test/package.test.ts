import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';

const run = promisify(execFile);
const require = createRequire(import.meta.url);
const root = fileURLToPath(new URL('..', import.meta.url));
/** Where npm has installed a package. */
const installed = (name: string): string =>
  require.resolve
    .paths(name)
    ?.map((folder) => join(folder, name))
    .find((folder) => require('node:fs').existsSync(join(folder, 'package.json'))) ?? name;
const modules = dirname(installed('vitest'));

/** Ten lines as the README shows them. */
const TEST = `
import { AppRunnerClient, CreateServiceCommand } from '@aws-sdk/client-apprunner';
import { createCloud } from 'apprunner-embedded-cloud';
import { HELLO_IMAGE } from 'apprunner-embedded-cloud/hello-service';
import { expect, it } from 'vitest';

it('creates a service', async () => {
  await using cloud = createCloud();
  const appRunner = new AppRunnerClient(cloud.clientConfig());
  const { Service } = await appRunner.send(new CreateServiceCommand({ ServiceName: 'hello', SourceConfiguration: HELLO_IMAGE }));
  expect(Service?.Status).toBe('OPERATION_IN_PROGRESS');
});
`;

let folder: string;
let source: string;
let consumer: string;

/** Packs a copy, so that nothing else sees the manifest while it is another one, and installs it as npm would. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'embedded-cloud-'));
  source = join(folder, 'workspace', 'local');
  consumer = join(folder, 'consumer');
  const { dependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  for (const part of ['src', 'scripts', 'package.json', 'tsconfig.json', 'tsconfig.build.json', 'README.md', 'LICENSE'])
    await cp(join(root, part), join(source, part), { recursive: true });
  await cp(join(root, '..', 'tsconfig.json'), join(folder, 'workspace', 'tsconfig.json'));
  await symlink(modules, join(source, 'node_modules'));
  await run('npm', ['pack', '--pack-destination', folder], {
    cwd: source,
    env: { ...process.env, PATH: [dirname(process.execPath), process.env.PATH].join(delimiter) },
  });

  const unpacked = join(consumer, 'node_modules', 'apprunner-embedded-cloud');
  await mkdir(unpacked, { recursive: true });
  const [tarball = ''] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'));
  await run('tar', ['-xzf', join(folder, tarball), '-C', unpacked, '--strip-components=1']);
  // What it depends on and does not say is not there.
  for (const name of [...Object.keys(dependencies), 'vitest', '@types/node']) {
    const link = join(consumer, 'node_modules', name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(installed(name), link);
  }
  await writeFile(join(consumer, 'package.json'), JSON.stringify({ type: 'module' }));
  await writeFile(join(consumer, 'hello.test.ts'), TEST);
}, 240_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

it('leaves the manifest as it was', async () => {
  expect(await readFile(join(source, 'package.json'), 'utf8')).toBe(await readFile(join(root, 'package.json'), 'utf8'));
});

it('holds built JavaScript with declarations for each export, and no TypeScript to strip', async () => {
  const packed = join(consumer, 'node_modules', 'apprunner-embedded-cloud');
  const files = await readdir(packed, { recursive: true });
  const { exports, bin } = JSON.parse(await readFile(join(packed, 'package.json'), 'utf8'));
  const { './test/*': ofTests, ...others }: Record<string, string | null> = exports;
  expect(ofTests).toBeNull();
  for (const path of Object.values<string>({ ...others, ...bin })) {
    expect(path).toMatch(/^\.\/dist\/.+\.js$/);
    expect(files).toEqual(expect.arrayContaining([path.slice(2), path.slice(2).replace(/js$/, 'd.ts')]));
  }
  expect(files).toEqual(expect.arrayContaining(['README.md', 'LICENSE', 'package.json']));
  expect(files.filter((file) => /(?<!\.d)\.ts$/.test(file))).toEqual([]);
});

it('creates a service in a vitest of another project', { timeout: 120_000 }, async () => {
  const vitest = join(installed('vitest'), 'vitest.mjs');
  const { stdout } = await run(process.execPath, [vitest, 'run', '--root', consumer], {
    cwd: consumer,
    env: { ...process.env, NO_COLOR: '1' },
  });
  expect(stdout).toMatch(/Tests +1 passed/);
});

it('has types that another project compiles with', { timeout: 120_000 }, async () => {
  const options =
    '--noEmit --strict --module nodenext --target es2024 --lib es2024,esnext.disposable --types node --skipLibCheck';
  const { stdout } = await run('tsc', [...options.split(' '), 'hello.test.ts'], {
    cwd: consumer,
    env: { ...process.env, PATH: [join(modules, '.bin'), process.env.PATH].join(delimiter) },
  });
  expect(stdout).toBe('');
});

it('holds the program', { timeout: 120_000 }, async () => {
  const program = join(consumer, 'node_modules', 'apprunner-embedded-cloud', 'dist', 'program', 'bin.js');
  const { stdout } = await run(process.execPath, [program, '--help']);
  expect(stdout).toContain('Usage: apprunner-embedded-cloud [options]');
});
