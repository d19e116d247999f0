import * as sdk from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../../wire/errors.ts';
import { type CallContext, type OperationDefinition, operation } from '../../wire/service.ts';
import type { World } from '../../world.ts';
import type { Alarm, AlarmState, Alarms } from './alarms.ts';
import type { Dashboards } from './dashboards.ts';
import { type Metrics, statisticOf, statistics, summary } from './metrics.ts';

const PAGE = 100;
/** Documented: data points of one GetMetricStatistics. */
const MOST_POINTS = 1440;

const refuse = (message: string): AwsError => new AwsError('ValidationError', message);
const invalid = (message: string): AwsError => new AwsError('InvalidParameterValue', message);
const anything = (action: string) => () => ({ action: `cloudwatch:${action}`, resources: ['*'] });
const alarmArn = ({ account, region }: CallContext, name: string) =>
  `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`;
const dimensionsOf = (given: sdk.Dimension[] = []): Readonly<Record<string, string>> =>
  Object.fromEntries(given.map(({ Name = '', Value = '' }) => [Name, Value]));

function page<Item>(items: readonly Item[], token = '0', size = PAGE): { items: Item[]; NextToken?: string } {
  const from = Number(token);
  if (!Number.isInteger(from) || from < 0)
    throw new AwsError('InvalidNextToken', 'The next token specified is invalid.');
  return {
    items: items.slice(from, from + size),
    ...(from + size < items.length ? { NextToken: String(from + size) } : {}),
  };
}

export function alarmOperations(alarms: Alarms): readonly OperationDefinition[] {
  const shown = (alarm: Alarm): sdk.MetricAlarm => ({
    AlarmName: alarm.name,
    AlarmArn: alarm.arn,
    AlarmDescription: alarm.description,
    AlarmConfigurationUpdatedTimestamp: new Date(alarm.configuredAt),
    ActionsEnabled: alarm.actionsEnabled,
    OKActions: [...alarm.actions.OK],
    AlarmActions: [...alarm.actions.ALARM],
    InsufficientDataActions: [...alarm.actions.INSUFFICIENT_DATA],
    StateValue: alarm.state,
    StateReason: alarm.reason,
    StateUpdatedTimestamp: new Date(alarm.stateSince),
    StateTransitionedTimestamp: new Date(alarm.stateSince),
    MetricName: alarm.metricName,
    Namespace: alarm.namespace,
    Statistic: alarm.statistic,
    Dimensions: Object.entries(alarm.dimensions).map(([Name, Value]) => ({ Name, Value })),
    Period: alarm.period,
    EvaluationPeriods: alarm.evaluationPeriods,
    DatapointsToAlarm: alarm.datapointsToAlarm,
    Threshold: alarm.threshold,
    ComparisonOperator: alarm.comparison as sdk.ComparisonOperator,
    TreatMissingData: alarm.missingData,
  });
  return [
    operation<sdk.PutMetricAlarmCommandInput, sdk.PutMetricAlarmCommandOutput>(sdk.PutMetricAlarm$, {
      writes: true,
      permissions: ({ AlarmName = '' }, context) => ({
        action: 'cloudwatch:PutMetricAlarm',
        resources: [alarmArn(context, AlarmName)],
      }),
      run: (input, { account, region }) => {
        alarms.put(account, region, input);
        return {};
      },
    }),
    operation<sdk.DescribeAlarmsCommandInput, sdk.DescribeAlarmsCommandOutput>(sdk.DescribeAlarms$, {
      permissions: anything('DescribeAlarms'),
      run: (input, { account, region }) => {
        const { AlarmNames, AlarmNamePrefix, StateValue, ActionPrefix, AlarmTypes, MaxRecords, NextToken } = input;
        if (AlarmNames !== undefined && AlarmNamePrefix !== undefined)
          throw refuse('AlarmNamePrefix cannot be used together with AlarmNames');
        const found = alarms
          .in(account, region)
          .filter(({ name }) => AlarmNames?.includes(name) ?? name.startsWith(AlarmNamePrefix ?? ''))
          .filter(({ state }) => StateValue === undefined || state === StateValue)
          .filter(
            ({ actions }) =>
              ActionPrefix === undefined ||
              Object.values(actions)
                .flat()
                .some((arn) => arn.startsWith(ActionPrefix)),
          )
          .toSorted((a, b) => (a.name < b.name ? -1 : 1));
        const wanted = AlarmTypes === undefined || AlarmTypes.includes('MetricAlarm') ? found : [];
        const { items, ...rest } = page(wanted, NextToken, MaxRecords);
        return { MetricAlarms: items.map(shown), CompositeAlarms: [], ...rest };
      },
    }),
    operation<sdk.DeleteAlarmsCommandInput, sdk.DeleteAlarmsCommandOutput>(sdk.DeleteAlarms$, {
      writes: true,
      permissions: ({ AlarmNames = [] }, context) => ({
        action: 'cloudwatch:DeleteAlarms',
        resources: AlarmNames.map((name) => alarmArn(context, name)),
      }),
      // All or none (documented).
      run: ({ AlarmNames = [] }, { account, region }) => {
        const found = AlarmNames.map((name) => {
          const alarm = alarms.find(account, region, name);
          if (alarm === undefined)
            throw new AwsError('ResourceNotFound', `Alarm ${name} does not exist`, { status: 404 });
          return alarm;
        });
        for (const alarm of found) alarms.delete(alarm);
        return {};
      },
    }),
    operation<sdk.SetAlarmStateCommandInput, sdk.SetAlarmStateCommandOutput>(sdk.SetAlarmState$, {
      writes: true,
      permissions: ({ AlarmName = '' }, context) => ({
        action: 'cloudwatch:SetAlarmState',
        resources: [alarmArn(context, AlarmName)],
      }),
      run: ({ AlarmName = '', StateValue, StateReason = '' }, { account, region }) => {
        const alarm = alarms.find(account, region, AlarmName);
        if (alarm === undefined) throw new AwsError('ResourceNotFound', 'Unknown alarm', { status: 404 });
        // The constraints of the model have checked it.
        alarms.setState(alarm, StateValue as AlarmState, StateReason);
        return {};
      },
    }),
    operation<sdk.DescribeAlarmHistoryCommandInput, sdk.DescribeAlarmHistoryCommandOutput>(sdk.DescribeAlarmHistory$, {
      permissions: anything('DescribeAlarmHistory'),
      run: (input, { account, region }) => {
        const { AlarmName, HistoryItemType, MaxRecords, NextToken, ScanBy = 'TimestampDescending' } = input;
        const found = alarms
          .history(account, region)
          .filter(({ alarm }) => AlarmName === undefined || alarm === AlarmName)
          .filter(({ kind }) => HistoryItemType === undefined || kind === HistoryItemType);
        const { items, ...rest } = page(
          ScanBy === 'TimestampAscending' ? found.toReversed() : found,
          NextToken,
          MaxRecords,
        );
        return {
          AlarmHistoryItems: items.map(({ alarm, at, kind, summary: HistorySummary }) => ({
            AlarmName: alarm,
            AlarmType: 'MetricAlarm',
            Timestamp: new Date(at),
            HistoryItemType: kind,
            HistorySummary,
          })),
          ...rest,
        };
      },
    }),
  ];
}

