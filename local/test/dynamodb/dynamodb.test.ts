import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
  paginateScan,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import { seededChance } from '../../src/chance.ts';
import { VirtualClock } from '../../src/clock.ts';
import { Iam } from '../../src/iam/iam.ts';
import { DynamoDb } from '../../src/services/dynamodb.ts';
import { Gateway } from '../../src/wire/gateway.ts';
import { inProcessHandler } from '../../src/wire/in-process.ts';
import type { CallContext, CallRecord } from '../../src/wire/service.ts';

const ACCOUNT = '123456789012';
const REGION = 'ap-northeast-1';
const TABLE_ARN = `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/services`;

interface Cloud {
  readonly dynamoDb: DynamoDb;
  readonly calls: CallRecord[];
  client(accessKeyId: string, region?: string): DynamoDBClient;
}

function start(): Cloud {
  const clock = new VirtualClock();
  const chance = seededChance('dynamodb');
  const dynamoDb = new DynamoDb();
  const gateway = new Gateway({
    clock,
    chance,
    iam: new Iam({ chance }),
    services: [],
    passthroughs: [dynamoDb],
    defaultRegion: REGION,
  });
  const calls: CallRecord[] = [];
  gateway.observe((call) => calls.push(call));
  const client = (accessKeyId: string, region = REGION) =>
    new DynamoDBClient({
      region,
      credentials: { accessKeyId, secretAccessKey: 'x' },
      requestHandler: inProcessHandler(gateway),
      maxAttempts: 1,
    });
  return { dynamoDb, calls, client };
}

const createTable = (client: DynamoDBClient) =>
  client.send(
    new CreateTableCommand({
      TableName: 'services',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'arn', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'arn', AttributeType: 'S' }],
    }),
  );

/** Waits without a timer: dynalite makes a table in its next turns. */
async function active(client: DynamoDBClient): Promise<void> {
  while ((await client.send(new DescribeTableCommand({ TableName: 'services' }))).Table?.TableStatus !== 'ACTIVE');
}

