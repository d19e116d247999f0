import * as sdk from '@aws-sdk/client-cloudwatch-logs';
import { ACCOUNT, type OperationSetting, REGION, type Rows } from './setting.ts';

const logGroupName = '/aws/lambda/hello';
const logStreamName = '2026/01/01/one';
const AT = Date.UTC(2026, 0, 1);
type Call = (client: sdk.CloudWatchLogsClient) => Promise<object>;

const create: Call = (client) => client.send(new sdk.CreateLogGroupCommand({ logGroupName }));
const stream: Call = (client) => client.send(new sdk.CreateLogStreamCommand({ logGroupName, logStreamName }));
const write = (client: sdk.CloudWatchLogsClient, ...times: readonly number[]) => {
  const logEvents = times.map((timestamp) => ({ timestamp, message: `{"level":"ERROR","at":${timestamp}}` }));
  return client.send(new sdk.PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
};
/** After others. */
const after =
  (...calls: readonly Call[]) =>
  async ({ logs }: OperationSetting): Promise<object> => {
    let answer: object = {};
    for (const call of calls) answer = await call(logs);
    return answer;
  };
const missing = (call: Call) => ({ call: after(call), by: sdk.ResourceNotFoundException });
const retain =
  (retentionInDays: number): Call =>
  (client) =>
    client.send(new sdk.PutRetentionPolicyCommand({ logGroupName, retentionInDays }));
const remove: Call = (client) => client.send(new sdk.DeleteLogGroupCommand({ logGroupName }));
const streams: Call = (client) => client.send(new sdk.DescribeLogStreamsCommand({ logGroupName }));
const filter =
  (filterPattern: string): Call =>
  (client) =>
    client.send(new sdk.FilterLogEventsCommand({ logGroupName, filterPattern, interleaved: true, startTime: AT }));
const get: Call = (client) => client.send(new sdk.GetLogEventsCommand({ logGroupName, logStreamName }));
const two: Call = (client) => write(client, AT, AT + 1000);

export const logsRows: Rows = {
  CreateLogGroup: {
    call: after(create),
    refused: { call: after(create, create), by: sdk.ResourceAlreadyExistsException },
  },
  DeleteLogGroup: { call: after(create, remove), refused: missing(remove) },
  DescribeLogGroups: {
    call: after(create, (client) => client.send(new sdk.DescribeLogGroupsCommand({ logGroupNamePrefix: '/aws' }))),
    answer: { logGroups: [{ logGroupName, arn: `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${logGroupName}:*` }] },
  },
  PutRetentionPolicy: {
    call: after(create, retain(30)),
    refused: { call: after(create, retain(31)), by: sdk.InvalidParameterException },
  },
  CreateLogStream: {
    call: after(create, stream),
    refused: { call: after(create, stream, stream), by: sdk.ResourceAlreadyExistsException },
  },
  DescribeLogStreams: {
    call: after(create, stream, two, streams),
    answer: { logStreams: [{ logStreamName, firstEventTimestamp: AT, lastEventTimestamp: AT + 1000 }] },
    refused: missing(streams),
  },
  PutLogEvents: {
    call: after(create, stream, two),
    refused: { call: after(create, stream, (client) => write(client, AT + 1, AT)), by: sdk.InvalidParameterException },
  },
  GetLogEvents: {
    call: after(create, stream, two, get),
    answer: { events: [{ timestamp: AT }, { timestamp: AT + 1000 }], nextForwardToken: 'f/2' },
    refused: { call: after(create, get), by: sdk.ResourceNotFoundException },
  },
  FilterLogEvents: {
    call: after(create, stream, two, filter('{ $.level = "ERROR" }')),
    answer: { events: [{ timestamp: AT, logStreamName }, { timestamp: AT + 1000 }] },
    refused: { call: after(create, filter('[a, b]')), by: sdk.InvalidParameterException },
  },
};
