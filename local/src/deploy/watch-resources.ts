import type { PutMetricAlarmCommandInput } from '@aws-sdk/client-cloudwatch';
import { type Create, type Lifecycle, list, number, object, overwritten, text, texts } from './resource.ts';
import type { TemplateJson } from './template.ts';

/** Log groups, alarms and dashboards: what people look at. */

const logGroup: Create = ({ properties, place, cloud, generatedName }) => {
  const name = text(properties.LogGroupName) ?? generatedName;
  const { account, region } = place;
  const groups = cloud.logs?.groups;
  const group = groups?.find(account, region, name) ?? groups?.create(account, region, name);
  if (group !== undefined) group.retentionInDays = number(properties.RetentionInDays);
  return { reference: name, attributes: { Arn: `arn:aws:logs:${region}:${account}:log-group:${name}:*` } };
};

/** A template writes numbers as text, too. */
function alarmInput({ Dimensions, ...properties }: TemplateJson, name: string): PutMetricAlarmCommandInput {
  const numbers = ['Period', 'EvaluationPeriods', 'DatapointsToAlarm', 'Threshold'];
  const numeric = numbers.filter((key) => properties[key] !== undefined).map((key) => [key, number(properties[key])]);
  const actions = ['AlarmActions', 'OKActions', 'InsufficientDataActions'].map((key) => [key, texts(properties[key])]);
  const dimensions = list(Dimensions).map((one) => ({ Name: text(object(one).Name), Value: text(object(one).Value) }));
  return {
    ...properties,
    AlarmName: name,
    Dimensions: dimensions,
    ...Object.fromEntries([...numeric, ...actions]),
  } as PutMetricAlarmCommandInput;
}

const alarm: Create = ({ properties, place, cloud, generatedName }) => {
  const { account, region } = place;
  const name = text(properties.AlarmName) ?? generatedName;
  cloud.cloudWatch?.alarms.put(account, region, alarmInput(properties, name));
  return { reference: name, attributes: { Arn: `arn:aws:cloudwatch:${region}:${account}:alarm:${name}` } };
};

const dashboard: Create = ({ properties, place, cloud, generatedName }) => {
  const name = text(properties.DashboardName) ?? generatedName;
  cloud.cloudWatch?.dashboards.put(place.account, name, text(properties.DashboardBody) ?? '');
  return { reference: name, attributes: {} };
};

export const watchResources: Readonly<Record<string, Lifecycle>> = {
  'AWS::Logs::LogGroup': overwritten(logGroup, {
    fixed: ['LogGroupName'],
    remove({ reference, place: { account, region }, cloud }) {
      const group = cloud.logs?.groups.find(account, region, reference);
      if (group !== undefined) cloud.logs?.groups.delete(group);
    },
  }),
  'AWS::CloudWatch::Alarm': overwritten(alarm, {
    fixed: ['AlarmName'],
    remove({ reference, place: { account, region }, cloud }) {
      const found = cloud.cloudWatch?.alarms.find(account, region, reference);
      if (found !== undefined) cloud.cloudWatch?.alarms.delete(found);
    },
  }),
  'AWS::CloudWatch::Dashboard': overwritten(dashboard, {
    fixed: ['DashboardName'],
    remove: ({ reference, place, cloud }) => cloud.cloudWatch?.dashboards.delete(place.account, reference),
  }),
};