describe('DynamoDB', () => {
  let cloud: Cloud;
  let client: DynamoDBClient;

  beforeEach(async () => {
    cloud = start();
    client = cloud.client(ACCOUNT);
    await createTable(client);
    await active(client);
  });

  const key = { arn: { S: 'one' } };
  const TableName = 'services';

  it('updates on a condition, and gives the item that failed it', async () => {
    await client.send(new PutItemCommand({ TableName, Item: { ...key, generation: { N: '4' } } }));
    const raise = (expected: string, changes = {}) =>
      client.send(
        new UpdateItemCommand({
          TableName,
          Key: key,
          UpdateExpression: 'SET generation = generation + :one',
          ConditionExpression: 'attribute_exists(arn) AND generation = :expected',
          ExpressionAttributeValues: { ':one': { N: '1' }, ':expected': { N: expected } },
          ReturnValues: 'ALL_NEW',
          ...changes,
        }),
      );
    await expect(raise('3', { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' })).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException',
      Item: { ...key, generation: { N: '4' } },
    });
    const refused: unknown = await raise('3').catch((error: unknown) => error);
    expect(refused).toMatchObject({ name: 'ConditionalCheckFailedException' });
    expect(Object(refused).Item).toBeUndefined();
    expect((await raise('4')).Attributes).toEqual({ ...key, generation: { N: '5' } });
  });

  it('gives the item that stood in the way of a put', async () => {
    const put = (note: string) =>
      client.send(
        new PutItemCommand({
          TableName,
          Item: { ...key, note: { S: note } },
          ConditionExpression: 'attribute_not_exists(arn)',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
    await put('first');
    await expect(put('second')).rejects.toMatchObject({ Item: { ...key, note: { S: 'first' } } });
  });

  it('returns with a failed condition the item as it was then, not as a later write left it', async () => {
    await client.send(new PutItemCommand({ TableName, Item: { ...key, generation: { N: '0' } } }));
    const attempts = Array.from({ length: 20 }, (_, at) =>
      client
        .send(
          new UpdateItemCommand({
            TableName,
            Key: key,
            UpdateExpression: 'SET generation = :next',
            ConditionExpression: 'generation <> :next',
            ExpressionAttributeValues: { ':next': { N: String(Math.floor(at / 2)) } },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        )
        .then(
          () => 'written',
          (error: unknown) => Object(error).Item.generation.N === String(Math.floor(at / 2)),
        ),
    );
    const outcomes = await Promise.all(attempts);
    expect(outcomes.filter((outcome) => outcome !== 'written' && outcome !== true)).toEqual([]);
  });

  it('scans page by page', async () => {
    for (let n = 0; n < 7; n++) await client.send(new PutItemCommand({ TableName, Item: { arn: { S: `s${n}` } } }));
    const pages: number[] = [];
    for await (const page of paginateScan({ client, pageSize: 3 }, { TableName })) pages.push(page.Items?.length ?? 0);
    expect(pages).toEqual([3, 3, 1]);
  });

  it('keeps the time-to-live attribute that dynalite does not know', async () => {
    const described = async () =>
      (await client.send(new DescribeTimeToLiveCommand({ TableName }))).TimeToLiveDescription;
    expect(await described()).toEqual({ TimeToLiveStatus: 'DISABLED' });
    const TimeToLiveSpecification = { AttributeName: 'expires', Enabled: true };
    expect(
      (await client.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }))).TimeToLiveSpecification,
    ).toEqual(TimeToLiveSpecification);
    expect(await described()).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'expires' });
    await expect(
      client.send(new UpdateTimeToLiveCommand({ TableName: 'nothing', TimeToLiveSpecification })),
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await client.send(new DeleteTableCommand({ TableName }));
    // As it makes a table, dynalite deletes it in its next turns.
    const isThere = () =>
      described().then(
        () => true,
        () => false,
      );
    while (await isThere());
    await expect(described()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('keeps the tables of each account and region apart, under their own ARNs', async () => {
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    expect(Table?.TableArn).toBe(TABLE_ARN);
    for (const other of [cloud.client('210987654321'), cloud.client(ACCOUNT, 'us-east-1')]) {
      expect((await other.send(new ListTablesCommand({}))).TableNames).toEqual([]);
    }
    expect((await client.send(new ListTablesCommand({}))).TableNames).toEqual([TableName]);
  });

  it("takes a table's ARN for its name", async () => {
    await client.send(new PutItemCommand({ TableName: TABLE_ARN, Item: key }));
    expect((await client.send(new GetItemCommand({ TableName: TABLE_ARN, Key: key }))).Item).toEqual(key);
  });

  it('shows observers which calls write, and which are data events', async () => {
    cloud.calls.length = 0;
    await client.send(new PutItemCommand({ TableName, Item: key }));
    await client.send(new GetItemCommand({ TableName, Key: key }));
    await client.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: 'arn = :a',
        ExpressionAttributeValues: { ':a': { S: 'one' } },
      }),
    );
    await client.send(new DescribeTableCommand({ TableName }));
    await client.send(new DeleteTableCommand({ TableName }));
    expect(cloud.calls.map(({ operation, writes, dataPlane }) => [operation, writes, dataPlane])).toEqual([
      ['PutItem', true, true],
      ['GetItem', false, true],
      ['Query', false, true],
      ['DescribeTable', false, false],
      ['DeleteTable', true, false],
    ]);
  });

  it('has no transactions, and says so', async () => {
    const call = client.send(new TransactWriteItemsCommand({ TransactItems: [{ Put: { TableName, Item: key } }] }));
    await expect(call).rejects.toMatchObject({
      name: 'NotImplemented',
      message: expect.stringContaining('TransactWriteItems'),
    });
  });
});

describe('what IAM asks for a DynamoDB call', () => {
  const context: CallContext = {
    account: ACCOUNT,
    region: REGION,
    requestId: 'r',
    principal: { kind: 'root', account: ACCOUNT, arn: 'root' },
    accessKeyId: ACCOUNT,
    userAgent: '',
    sourceAddress: '',
  };
  const other = `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/other`;

  it.each([
    ['GetItem', { TableName: 'services' }, [['dynamodb:GetItem', [TABLE_ARN]]]],
    ['GetItem', { TableName: other }, [['dynamodb:GetItem', [other]]]],
    ['Query', { TableName: 'services', IndexName: 'by-phase' }, [['dynamodb:Query', [`${TABLE_ARN}/index/by-phase`]]]],
    ['BatchGetItem', { RequestItems: { services: {}, other: {} } }, [['dynamodb:BatchGetItem', [TABLE_ARN, other]]]],
    ['ListTables', {}, [['dynamodb:ListTables', ['*']]]],
    ['TagResource', { ResourceArn: TABLE_ARN }, [['dynamodb:TagResource', [TABLE_ARN]]]],
    [
      'TransactWriteItems',
      { TransactItems: [{ Put: { TableName: 'services' } }, { ConditionCheck: { TableName: 'other' } }] },
      [
        ['dynamodb:PutItem', [TABLE_ARN]],
        ['dynamodb:ConditionCheckItem', [other]],
      ],
    ],
  ])('%s %j', (operation, input, expected) => {
    const asked = new DynamoDb().permissions(operation, input, context);
    expect(asked.map(({ action, resources }) => [action, resources])).toEqual(expected);
  });
});