export function metricOperations(metrics: Metrics, { clock }: World): readonly OperationDefinition[] {
  return [
    operation<sdk.PutMetricDataCommandInput, sdk.PutMetricDataCommandOutput>(sdk.PutMetricData$, {
      writes: true,
      dataPlane: true,
      permissions: ({ Namespace = '' }) => ({
        action: 'cloudwatch:PutMetricData',
        resources: ['*'],
        conditions: { 'cloudwatch:namespace': [Namespace] },
      }),
      run: ({ Namespace = '', MetricData, EntityMetricData }, { account, region }) => {
        if (EntityMetricData !== undefined || MetricData === undefined)
          throw new AwsError('NotImplemented', 'EntityMetricData is not implemented by the embedded cloud', {
            status: 501,
          });
        if (Namespace.startsWith('AWS/')) throw invalid('The value AWS/ for parameter Namespace is invalid.');
        for (const {
          MetricName = '',
          Dimensions,
          Value,
          Values,
          StatisticValues,
          Counts,
          Unit,
          Timestamp,
        } of MetricData) {
          if (StatisticValues !== undefined || Counts !== undefined) {
            const message = 'StatisticValues and Counts are not implemented by the embedded cloud';
            throw new AwsError('NotImplemented', message, { status: 501 });
          }
          const values = Values ?? (Value === undefined ? [] : [Value]);
          if (values.length === 0 || !values.every(Number.isFinite))
            throw invalid('The parameter MetricData.member.1.Value is required and must be a finite number.');
          const id = { account, region, namespace: Namespace, name: MetricName, dimensions: dimensionsOf(Dimensions) };
          metrics.put(id, values, Unit, Timestamp?.getTime() ?? clock.now());
        }
        return {};
      },
    }),
    operation<sdk.GetMetricStatisticsCommandInput, sdk.GetMetricStatisticsCommandOutput>(sdk.GetMetricStatistics$, {
      permissions: anything('GetMetricStatistics'),
      run: (input, { account, region }) => {
        const { Namespace: namespace = '', MetricName: name = '', Dimensions, Period = 60, Statistics, Unit } = input;
        const from = input.StartTime?.getTime() ?? 0;
        const until = input.EndTime?.getTime() ?? 0;
        if (from >= until) throw invalid('The parameter StartTime must be less than the parameter EndTime.');
        if (Statistics === undefined) throw refuse('Must specify either Statistics or ExtendedStatistics');
        if (Period % 60 !== 0 || Period <= 0) throw invalid('The parameter Period must be a multiple of 60.');
        const step = Period * 1000;
        if ((until - from) / step > MOST_POINTS) {
          throw new AwsError(
            'InvalidParameterCombination',
            `You have requested up to ${Math.ceil((until - from) / step)} datapoints, which exceeds the limit of ${MOST_POINTS}. You may reduce the datapoints requested by increasing Period, or decreasing the time range.`,
          );
        }
        const metric = metrics.find({ account, region, namespace, name, dimensions: dimensionsOf(Dimensions) });
        const points: sdk.Datapoint[] = [];
        for (let at = Math.floor(from / step) * step; at < until; at += step) {
          const datum = Unit === undefined || metric?.unit === Unit ? summary(metric, at, at + step) : undefined;
          if (datum === undefined) continue;
          const values = statistics
            .filter((statistic) => Statistics.includes(statistic))
            .map((statistic) => [statistic, statisticOf(datum, statistic)]);
          points.push({
            Timestamp: new Date(at),
            Unit: metric?.unit as sdk.StandardUnit,
            ...Object.fromEntries(values),
          });
        }
        return { Label: name, Datapoints: points };
      },
    }),
    operation<sdk.ListMetricsCommandInput, sdk.ListMetricsCommandOutput>(sdk.ListMetrics$, {
      permissions: anything('ListMetrics'),
      run: ({ Namespace, MetricName, Dimensions = [], NextToken }, { account, region }) => {
        const fits = (known: Readonly<Record<string, string>>) =>
          Dimensions.every(
            ({ Name = '', Value }) => known[Name] !== undefined && (Value === undefined || known[Name] === Value),
          );
        const found = metrics
          .in({ account, region })
          .filter(({ namespace, name }) => (Namespace ?? namespace) === namespace && (MetricName ?? name) === name)
          .filter(({ dimensions }) => fits(dimensions));
        const { items, ...rest } = page(found, NextToken, 500);
        return {
          Metrics: items.map(({ namespace, name, dimensions }) => ({
            Namespace: namespace,
            MetricName: name,
            Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
          })),
          ...rest,
        };
      },
    }),
  ];
}

