import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
} from '@aws-sdk/client-cloudwatch';
import { CreateTopicCommand, SetTopicAttributesCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, it } from 'vitest';
import { seededChance } from '../../src/chance.ts';
import { VirtualClock } from '../../src/clock.ts';
import { createCloud, type EmbeddedCloud } from '../../src/cloud.ts';
import { profiles } from '../../src/profile.ts';
import { evaluate, type MissingData } from '../../src/services/cloudwatch/alarms.ts';

const _ = undefined;
const settings = { comparison: 'GreaterThanThreshold', threshold: 0 };

describe('the state of an alarm', () => {
  // Documented: "Configuring how CloudWatch alarms treat missing data", the table of three periods, the newest value last.
  it.each<[values: (number | undefined)[], Readonly<Record<MissingData, string | undefined>>]>([
    [[0, _, 1, _, 1], { missing: 'OK', ignore: 'OK', breaching: 'OK', notBreaching: 'OK' }],
    [[0, _, _, _, _], { missing: 'OK', ignore: _, breaching: 'OK', notBreaching: 'OK' }],
    [[_, _, _, _, _], { missing: 'INSUFFICIENT_DATA', ignore: _, breaching: 'ALARM', notBreaching: 'OK' }],
    [[0, 1, 1, _, 1], { missing: 'ALARM', ignore: 'ALARM', breaching: 'ALARM', notBreaching: 'ALARM' }],
    [[_, _, 1, _, _], { missing: 'ALARM', ignore: _, breaching: 'ALARM', notBreaching: 'OK' }],
  ])('of %j follows the treatment of missing data', (values, expected) => {
    for (const [missingData, state] of Object.entries(expected)) {
      const alarm = {
        ...settings,
        evaluationPeriods: 3,
        datapointsToAlarm: 3,
        missingData: missingData as MissingData,
      };
      expect([missingData, evaluate(values.toReversed(), alarm)]).toEqual([missingData, state]);
    }
  });

  it('needs as many breaching periods as are asked for', () => {
    const alarm = { ...settings, evaluationPeriods: 5, datapointsToAlarm: 3, missingData: 'notBreaching' } as const;
    expect(evaluate([1, 0, 1, 0, 0], alarm)).toBe('OK');
    expect(evaluate([1, 0, 1, 0, 1], alarm)).toBe('ALARM');
    expect(evaluate([1, _, 1, _, 1], alarm)).toBe('ALARM');
  });
});

let cloud: EmbeddedCloud | undefined;
afterEach(() => cloud?.stop());

async function start() {
  const clock = new VirtualClock();
  const made = createCloud({ clock, chance: seededChance('alarms'), profile: profiles.realistic });
  cloud = made;
  const config = made.clientConfig();
  const [cloudWatch, sns, sqs] = [new CloudWatchClient(config), new SNSClient(config), new SQSClient(config)];
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'alarms' }));
  const mailbox = 'arn:aws:sqs:ap-northeast-1:123456789012:mailbox';
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { Service: 'sns.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: mailbox,
      Condition: { ArnEquals: { 'aws:SourceArn': TopicArn } },
    },
  });
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'mailbox', Attributes: { Policy } }));
  await sqs.send(new CreateQueueCommand({ QueueName: 'work' }));
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: mailbox }));
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'email', Endpoint: 'someone@example.com' }));
  const state = async (name: string) => {
    const { MetricAlarms = [] } = await cloudWatch.send(new DescribeAlarmsCommand({ AlarmNames: [name] }));
    return MetricAlarms[0]?.StateValue;
  };
  const told = async () => {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    for (const { ReceiptHandle = '' } of Messages) made.sqs.delete(mailbox, ReceiptHandle);
    return Messages.map(({ Body = '' }) => JSON.parse(JSON.parse(Body).Message).NewStateValue);
  };
  return { cloud: made, clock, cloudWatch, sns, sqs, TopicArn, state, told };
}

const watch: PutMetricAlarmCommandInput = {
  AlarmName: 'old',
  Namespace: 'AWS/SQS',
  MetricName: 'ApproximateAgeOfOldestMessage',
  Dimensions: [{ Name: 'QueueName', Value: 'work' }],
  Statistic: 'Maximum',
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 120,
  ComparisonOperator: 'GreaterThanThreshold',
  TreatMissingData: 'notBreaching',
};
const MINUTE = 60_000;

describe('an alarm', () => {
  it('follows a queue, and tells its topic when it begins and ends', async () => {
    const { cloud, clock, cloudWatch, sqs, TopicArn, state, told } = await start();
    const actions = { AlarmActions: [TopicArn], OKActions: [TopicArn] };
    await cloudWatch.send(new PutMetricAlarmCommand({ ...watch, ...actions }));
    await clock.advance(MINUTE);
    expect(await state('old')).toBe('OK');
    expect(await told()).toEqual(['OK']);
    const QueueUrl = `https://sqs.ap-northeast-1.amazonaws.com/123456789012/work`;
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }));
    await clock.advance(2 * MINUTE);
    expect(await state('old')).toBe('OK');
    await clock.advance(3 * MINUTE);
    expect(await state('old')).toBe('ALARM');
    const [message] = cloud.sqs.receive('arn:aws:sqs:ap-northeast-1:123456789012:work', 1);
    cloud.sqs.delete('arn:aws:sqs:ap-northeast-1:123456789012:work', message?.ReceiptHandle ?? '');
    await clock.advance(5 * MINUTE);
    expect(await state('old')).toBe('OK');
    expect(await told()).toEqual(['ALARM', 'OK']);
    // Nothing is left to look at.
    await expect(clock.advanceUntil(() => false, 100 * MINUTE)).rejects.toThrow('nothing is scheduled any more');
  });

  it('reads the metrics of log lines, and cannot tell a topic whose policy does not let it', async () => {
    const { cloud, clock, cloudWatch, sns, TopicArn, state, told } = await start();
    const AttributeValue = JSON.stringify({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Principal: { AWS: '123456789012' }, Action: 'sns:Publish', Resource: TopicArn },
    });
    await sns.send(new SetTopicAttributesCommand({ TopicArn, AttributeName: 'Policy', AttributeValue }));
    const metric = {
      Namespace: 'Shop',
      MetricName: 'Lost',
      Dimensions: [{ Name: 'service', Value: 'a' }],
      Threshold: 0,
    };
    await cloudWatch.send(
      new PutMetricAlarmCommand({ ...watch, ...metric, AlarmName: 'lost', Statistic: 'Sum', AlarmActions: [TopicArn] }),
    );
    const group = cloud.logs.groups.create('123456789012', 'ap-northeast-1', '/aws/lambda/x');
    const directive = { Namespace: 'Shop', Dimensions: [['service']], Metrics: [{ Name: 'Lost', Unit: 'Count' }] };
    const _aws = { Timestamp: clock.now(), CloudWatchMetrics: [directive] };
    cloud.logs.groups.write(group, 'one', JSON.stringify({ _aws, service: 'a', Lost: 2 }));
    cloud.logs.groups.write(group, 'one', '{"_aws": "CloudWatchMetrics"}');
    await clock.advance(MINUTE);
    expect(await state('lost')).toBe('ALARM');
    expect(await told()).toEqual([]);
    const history = cloud.cloudWatch.alarms.history('123456789012', 'ap-northeast-1');
    expect(history[0]?.summary).toContain('is not authorized to perform: SNS:Publish');
    await clock.advance(10 * MINUTE);
    expect(await state('lost')).toBe('OK');
  });
});
