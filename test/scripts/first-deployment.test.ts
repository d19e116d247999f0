import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { CloudFormationClient, DescribeStacksCommand, type Stack } from '@aws-sdk/client-cloudformation';
import { createCloud, type EmbeddedCloud } from 'apprunner-embedded-cloud';
import { systemChance } from 'apprunner-embedded-cloud/chance';
import { SystemClock } from 'apprunner-embedded-cloud/clock';
import { type HttpServer, startHttpServer } from 'apprunner-embedded-cloud/http-server';
import { inProcessRuntime } from 'apprunner-embedded-cloud/in-process-runtime';
import { profiles } from 'apprunner-embedded-cloud/profile';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensurePackaged } from '../../build/package.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PATIENCE = 120_000; // milliseconds; a deployment takes some seconds
const STACK = 'apprunner-private-ingress-main';

let folder: string;
let clock: SystemClock;
let cloud: EmbeddedCloud;
let server: HttpServer;

beforeAll(async () => {
  const { codeFolder } = await ensurePackaged();
  // A copy of what osls reads and writes: other tests read the package while this one makes its own.
  folder = await mkdtemp(join(tmpdir(), 'deployment-'));
  for (const name of ['serverless.yml', 'stack', 'build', 'scripts', 'shared', 'package.json'])
    await cp(join(ROOT, name), join(folder, name), { recursive: true });
  await cp(join(codeFolder, 'dist'), join(folder, 'dist'), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));

  clock = new SystemClock();
  const options = { clock, chance: systemChance(), profile: profiles.fast };
  cloud = createCloud({ ...options, runtime: () => inProcessRuntime(clock, {}) });
  server = await startHttpServer({ gateway: cloud.gateway, port: 0 });
  cloud.sqs.setEndpoint(server.url);
}, PATIENCE);

afterAll(async () => {
  await server.close();
  await cloud.stop();
  clock.stop();
  await rm(folder, { recursive: true });
});

/** What osls says of it. */
async function serverless(command: 'deploy' | 'remove', ...parameters: readonly string[]): Promise<string> {
  const osls = fileURLToPath(import.meta.resolve('serverless/bin/serverless.js'));
  const given = parameters.map((parameter) => `--param=${parameter}`);
  const { PATH = '' } = process.env;
  const env = {
    PATH,
    NODE_COMPILE_CACHE: join(ROOT, 'node_modules/.compile-cache'),
    AWS_ENDPOINT_URL: server.url,
    AWS_REGION: 'ap-northeast-1',
    AWS_ACCESS_KEY_ID: 'me',
    AWS_SECRET_ACCESS_KEY: 'me',
    SLS_AWS_MONITORING_FREQUENCY: '200',
  };
  const args = [osls, command, ...given];
  const { stderr } = await promisify(execFile)(process.execPath, args, { cwd: folder, env, timeout: PATIENCE });
  return stderr;
}

async function stack(): Promise<Stack | undefined> {
  const cloudFormation = new CloudFormationClient(cloud.clientConfig());
  return (await cloudFormation.send(new DescribeStacksCommand({ StackName: STACK }))).Stacks?.[0];
}

const reconcile = () => cloud.lambda.get(`arn:aws:lambda:ap-northeast-1:123456789012:function:${STACK}-reconcile`);

test('serverless deploy makes the stack where there is none, from the uploaded packages, then updates it, and serverless remove takes it away', {
  timeout: PATIENCE,
}, async () => {
  await expect(serverless('deploy')).rejects.toMatchObject({
    stdout: expect.stringContaining("The stack needs AllowedZones and AllowedNames: add --param='AllowedZones=…'"),
  });
  const required = ['AllowedZones=Z1,Z2', 'AllowedNames=*.example.com'];
  expect(await serverless('deploy', ...required)).toContain(`Service deployed to stack ${STACK}`);
  expect(await stack()).toMatchObject({
    StackStatus: 'UPDATE_COMPLETE',
    Parameters: expect.arrayContaining([{ ParameterKey: 'AllowedZones', ParameterValue: 'Z1,Z2' }]),
  });
  expect(reconcile().environment).toMatchObject({ ALLOWED_ZONES: 'Z1,Z2', POWERTOOLS_LOG_LEVEL: 'INFO' });
  expect(await readdir(join(reconcile().codeFolder, 'dist/reconcile'))).toEqual(['index.mjs', 'licenses.txt']);

  // Keeps every parameter that it is not given.
  await serverless('deploy', 'LogLevel=DEBUG');
  expect(await stack()).toMatchObject({ StackStatus: 'UPDATE_COMPLETE' });
  expect(reconcile().environment).toMatchObject({ ALLOWED_ZONES: 'Z1,Z2', POWERTOOLS_LOG_LEVEL: 'DEBUG' });

  await serverless('remove');
  await expect(stack()).rejects.toThrow('does not exist');
  expect(cloud.lambda.functions('123456789012', 'ap-northeast-1')).toEqual([]);
  // The reports stay (stack/reports.yml).
  const left = cloud.s3.buckets.of({ account: '123456789012' }).map(({ name }) => name);
  expect(left).toEqual([expect.stringContaining('reportbucket')]);
});