export function dashboardOperations(dashboards: Dashboards): readonly OperationDefinition[] {
  const arn = ({ account }: CallContext, name: string) => `arn:aws:cloudwatch::${account}:dashboard/${name}`;
  const missing = (name: string) =>
    new AwsError('DashboardNotFoundError', `Dashboard ${name} does not exist`, { status: 404 });
  return [
    operation<sdk.PutDashboardCommandInput, sdk.PutDashboardCommandOutput>(sdk.PutDashboard$, {
      writes: true,
      permissions: ({ DashboardName = '' }, context) => ({
        action: 'cloudwatch:PutDashboard',
        resources: [arn(context, DashboardName)],
      }),
      run: ({ DashboardName = '', DashboardBody = '' }, { account }) => {
        dashboards.put(account, DashboardName, DashboardBody);
        return { DashboardValidationMessages: [] };
      },
    }),
    operation<sdk.GetDashboardCommandInput, sdk.GetDashboardCommandOutput>(sdk.GetDashboard$, {
      permissions: ({ DashboardName = '' }, context) => ({
        action: 'cloudwatch:GetDashboard',
        resources: [arn(context, DashboardName)],
      }),
      run: ({ DashboardName = '' }, context) => {
        const found = dashboards.in(context.account).get(DashboardName);
        if (found === undefined) throw missing(DashboardName);
        return { DashboardName, DashboardArn: arn(context, DashboardName), DashboardBody: found.body };
      },
    }),
    operation<sdk.ListDashboardsCommandInput, sdk.ListDashboardsCommandOutput>(sdk.ListDashboards$, {
      permissions: anything('ListDashboards'),
      run: ({ DashboardNamePrefix = '', NextToken }, context) => {
        const found = [...dashboards.in(context.account)].filter(([name]) => name.startsWith(DashboardNamePrefix));
        const { items, ...rest } = page(found, NextToken, 1000);
        return {
          DashboardEntries: items.map(([name, { body, at }]) => ({
            DashboardName: name,
            DashboardArn: arn(context, name),
            LastModified: new Date(at),
            Size: body.length,
          })),
          ...rest,
        };
      },
    }),
    operation<sdk.DeleteDashboardsCommandInput, sdk.DeleteDashboardsCommandOutput>(sdk.DeleteDashboards$, {
      writes: true,
      permissions: ({ DashboardNames = [] }, context) => ({
        action: 'cloudwatch:DeleteDashboards',
        resources: DashboardNames.map((name) => arn(context, name)),
      }),
      run: ({ DashboardNames = [] }, { account }) => {
        const lacking = DashboardNames.find((name) => !dashboards.in(account).has(name));
        if (lacking !== undefined) throw missing(lacking);
        for (const name of DashboardNames) dashboards.delete(account, name);
        return {};
      },
    }),
  ];
}
