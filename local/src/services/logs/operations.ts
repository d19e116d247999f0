import * as sdk from '@aws-sdk/client-cloudwatch-logs';
import { AwsError } from '../../wire/errors.ts';
import { type CallContext, type OperationDefinition, operation } from '../../wire/service.ts';
import { filterPattern } from './filter-pattern.ts';
import type { LogEvent, LogGroup, LogGroups, LogStream } from './groups.ts';

/** Documented: days that events can be kept. */
const RETENTIONS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
const invalid = (message: string): AwsError => new AwsError('InvalidParameterException', message);
const groupArn = ({ account, region }: CallContext, name: string) =>
  `arn:aws:logs:${region}:${account}:log-group:${name}:*`;

/** `logGroupIdentifier` takes a name or an ARN. */
const named = (name?: string, identifier?: string): string => {
  if ((name === undefined) === (identifier === undefined))
    throw invalid('Exactly one of logGroupName and logGroupIdentifier must be specified');
  return (
    name ?? /^arn:[^:]+:logs:[^:]+:\d{12}:log-group:([^:]+)(?::\*)?$/.exec(identifier ?? '')?.[1] ?? identifier ?? ''
  );
};
const onGroup =
  (action: string) =>
  (input: { logGroupName?: string | undefined; logGroupIdentifier?: string | undefined }, context: CallContext) => ({
    action: `logs:${action}`,
    resources: [groupArn(context, named(input.logGroupName, input.logGroupIdentifier))],
  });

function page<Item>(
  items: readonly Item[],
  token: string | undefined,
  size: number,
): { items: Item[]; nextToken?: string } {
  const from = Number(token ?? 0);
  if (!Number.isInteger(from) || from < 0) throw invalid('The specified nextToken is invalid.');
  return {
    items: items.slice(from, from + size),
    ...(from + size < items.length ? { nextToken: String(from + size) } : {}),
  };
}

export function groupOperations(groups: LogGroups): readonly OperationDefinition[] {
  const shown = ({ name, arn, createdAt, retentionInDays, events }: LogGroup): sdk.LogGroup => ({
    logGroupName: name,
    creationTime: createdAt,
    ...(retentionInDays === undefined ? {} : { retentionInDays }),
    metricFilterCount: 0,
    arn,
    logGroupArn: arn.replace(/:\*$/, ''),
    storedBytes: events.reduce((total, { message }) => total + message.length, 0),
    logGroupClass: 'STANDARD',
  });
  const streamShown = (group: LogGroup, { name, createdAt, firstAt, lastAt }: LogStream): sdk.LogStream => ({
    logStreamName: name,
    creationTime: createdAt,
    ...(firstAt === undefined ? {} : { firstEventTimestamp: firstAt }),
    ...(lastAt === undefined ? {} : { lastEventTimestamp: lastAt, lastIngestionTime: lastAt }),
    arn: group.arn.replace(/\*$/, `log-stream:${name}`),
    storedBytes: 0,
  });
  return [
    operation<sdk.CreateLogGroupCommandInput, sdk.CreateLogGroupCommandOutput>(sdk.CreateLogGroup$, {
      writes: true,
      permissions: onGroup('CreateLogGroup'),
      run: ({ logGroupName = '', logGroupClass = 'STANDARD' }, { account, region }) => {
        if (logGroupClass !== 'STANDARD')
          throw new AwsError('NotImplemented', `The class ${logGroupClass} is not implemented by the embedded cloud`, {
            status: 501,
          });
        groups.create(account, region, logGroupName);
        return {};
      },
    }),
    operation<sdk.DeleteLogGroupCommandInput, sdk.DeleteLogGroupCommandOutput>(sdk.DeleteLogGroup$, {
      writes: true,
      permissions: onGroup('DeleteLogGroup'),
      run: ({ logGroupName = '' }, { account, region }) => {
        groups.delete(groups.get(account, region, logGroupName));
        return {};
      },
    }),
    operation<sdk.DescribeLogGroupsCommandInput, sdk.DescribeLogGroupsCommandOutput>(sdk.DescribeLogGroups$, {
      permissions: (_, context) => ({ action: 'logs:DescribeLogGroups', resources: [groupArn(context, '*')] }),
      run: ({ logGroupNamePrefix, logGroupNamePattern, nextToken, limit = 50 }, { account, region }) => {
        if (logGroupNamePrefix !== undefined && logGroupNamePattern !== undefined)
          throw invalid('LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.');
        const found = groups
          .in(account, region)
          .filter(({ name }) => name.startsWith(logGroupNamePrefix ?? '') && name.includes(logGroupNamePattern ?? ''));
        const { items, ...rest } = page(found, nextToken, limit);
        return { logGroups: items.map(shown), ...rest };
      },
    }),
    operation<sdk.PutRetentionPolicyCommandInput, sdk.PutRetentionPolicyCommandOutput>(sdk.PutRetentionPolicy$, {
      writes: true,
      permissions: onGroup('PutRetentionPolicy'),
      run: ({ logGroupName = '', retentionInDays = 0 }, { account, region }) => {
        const group = groups.get(account, region, logGroupName);
        if (!RETENTIONS.includes(retentionInDays))
          throw invalid(
            `1 validation error detected: Value '${retentionInDays}' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: [${RETENTIONS.join(', ')}]`,
          );
        group.retentionInDays = retentionInDays;
        return {};
      },
    }),
    operation<sdk.CreateLogStreamCommandInput, sdk.CreateLogStreamCommandOutput>(sdk.CreateLogStream$, {
      writes: true,
      permissions: onGroup('CreateLogStream'),
      run: ({ logGroupName = '', logStreamName = '' }, { account, region }) => {
        const group = groups.get(account, region, logGroupName);
        if (group.streams.has(logStreamName))
          throw new AwsError('ResourceAlreadyExistsException', 'The specified log stream already exists');
        groups.stream(group, logStreamName);
        return {};
      },
    }),
    operation<sdk.DescribeLogStreamsCommandInput, sdk.DescribeLogStreamsCommandOutput>(sdk.DescribeLogStreams$, {
      permissions: onGroup('DescribeLogStreams'),
      run: (input, { account, region }) => {
        const {
          logGroupName,
          logGroupIdentifier,
          logStreamNamePrefix,
          orderBy = 'LogStreamName',
          descending = false,
        } = input;
        if (orderBy === 'LastEventTime' && logStreamNamePrefix !== undefined)
          throw invalid('Cannot order by LastEventTime with a logStreamNamePrefix.');
        const group = groups.get(account, region, named(logGroupName, logGroupIdentifier));
        const key = (stream: LogStream) => (orderBy === 'LogStreamName' ? stream.name : (stream.lastAt ?? 0));
        const found = [...group.streams.values()]
          .filter(({ name }) => name.startsWith(logStreamNamePrefix ?? ''))
          .sort((a, b) => (key(a) < key(b) ? -1 : 1) * (descending ? -1 : 1));
        const { items, ...rest } = page(found, input.nextToken, input.limit ?? 50);
        return { logStreams: items.map((stream) => streamShown(group, stream)), ...rest };
      },
    }),
  ];
}

