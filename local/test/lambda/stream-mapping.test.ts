import * as ddb from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, it } from 'vitest';
import { seededChance } from '../../src/chance.ts';
import { VirtualClock } from '../../src/clock.ts';
import { createCloud, type EmbeddedCloud } from '../../src/cloud.ts';
import { profiles } from '../../src/profile.ts';
import { inProcessRuntime } from '../../src/services/lambda/in-process-runtime.ts';
import { sampleFunction } from './sample-function.ts';

const SECOND = 1000;
const STREAM_ACTIONS = ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'];
let cloud: EmbeddedCloud;
afterEach(() => cloud.stop());

type Record = {
  eventName: string;
  dynamodb: { SequenceNumber: string; Keys: object; NewImage?: object; OldImage?: object };
};

async function start(
  answer: (records: readonly Record[]) => unknown = () => undefined,
  { allowed = STREAM_ACTIONS, retries = -1 } = {},
) {
  const clock = new VirtualClock();
  const batches: Record[][] = [];
  const sample = (event: unknown) => {
    const records: Record[] = Object(event).Records;
    batches.push(records);
    return answer(records);
  };
  cloud = createCloud({
    clock,
    chance: seededChance('stream'),
    profile: profiles.realistic,
    runtime: () => inProcessRuntime(clock, { sample }),
  });
  const client = new ddb.DynamoDBClient(cloud.clientConfig());
  const { TableDescription } = await client.send(
    new ddb.CreateTableCommand({
      TableName: 'rows',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    }),
  );
  const streamArn = TableDescription?.LatestStreamArn ?? '';
  // Without a timer: dynalite makes a table in its next turns.
  const status = async () =>
    (await client.send(new ddb.DescribeTableCommand({ TableName: 'rows' }))).Table?.TableStatus;
  while ((await status()) !== 'ACTIVE');
  const statement = { Effect: 'Allow', Action: allowed.map((name) => `dynamodb:${name}`), Resource: '*' };
  const role = cloud.iam.createRole('123456789012', {
    RoleName: 'reader',
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
    },
    Policies: [{ PolicyName: 'read', PolicyDocument: { Version: '2012-10-17', Statement: [statement] } }],
  });
  const fn = cloud.lambda.createFunction({ ...sampleFunction(), roleArn: role.arn });
  const map = () =>
    cloud.lambda.createEventSourceMapping({
      sourceArn: streamArn,
      functionArn: fn.arn,
      enabled: true,
      batchSize: 100,
      batchingWindow: 2,
      reportsBatchItemFailures: true,
      filters: [],
      stream: { startingPosition: 'LATEST', maximumRetryAttempts: retries },
    });
  const update = (id: string, value: string) =>
    client.send(
      new ddb.UpdateItemCommand({
        TableName: 'rows',
        Key: { id: { S: id } },
        UpdateExpression: 'SET v = :v',
        ExpressionAttributeValues: { ':v': { S: value } },
      }),
    );
  return { clock, client, batches, map, update, streamArn };
}

describe('the stream of a table', () => {
  it('is described with the table, and has what changed, in its order', async () => {
    const { client, clock, batches, map, update, streamArn } = await start();
    const { Table } = await client.send(new ddb.DescribeTableCommand({ TableName: 'rows' }));
    expect(Table).toMatchObject({ LatestStreamArn: streamArn, StreamSpecification: { StreamEnabled: true } });
    expect(streamArn).toMatch(/^arn:aws:dynamodb:ap-northeast-1:123456789012:table\/rows\/stream\/2026-01-01T/);
    await update('before', 'the mapping');
    map();
    expect((await update('a', '1')).Attributes).toBeUndefined();
    await update('a', '1');
    await client.send(
      new ddb.PutItemCommand({ TableName: 'rows', Item: { id: { S: 'a' }, v: { S: '2' } }, ReturnValues: 'ALL_OLD' }),
    );
    await client.send(new ddb.DeleteItemCommand({ TableName: 'rows', Key: { id: { S: 'a' } } }));
    await clock.advance(2 * SECOND);
    const image = (v: string) => ({ id: { S: 'a' }, v: { S: v } });
    expect(batches).toMatchObject([
      [
        { eventName: 'INSERT', eventSource: 'aws:dynamodb', dynamodb: { NewImage: image('1') } },
        { eventName: 'MODIFY', dynamodb: { OldImage: image('1'), NewImage: image('2') } },
        { eventName: 'REMOVE', dynamodb: { Keys: { id: { S: 'a' } }, OldImage: image('2') } },
      ],
    ]);
    expect(batches[0]?.[0]?.dynamodb).not.toHaveProperty('OldImage');
  });

  it('has no record of a write that was refused', async () => {
    const { client, clock, batches, map } = await start();
    map();
    const refused = client.send(
      new ddb.PutItemCommand({
        TableName: 'rows',
        Item: { id: { S: 'a' } },
        ConditionExpression: 'attribute_exists(id)',
      }),
    );
    await expect(refused).rejects.toThrow(ddb.ConditionalCheckFailedException);
    await clock.advance(60 * SECOND);
    expect(batches).toEqual([]);
  });

  it('begins with what is there when it is turned on later', async () => {
    const { client } = await start();
    const enable = () =>
      client.send(
        new ddb.UpdateTableCommand({
          TableName: 'rows',
          StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
        }),
      );
    await expect(enable()).rejects.toThrow('Table already has an enabled stream: TableName: rows');
    const without = { StreamSpecification: { StreamEnabled: true } } as const;
    await expect(client.send(new ddb.UpdateTableCommand({ TableName: 'rows', ...without }))).rejects.toThrow(
      'StreamViewType is required',
    );
  });
});

