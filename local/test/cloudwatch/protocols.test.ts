import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  GetMetricStatisticsCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import { AwsJson1_0Protocol, AwsQueryProtocol } from '@aws-sdk/core/protocols';
import { SmithyRpcV2CborProtocol } from '@smithy/core/cbor';
import { afterAll, expect, it } from 'vitest';
import { createCloud } from '../../src/cloud.ts';

const cloud = createCloud();
afterAll(() => cloud.stop());

/** The protocols that clients of CloudWatch speak: this SDK's, that of old command lines, that of new ones. */
const protocols = { AwsJson1_0Protocol, AwsQueryProtocol, SmithyRpcV2CborProtocol };

it.each(Object.entries(protocols))('CloudWatch speaks %s', async (name, protocol) => {
  const client = new CloudWatchClient({ ...cloud.clientConfig(), protocol });
  const AlarmName = `of ${name}`;
  await client.send(
    new PutMetricAlarmCommand({
      AlarmName,
      Namespace: 'Shop',
      MetricName: 'Errors',
      Dimensions: [{ Name: 'of', Value: name }],
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 2,
      Threshold: 0.5,
      ComparisonOperator: 'GreaterThanThreshold',
      ActionsEnabled: false,
    }),
  );
  const { MetricAlarms = [] } = await client.send(new DescribeAlarmsCommand({ AlarmNames: [AlarmName] }));
  expect(MetricAlarms).toMatchObject([
    {
      AlarmName,
      Threshold: 0.5,
      EvaluationPeriods: 2,
      ActionsEnabled: false,
      Dimensions: [{ Name: 'of', Value: name }],
    },
  ]);
  expect(MetricAlarms[0]?.StateUpdatedTimestamp).toBeInstanceOf(Date);
  const Timestamp = new Date(Date.UTC(2026, 0, 1));
  const MetricData = [{ MetricName: name, Value: 1.5, Timestamp }];
  await client.send(new PutMetricDataCommand({ Namespace: 'Shop', MetricData }));
  const { Datapoints = [] } = await client.send(
    new GetMetricStatisticsCommand({
      Namespace: 'Shop',
      MetricName: name,
      StartTime: Timestamp,
      EndTime: new Date(Timestamp.getTime() + 60_000),
      Period: 60,
      Statistics: ['Sum', 'Maximum'],
    }),
  );
  expect(Datapoints).toMatchObject([{ Sum: 1.5, Maximum: 1.5, Timestamp }]);
  const missing = client.send(new DeleteAlarmsCommand({ AlarmNames: ['none'] }));
  await expect(missing).rejects.toMatchObject({ name: 'ResourceNotFound', message: 'Alarm none does not exist' });
});