export function eventOperations(groups: LogGroups): readonly OperationDefinition[] {
  const shown = ({ id, stream, at, ingestedAt, message }: LogEvent): sdk.FilteredLogEvent => ({
    eventId: id,
    logStreamName: stream,
    timestamp: at,
    ingestionTime: ingestedAt,
    message,
  });
  return [
    operation<sdk.PutLogEventsCommandInput, sdk.PutLogEventsCommandOutput>(sdk.PutLogEvents$, {
      writes: true,
      dataPlane: true,
      permissions: onGroup('PutLogEvents'),
      run: ({ logGroupName = '', logStreamName = '', logEvents = [] }, { account, region }) => {
        const group = groups.get(account, region, logGroupName);
        if (!group.streams.has(logStreamName))
          throw new AwsError('ResourceNotFoundException', 'The specified log stream does not exist.');
        const times = logEvents.map(({ timestamp = 0 }) => timestamp);
        if (times.some((time, index) => time < (times[index - 1] ?? 0)))
          throw invalid('Log events in a single PutLogEvents request must be in chronological order.');
        for (const { message = '', timestamp } of logEvents) groups.write(group, logStreamName, message, timestamp);
        return { nextSequenceToken: '0' };
      },
    }),
    operation<sdk.GetLogEventsCommandInput, sdk.GetLogEventsCommandOutput>(sdk.GetLogEvents$, {
      permissions: onGroup('GetLogEvents'),
      run: (input, { account, region }) => {
        const {
          logGroupName,
          logGroupIdentifier,
          logStreamName = '',
          startTime = 0,
          endTime,
          startFromHead = false,
        } = input;
        const { limit = 10_000, nextToken } = input;
        const group = groups.get(account, region, named(logGroupName, logGroupIdentifier));
        if (!group.streams.has(logStreamName))
          throw new AwsError('ResourceNotFoundException', 'The specified log stream does not exist.');
        const found = groups
          .events(group)
          .filter(
            ({ stream, at }) =>
              stream === logStreamName && at >= startTime && at < (endTime ?? Number.POSITIVE_INFINITY),
          );
        const [, direction = startFromHead ? 'f' : 'b', position] = /^([fb])\/(\d+)$/.exec(nextToken ?? '') ?? [];
        if (nextToken !== undefined && position === undefined) throw invalid('The specified nextToken is invalid.');
        const end = direction === 'f' ? undefined : Number(position ?? found.length);
        const from = end === undefined ? Number(position ?? 0) : Math.max(0, end - limit);
        const items = found.slice(from, end ?? from + limit);
        return {
          events: items.map(({ at, message, ingestedAt }) => ({ timestamp: at, message, ingestionTime: ingestedAt })),
          // A token that leads nowhere is the one that was given (documented).
          nextForwardToken: `f/${from + items.length}`,
          nextBackwardToken: `b/${from}`,
        };
      },
    }),
    operation<sdk.FilterLogEventsCommandInput, sdk.FilterLogEventsCommandOutput>(sdk.FilterLogEvents$, {
      permissions: onGroup('FilterLogEvents'),
      run: (input, { account, region }) => {
        const { logGroupName, logGroupIdentifier, logStreamNames, logStreamNamePrefix, startTime = 0, endTime } = input;
        if (logStreamNames !== undefined && logStreamNamePrefix !== undefined)
          throw invalid('LogStreamNames and LogStreamNamePrefix are mutually exclusive parameters.');
        const matches = filterPattern(input.filterPattern ?? '');
        const group = groups.get(account, region, named(logGroupName, logGroupIdentifier));
        const found = groups
          .events(group)
          .filter(({ at }) => at >= startTime && at <= (endTime ?? Number.POSITIVE_INFINITY))
          .filter(({ stream }) => logStreamNames?.includes(stream) ?? stream.startsWith(logStreamNamePrefix ?? ''))
          .filter(({ message }) => matches(message));
        const { items, ...rest } = page(found, input.nextToken, input.limit ?? 10_000);
        return { events: items.map(shown), searchedLogStreams: [], ...rest };
      },
    }),
  ];
}
