import {
  AppRunnerClient,
  DescribeService$,
  DescribeServiceCommand,
  PauseService$,
  PauseServiceCommand,
} from '@aws-sdk/client-apprunner';
import { expect, it } from 'vitest';
import { WireCounter } from '../../src/wire/counter.ts';
import { AwsError } from '../../src/wire/errors.ts';
import { errorOf, fakeCloud, fakeOperation, fakeService } from './fake.ts';

const arn = { ServiceArn: 'arn:aws:apprunner:eu-west-1:123456789012:service/shop/0' };

function setUp() {
  const pause = fakeOperation(
    PauseService$,
    () => {
      throw new AwsError('InvalidStateException', 'busy');
    },
    { writes: true },
  );
  const cloud = fakeCloud([fakeService('apprunner', [fakeOperation(DescribeService$), pause])]);
  const client = new AppRunnerClient(cloud.client());
  return {
    gateway: cloud.gateway,
    read: () => client.send(new DescribeServiceCommand(arn)),
    write: () => errorOf(client.send(new PauseServiceCommand(arn))),
  };
}

it('counts reads and writes per operation since the mark', async () => {
  const { gateway, read, write } = setUp();
  const counter = new WireCounter(gateway);
  await read();
  await read();
  await write();
  expect([counter.reads, counter.writes]).toEqual([2, 1]);
  expect(counter.operations).toEqual([
    { operation: 'apprunner:DescribeService', writes: false, calls: 2, failed: 0 },
    { operation: 'apprunner:PauseService', writes: true, calls: 1, failed: 1 },
  ]);
  expect(`${counter}`).toBe(
    ['2 reads, 1 writes', '      2 apprunner:DescribeService', '*     1 apprunner:PauseService (1 failed)'].join('\n'),
  );
  counter.mark();
  expect([counter.reads, counter.writes, `${counter}`]).toEqual([0, 0, '0 reads, 0 writes']);
});

it('counts the chosen calls, until it is stopped', async () => {
  const { gateway, read, write } = setUp();
  const counter = new WireCounter(gateway, ({ operation }) => operation === 'DescribeService');
  await read();
  await write();
  counter.stop();
  await read();
  expect([counter.reads, counter.writes]).toEqual([1, 0]);
});
