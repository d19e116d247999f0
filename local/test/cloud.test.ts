import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { AppRunnerClient, CreateServiceCommand, ListServicesCommand } from '@aws-sdk/client-apprunner';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { expect, it } from 'vitest';
import { VirtualClock } from '../src/clock.ts';
import { ACCOUNT, createCloud, type EmbeddedCloud, REGION } from '../src/cloud.ts';
import { HELLO_IMAGE } from '../src/hello-service.ts';

const create = (cloud: EmbeddedCloud) =>
  new AppRunnerClient(cloud.clientConfig()).send(
    new CreateServiceCommand({ ServiceName: 'hello', SourceConfiguration: HELLO_IMAGE }),
  );

it('is made without a choice, and creates a service for a client of the SDK', async () => {
  await using cloud = createCloud();
  const { Service } = await create(cloud);
  expect(Service).toMatchObject({
    Status: 'OPERATION_IN_PROGRESS',
    ServiceArn: expect.stringMatching(`^arn:aws:apprunner:${REGION}:${ACCOUNT}:service/hello/[0-9a-f]{32}$`),
  });
});

it('takes the time it is given', async () => {
  const clock = new VirtualClock();
  await using cloud = createCloud({ clock });
  await create(cloud);
  await clock.advance(60_000);
  const { ServiceSummaryList } = await new AppRunnerClient(cloud.clientConfig()).send(new ListServicesCommand({}));
  expect(ServiceSummaryList).toMatchObject([{ ServiceName: 'hello', Status: 'RUNNING' }]);
});

it('makes clients of other accounts and regions', async () => {
  await using cloud = createCloud();
  const config = cloud.clientConfig({ account: '222233334444', region: 'eu-west-1' });
  expect(config.region).toBe('eu-west-1');
  const { Arn } = await new STSClient(config).send(new GetCallerIdentityCommand({}));
  expect(Arn).toBe('arn:aws:iam::222233334444:root');
});

const PROGRAM = `
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { createCloud } from './src/cloud.ts';
import { seedNetwork } from './src/seed.ts';

{
  await using cloud = createCloud();
  await seedNetwork(cloud);
  await new DynamoDBClient(cloud.clientConfig()).send(new ListTablesCommand({}));
  await cloud.front.start();
  await cloud.stop();
}
console.log('stopped twice');
`;

it('leaves nothing behind that keeps a program from its end, however often it is stopped', {
  timeout: 120_000,
}, async () => {
  const cwd = fileURLToPath(new URL('..', import.meta.url));
  const ended = promisify(execFile)(process.execPath, ['--input-type=module', '--eval', PROGRAM], { cwd });
  expect(await ended).toEqual({ stdout: 'stopped twice\n', stderr: '' });
});
