import * as sdk from '@aws-sdk/client-cloudwatch';
import { expect } from 'vitest';
import { ACCOUNT, type OperationSetting, REGION, type Rows } from './setting.ts';

const AlarmName = 'too-many';
const alarm: sdk.PutMetricAlarmCommandInput = {
  AlarmName,
  Namespace: 'Shop',
  MetricName: 'Errors',
  Statistic: 'Sum',
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 0,
  ComparisonOperator: 'GreaterThanThreshold',
};
const put = ({ cloudWatch }: OperationSetting, input: Partial<sdk.PutMetricAlarmCommandInput> = {}) =>
  cloudWatch.send(new sdk.PutMetricAlarmCommand({ ...alarm, ...input }));
/** With the alarm in place. */
const onAlarm =
  (call: (client: sdk.CloudWatchClient) => Promise<object>) =>
  async (setting: OperationSetting): Promise<object> => {
    await put(setting);
    return call(setting.cloudWatch);
  };
const without = (call: (client: sdk.CloudWatchClient) => Promise<object>) => ({
  call: ({ cloudWatch }: OperationSetting) => call(cloudWatch),
  by: sdk.ResourceNotFound,
});
const remove = (client: sdk.CloudWatchClient) => client.send(new sdk.DeleteAlarmsCommand({ AlarmNames: [AlarmName] }));
const state = (client: sdk.CloudWatchClient) =>
  client.send(new sdk.SetAlarmStateCommand({ AlarmName, StateValue: 'ALARM', StateReason: 'a rehearsal' }));

const measure = ({ cloudWatch }: OperationSetting, Namespace = 'Shop') =>
  cloudWatch.send(
    new sdk.PutMetricDataCommand({
      Namespace,
      MetricData: [{ MetricName: 'Errors', Value: 3, Unit: 'Count', Timestamp: new Date(Date.UTC(2026, 0, 1)) }],
    }),
  );
const read = ({ cloudWatch }: OperationSetting, minutes: number) =>
  cloudWatch.send(
    new sdk.GetMetricStatisticsCommand({
      Namespace: 'Shop',
      MetricName: 'Errors',
      StartTime: new Date(Date.UTC(2026, 0, 1)),
      EndTime: new Date(Date.UTC(2026, 0, 1, 0, minutes)),
      Period: 60,
      Statistics: ['Sum'],
    }),
  );

const DashboardName = 'overview';
const draw = ({ cloudWatch }: OperationSetting, DashboardBody = '{"widgets":[]}') =>
  cloudWatch.send(new sdk.PutDashboardCommand({ DashboardName, DashboardBody }));
const get = ({ cloudWatch }: OperationSetting) => cloudWatch.send(new sdk.GetDashboardCommand({ DashboardName }));
const erase = ({ cloudWatch }: OperationSetting) =>
  cloudWatch.send(new sdk.DeleteDashboardsCommand({ DashboardNames: [DashboardName] }));
const drawn =
  (call: (setting: OperationSetting) => Promise<object>) =>
  async (setting: OperationSetting): Promise<object> => {
    await draw(setting);
    return call(setting);
  };

export const monitoringRows: Rows = {
  PutMetricAlarm: {
    call: (s) => put(s),
    refused: { call: (s) => put(s, { EvaluationPeriods: 2000 }), by: 'ValidationException' },
  },
  DescribeAlarms: {
    call: onAlarm((client) => client.send(new sdk.DescribeAlarmsCommand({ AlarmNamePrefix: 'too' }))),
    answer: {
      MetricAlarms: [
        {
          AlarmArn: `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:${AlarmName}`,
          StateValue: 'INSUFFICIENT_DATA',
          TreatMissingData: 'missing',
        },
      ],
    },
    refused: {
      call: ({ cloudWatch }) =>
        cloudWatch.send(new sdk.DescribeAlarmsCommand({ AlarmNames: ['a'], AlarmNamePrefix: 'a' })),
      by: 'ValidationException',
    },
  },
  DeleteAlarms: { call: onAlarm(remove), refused: without(remove) },
  SetAlarmState: { call: onAlarm(state), refused: without(state) },
  DescribeAlarmHistory: {
    call: onAlarm((client) => client.send(new sdk.DescribeAlarmHistoryCommand({ AlarmName }))),
    answer: { AlarmHistoryItems: [{ AlarmName, HistoryItemType: 'ConfigurationUpdate' }] },
  },
  PutMetricData: {
    call: (s) => measure(s),
    refused: { call: (s) => measure(s, 'AWS/SQS'), by: sdk.InvalidParameterValueException },
  },
  GetMetricStatistics: {
    call: async (s) => {
      await measure(s);
      return read(s, 5);
    },
    answer: { Label: 'Errors', Datapoints: [{ Sum: 3, Unit: 'Count', Timestamp: expect.any(Date) }] },
    refused: { call: (s) => read(s, 0), by: sdk.InvalidParameterValueException },
  },
  ListMetrics: {
    call: async (s) => {
      await measure(s);
      return s.cloudWatch.send(new sdk.ListMetricsCommand({ Namespace: 'Shop' }));
    },
    answer: { Metrics: [{ Namespace: 'Shop', MetricName: 'Errors', Dimensions: [] }] },
  },
  PutDashboard: {
    call: (s) => draw(s),
    refused: { call: (s) => draw(s, '{"widgets":[{"type":"cloud"}]}'), by: sdk.DashboardInvalidInputError },
  },
  GetDashboard: {
    call: drawn(get),
    answer: { DashboardBody: '{"widgets":[]}' },
    refused: { call: get, by: sdk.ResourceNotFound },
  },
  ListDashboards: {
    call: drawn(({ cloudWatch }) => cloudWatch.send(new sdk.ListDashboardsCommand({}))),
    answer: { DashboardEntries: [{ DashboardName }] },
  },
  DeleteDashboards: { call: drawn(erase), refused: { call: erase, by: sdk.ResourceNotFound } },
};
