import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { unzip } from 'apprunner-embedded-cloud/unzip';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bundle, build } from '../../build/bundle.ts';
import { ensurePackaged, type Package } from '../../build/package.ts';

/** The AWS clients each function may carry; what is loaded costs start time, and what is there can be called. */
const ALLOWED_CLIENTS: Readonly<Record<string, readonly string[]>> = {
  announce: ['eventbridge'],
  api: ['apprunner', 'dynamodb', 'ec2', 'lambda', 'organizations', 'route-53', 'sqs', 'ssm', 'sts'],
  notify: ['dynamodb', 'sns', 'sqs'],
  'on-service-event': ['dynamodb', 'sqs'],
  probe: [],
  reconcile: ['apprunner', 'dynamodb', 'ec2', 'lambda', 'organizations', 'route-53', 'sqs', 'ssm', 'sts'],
  report: ['dynamodb', 'organizations', 's3', 'sts'],
  'sweep-region': ['apprunner', 'dynamodb', 'ec2', 'lambda', 'organizations', 'route-53', 'sqs', 'sts'],
  sweep: ['dynamodb', 'organizations', 'sqs', 'sts'],
};

/**
 * Bytes of each function as gzip makes them: half the time of a cold start is compiling them. Whoever raises a limit says
 * why in docs/decisions/bundles-leave-out.md.
 */
const LIMITS: Readonly<Record<string, number>> = {
  announce: 105_000,
  api: 215_000,
  notify: 130_000,
  'on-service-event': 115_000,
  probe: 35_000,
  reconcile: 215_000,
  report: 180_000,
  sweep: 145_000,
  'sweep-region': 205_000,
};

let packaged: Package;
let bundles: readonly Bundle[];
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'bundles-'));
  [packaged, bundles] = await Promise.all([ensurePackaged(), build({ outDir: directory })]);
}, 120_000);

afterAll(() => rm(directory, { recursive: true, force: true }));

const names = Object.keys(ALLOWED_CLIENTS).sort();

/** Folders of the project and packages of node_modules that a bundle is made of. */
function origins({ metafile }: Bundle): readonly string[] {
  const found = Object.keys(metafile.inputs).map((input) => {
    const inPackage = /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input);
    return inPackage?.[1] ?? `${input.split('/')[0]}/`;
  });
  return [...new Set(found)].sort();
}

describe('the package', () => {
  it('has a zip for each function and no other', () => {
    expect(Object.keys(packaged.zips).sort()).toEqual(names);
    expect(bundles.map(({ name }) => name)).toEqual(names);
  });

  it.each(names)('holds exactly the bundle of %s', async (name) => {
    const files = unzip(await readFile(packaged.zips[name] ?? ''));
    expect([...files.keys()]).toEqual([`dist/${name}/index.mjs`, `dist/${name}/licenses.txt`]);
    const bundle = await readFile(join(directory, name, 'index.mjs'));
    expect(files.get(`dist/${name}/index.mjs`)?.equals(bundle)).toBe(true);
  });

  it('is not made again when nothing has changed', async () => {
    expect(await ensurePackaged()).toEqual({ ...packaged, made: false });
  });
});

it('keeps every function below its limit', () => {
  expect(bundles.map(({ name }) => name)).toEqual(Object.keys(LIMITS));
  const sizes = bundles.map(({ name, gzipBytes }) => [name, gzipBytes] as const);
  expect(sizes.filter(([name, bytes]) => bytes > (LIMITS[name] ?? 0))).toEqual([]);
});

it('leaves out what works on other machines only', () => {
  for (const { metafile } of bundles) {
    const [output] = Object.values(metafile.outputs);
    const left = Object.entries(output?.inputs ?? {}).filter(([file, { bytesInOutput }]) => {
      return bytesInOutput > 0 && /credential-provider-(ini|sso|process|http)|nested-clients/.test(file);
    });
    expect(left).toEqual([]);
  }
});

it('of the writing half nothing but reconcile has more than the tags', () => {
  const acting = bundles
    .filter(({ name }) => name !== 'reconcile')
    .flatMap(({ name, metafile }) => {
      const made = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.entries(inputs));
      const used = made.filter(([file, { bytesInOutput }]) => file.startsWith('shared/execute/') && bytesInOutput > 0);
      return used.map(([file]) => `${name}: ${file}`);
    });
  expect(acting).toEqual(['api: shared/execute/tagger.ts']);
});

describe.each(names)('the bundle of %s', (name) => {
  const bundle = () => {
    const found = bundles.find((candidate) => candidate.name === name);
    if (found === undefined) throw new Error(`there is no bundle of ${name}`);
    return found;
  };

  it('has no other clients than it is allowed', () => {
    const clients = origins(bundle()).flatMap((origin) => /^@aws-sdk\/client-(.+)$/.exec(origin)?.[1] ?? []);
    expect(clients).toEqual(ALLOWED_CLIENTS[name]);
  });

  it('is made of the product only', () => {
    const folders = origins(bundle()).filter((origin) => origin.endsWith('/'));
    expect(folders).toEqual(['functions/', 'shared/']);
    const own = Object.keys(bundle().metafile.inputs).filter((input) => input.startsWith('functions/'));
    expect(own).toEqual([`functions/${name}.ts`]);
  });

  it('loads as it is, without an environment, and has a handler', async () => {
    const loaded: unknown = await import(pathToFileURL(bundle().file).href);
    expect(loaded).toHaveProperty('handler', expect.any(Function));
  });
});
