import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { PurgeQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { AwsError } from 'apprunner-embedded-cloud/aws-error';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensurePackaged } from '../../build/package.ts';
import { STACK_NAME } from '../../demo/product-stack.ts';
import { HOUR, MINUTE } from '../../shared/duration.ts';
import { ask } from '../api/caller.ts';
import { functionArn, Installation } from './installation.ts';
import { Mailbox } from './mailbox.ts';
import { TAGS } from './worlds.ts';

/** One installation for all alarms, one after the other. Without a sweep of its own: tests begin them. */
let world: Installation;
let mailbox: Mailbox;
let arn: string;

beforeAll(async () => {
  await ensurePackaged();
  world = await Installation.start({
    prepare: async (cloud) => {
      const made = await Mailbox.subscribed(cloud.clientConfig(), 'alarms');
      mailbox = made.mailbox;
      return { AlarmTopicArn: made.topicArn };
    },
  });
  arn = await world.createService('hello', TAGS);
  await world.until(arn, 'ready');
  await world.sweep();
  await world.clock.advance(5 * MINUTE);
  await mailbox.read();
}, 120_000);
afterAll(() => world.stop());

const raised = async (): Promise<readonly string[]> => {
  const client = new CloudWatchClient(world.config);
  const { MetricAlarms = [] } = await client.send(new DescribeAlarmsCommand({ StateValue: 'ALARM' }));
  return MetricAlarms.map(({ AlarmName = '' }) => AlarmName.replace(`${STACK_NAME}-`, ''));
};

/** What the topic said since the last time, as `ALARM held-sweep`. */
const told = async (): Promise<readonly string[]> =>
  (await mailbox.read()).map(({ Subject, Message }) => {
    const { AlarmName, NewStateValue, AlarmDescription } = JSON.parse(String(Message));
    const name = AlarmName.replace(`${STACK_NAME}-`, '');
    expect(Subject).toContain(AlarmName);
    expect(AlarmDescription).toContain(`docs/runbook.md#${name}`);
    return `${NewStateValue} ${name}`;
  });

/** Advances until the alarm is raised, or is not, and returns the other notifications. @param limit milliseconds. */
async function until(alarm: string, state: 'ALARM' | 'OK', limit = 3 * HOUR): Promise<void> {
  for (let waited = 0; waited <= limit; waited += MINUTE) {
    if ((await raised()).includes(alarm) === (state === 'ALARM')) {
      await world.clock.advance(1000);
      return;
    }
    await world.clock.advance(MINUTE);
  }
  throw new Error(`${alarm} is not ${state} after ${limit} ms: ${await raised()}; ${world.log.slice(-5).join('\n')}`);
}

/** Calls `again` every five minutes until the alarm is raised. */
async function untilRaisedBy(alarm: string, again: () => Promise<unknown>): Promise<void> {
  for (let turn = 0; turn < 12; turn++) {
    await again();
    await world.clock.advance(5 * MINUTE);
    if ((await raised()).includes(alarm)) return;
  }
  throw new Error(`${alarm} is not raised: ${await raised()}`);
}

/** No function takes what is sent to a queue, until the alarm is raised. @param queue its name behind that of the stack. */
async function untilTooOld(alarm: string, queue: string, send: () => Promise<unknown>): Promise<void> {
  const { lambda } = world.cloud;
  const mapping = lambda
    .mappings('123456789012', 'ap-northeast-1')
    .find(({ sourceArn }) => sourceArn.endsWith(`-${queue}`));
  if (mapping === undefined) throw new Error(`the queue ${queue} has no mapping`);
  lambda.deleteEventSourceMapping(mapping.uuid);
  await send();
  await until(alarm, 'ALARM');
  lambda.createEventSourceMapping(mapping);
}

/** Other alarms may follow from the same cause. */
async function expectTold(alarm: string): Promise<void> {
  const all = await told();
  expect(all.filter((one) => one.endsWith(` ${alarm}`))).toEqual([`ALARM ${alarm}`, `OK ${alarm}`]);
}

/** The function cannot start, because its settings are wrong. @returns what repairs it. */
function breakFunction(name: string): () => void {
  const { environment } = world.cloud.lambda.get(functionArn(name));
  world.cloud.lambda.updateFunction(functionArn(name), { environment: { ...environment, TABLE_NAME: '' } });
  return () => world.cloud.lambda.updateFunction(functionArn(name), { environment });
}

/** AWS refuses an operation. @returns what ends it. */
function refuse(service: string, operation: string, code: string): () => void {
  return world.cloud.gateway.intercept((call) =>
    call.service === service && call.operation === operation ? new AwsError(code, `${code} on demand`) : undefined,
  );
}

async function purgeDeadLetters(): Promise<void> {
  await world.sqs.send(new PurgeQueueCommand({ QueueUrl: world.stack.outputs.DeadLetterQueueUrl }));
}