describe('a mapping of a stream', () => {
  it('tries a failed batch again, later and later, before anything behind it', async () => {
    let failures = 2;
    const { clock, batches, map, update } = await start(() => {
      if (failures-- > 0) throw new Error('the bus is down');
      return undefined;
    });
    map();
    await update('a', '1');
    await clock.advance(2 * SECOND);
    await update('b', '1');
    await clock.advance(SECOND);
    expect(batches.map((batch) => batch.length)).toEqual([1, 2]);
    await clock.advance(2 * SECOND);
    expect(batches.map((batch) => batch.length)).toEqual([1, 2, 2]);
    await clock.advance(600 * SECOND);
    expect(batches).toHaveLength(3);
  });

  it('goes on from where it was when it is disabled and enabled again', async () => {
    const { clock, batches, map, update } = await start();
    const { uuid } = map();
    await update('a', '1');
    await clock.advance(3 * SECOND);
    cloud.lambda.updateEventSourceMapping(uuid, { enabled: false });
    await update('b', '1');
    await clock.advance(600 * SECOND);
    expect(batches).toHaveLength(1);
    cloud.lambda.updateEventSourceMapping(uuid, { enabled: true });
    await clock.advance(3 * SECOND);
    expect(batches.map((batch) => batch.length)).toEqual([1, 1]);
  });

  it('begins at the first record that is reported as failed', async () => {
    let isFirst = true;
    const { clock, batches, map, update } = await start((records) => {
      const batchItemFailures = isFirst ? [{ itemIdentifier: records[1]?.dynamodb.SequenceNumber }] : [];
      isFirst = false;
      return { batchItemFailures };
    });
    map();
    for (const id of ['a', 'b', 'c']) await update(id, '1');
    await clock.advance(10 * SECOND);
    expect(batches.map((batch) => batch.map(({ dynamodb }) => Object(dynamodb.Keys).id.S))).toEqual([
      ['a', 'b', 'c'],
      ['b', 'c'],
    ]);
  });

  it('gives records up after the attempts that it is given, and after a day', async () => {
    const { clock, batches, map, update } = await start(
      () => {
        throw new Error('never');
      },
      { retries: 1 },
    );
    map();
    await update('a', '1');
    await clock.advance(3600 * SECOND);
    expect(batches).toHaveLength(2);
    await update('a', '2');
    await clock.advance(3600 * SECOND);
    expect(batches).toHaveLength(4);
  });

  it('forgets what is older than a day', async () => {
    const { clock, batches, map, update } = await start(() => {
      throw new Error('never');
    });
    map();
    await update('a', '1');
    await clock.advance(25 * 3600 * SECOND);
    const tries = batches.length;
    expect(tries).toBeGreaterThan(1000);
    await clock.advance(3600 * SECOND);
    expect(batches).toHaveLength(tries);
  });

  it.each(STREAM_ACTIONS)('is refused to a role that may not %s', async (missing) => {
    const { map } = await start(undefined, { allowed: STREAM_ACTIONS.filter((name) => name !== missing) });
    expect(map).toThrow(`The provided execution role does not have permissions to call ${missing} on DynamoDB`);
  });
});