/** Every alarm of stack/alarms.yml: what causes it, and what ends it. */
const alarms: Readonly<Record<string, { cause(): Promise<void>; end(): Promise<void> }>> = {
  'sweeps-stopped': {
    cause: () => until('sweeps-stopped', 'ALARM'),
    end: () => world.sweep(),
  },
  'dead-letter': {
    cause: async () => {
      await world.cloud.lambda.invoke(world.cloud.lambda.get(functionArn('on-service-event')), { source: 1 });
      await until('dead-letter', 'ALARM');
    },
    end: purgeDeadLetters,
  },
  'reconcile-errors': {
    cause: async () => {
      const repair = breakFunction('reconcile');
      await untilRaisedBy('reconcile-errors', () => world.enqueue(arn));
      repair();
    },
    end: purgeDeadLetters,
  },
  'failed-reconciliations': {
    cause: async () => {
      await world.damageRow(arn);
      await untilRaisedBy('failed-reconciliations', () => world.enqueue(arn));
    },
    end: async () => {
      await world.deleteRow(arn);
      await world.enqueue(arn);
      await world.until(arn, 'ready');
      await purgeDeadLetters();
    },
  },
  'function-throttles': {
    cause: async () => {
      world.cloud.lambda.updateFunction(functionArn('reconcile'), { reservedConcurrency: 0 });
      await untilRaisedBy('function-throttles', () => world.enqueue(arn));
    },
    end: async () => {
      world.cloud.lambda.updateFunction(functionArn('reconcile'), { reservedConcurrency: undefined });
      await purgeDeadLetters();
    },
  },
  'queue-age': {
    cause: () => untilTooOld('queue-age', 'reconcile', () => world.enqueue(arn)),
    end: async () => {},
  },
  'cut-off-age': {
    cause: () =>
      untilTooOld('cut-off-age', 'cut-off', () => {
        const QueueUrl = world.stack.outputs.CutOffQueueUrl;
        return world.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify({ serviceArn: arn }) }));
      }),
    end: async () => {},
  },
  'sweep-errors': {
    cause: async () => {
      const repair = breakFunction('sweep');
      await world.sweep();
      await world.sweep();
      await until('sweep-errors', 'ALARM');
      repair();
    },
    end: async () => {},
  },
  'sweep-failures': {
    cause: async () => {
      const end = refuse('apprunner', 'ListServices', 'InternalServiceErrorException');
      await world.sweep();
      await until('sweep-failures', 'ALARM');
      end();
    },
    end: () => world.sweep(),
  },
  'sweep-throttled': {
    cause: async () => {
      const end = refuse('apprunner', 'ListServices', 'ThrottlingException');
      await world.sweep();
      await until('sweep-throttled', 'ALARM');
      end();
    },
    end: () => world.sweep(),
  },
  'held-sweep': {
    cause: async () => {
      world.deployPolicy({ limits: { changes: { count: 0 }, detaches: { count: 0 } } });
      await world.untag(arn, 'private-ingress');
      await world.sweep();
      await until('held-sweep', 'ALARM');
      // As long as it is held, however long that is.
      await world.clock.advance(5 * HOUR);
      expect(await raised()).toContain('held-sweep');
    },
    end: async () => {
      await world.tag(arn, TAGS);
      world.deployPolicy({});
      await world.sweep();
    },
  },
  'error-findings': {
    cause: async () => {
      await world.tag(arn, { 'private-ingress:vpc': 'vpc-0123456789abcdef0' });
      await world.quiet();
      await world.sweep();
      await until('error-findings', 'ALARM');
    },
    end: async () => {
      await world.untag(arn, 'private-ingress:vpc');
      await world.until(arn, 'ready');
      await world.sweep();
    },
  },
  'not-ready': {
    cause: async () => {
      await world.tag(arn, { 'private-ingress:vpc': 'vpc-0123456789abcdef0' });
      await world.until(arn, 'blocked');
      await world.clock.advance(25 * HOUR);
      await world.sweep();
      await until('not-ready', 'ALARM');
    },
    end: async () => {
      await world.untag(arn, 'private-ingress:vpc');
      await world.until(arn, 'ready');
      await world.sweep();
    },
  },
  'announcements-late': {
    cause: async () => {
      const end = refuse('events', 'PutEvents', 'InternalException');
      await world.tag(arn, { 'private-ingress:vpc': 'vpc-0123456789abcdef0' });
      await until('announcements-late', 'ALARM');
      end();
    },
    end: async () => {
      await world.untag(arn, 'private-ingress:vpc');
      await world.until(arn, 'ready');
    },
  },
  'api-errors': {
    cause: async () => {
      const repair = breakFunction('api');
      for (let call = 0; call < 5; call++) await ask(world, { target: '/services' });
      await until('api-errors', 'ALARM');
      repair();
    },
    end: async () => {},
  },
};

describe('each alarm', () => {
  it('is in the table below', async () => {
    const { MetricAlarms = [] } = await new CloudWatchClient(world.config).send(new DescribeAlarmsCommand({}));
    const names = MetricAlarms.map(({ AlarmName = '' }) => AlarmName.replace(`${STACK_NAME}-`, ''));
    expect(Object.keys(alarms).toSorted()).toEqual(names.toSorted());
  });

  it('dead-letter is raised by a report that cannot be written', async () => {
    const end = refuse('s3', 'PutObject', 'InternalError');
    await world.sweep();
    await until('dead-letter', 'ALARM');
    end();
    await purgeDeadLetters();
    await until('dead-letter', 'OK');
    await expectTold('dead-letter');
  });

  it.each(Object.entries(alarms))('%s is raised by its cause, and ends with it', async (name, { cause, end }) => {
    expect(await raised()).not.toContain(name);
    await cause();
    expect(await raised()).toContain(name);
    await end();
    await until(name, 'OK');
    await expectTold(name);
  });
});
