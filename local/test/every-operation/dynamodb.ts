import * as sdk from '@aws-sdk/client-dynamodb';
import type { OperationSetting, Rows } from './setting.ts';

const TableName = 'services';
const Key = { serviceArn: { S: 'arn' } };

const createTable = ({ dynamoDb }: OperationSetting) =>
  dynamoDb.send(
    new sdk.CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'serviceArn', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'serviceArn', KeyType: 'HASH' }],
    }),
  );

/** A table is made a moment after it was asked for. */
async function table(setting: OperationSetting): Promise<void> {
  await createTable(setting);
  while ((await describe(setting)).Table?.TableStatus !== 'ACTIVE');
}

const update = ({ dynamoDb }: OperationSetting, ConditionExpression?: string) =>
  dynamoDb.send(
    new sdk.UpdateItemCommand({
      TableName,
      Key,
      UpdateExpression: 'ADD generation :one',
      ExpressionAttributeValues: { ':one': { N: '1' } },
      ReturnValues: 'ALL_NEW',
      ...(ConditionExpression === undefined ? {} : { ConditionExpression }),
    }),
  );

async function item(setting: OperationSetting): Promise<void> {
  await table(setting);
  await update(setting);
}

const get = ({ dynamoDb }: OperationSetting) => dynamoDb.send(new sdk.GetItemCommand({ TableName, Key }));
const batchGet = ({ dynamoDb }: OperationSetting) =>
  dynamoDb.send(new sdk.BatchGetItemCommand({ RequestItems: { [TableName]: { Keys: [Key], ConsistentRead: true } } }));
const scan = ({ dynamoDb }: OperationSetting) => dynamoDb.send(new sdk.ScanCommand({ TableName }));
const put = ({ dynamoDb }: OperationSetting) =>
  dynamoDb.send(new sdk.PutItemCommand({ TableName, Item: Key, ReturnValues: 'ALL_OLD' }));
const query = ({ dynamoDb }: OperationSetting) =>
  dynamoDb.send(
    new sdk.QueryCommand({
      TableName,
      KeyConditionExpression: 'serviceArn = :arn',
      ExpressionAttributeValues: { ':arn': Key.serviceArn },
    }),
  );
const remove = ({ dynamoDb }: OperationSetting) =>
  dynamoDb.send(new sdk.DeleteItemCommand({ TableName, Key, ReturnValues: 'ALL_OLD' }));
const describe = ({ dynamoDb }: OperationSetting) => dynamoDb.send(new sdk.DescribeTableCommand({ TableName }));
const updateTimeToLive = ({ dynamoDb }: OperationSetting) =>
  dynamoDb.send(
    new sdk.UpdateTimeToLiveCommand({
      TableName,
      TimeToLiveSpecification: { Enabled: true, AttributeName: 'expiresAt' },
    }),
  );

const removeTable = ({ dynamoDb }: OperationSetting) => dynamoDb.send(new sdk.DeleteTableCommand({ TableName }));

const after =
  (before: (setting: OperationSetting) => Promise<unknown>, call: (setting: OperationSetting) => Promise<object>) =>
  async (setting: OperationSetting): Promise<object> => {
    await before(setting);
    return call(setting);
  };

const withoutTable = (call: (setting: OperationSetting) => Promise<object>) => ({
  call,
  by: sdk.ResourceNotFoundException,
});

/** What the stack's functions and its deployment use; dynalite knows more. */
export const dynamoDbRows: Rows = {
  CreateTable: {
    call: createTable,
    answer: { TableDescription: { TableName } },
    refused: { call: after(table, createTable), by: sdk.ResourceInUseException },
  },
  DescribeTable: {
    call: after(table, describe),
    answer: { Table: { TableStatus: 'ACTIVE' } },
    refused: withoutTable(describe),
  },
  UpdateTimeToLive: {
    call: after(table, updateTimeToLive),
    answer: { TimeToLiveSpecification: { Enabled: true, AttributeName: 'expiresAt' } },
    refused: withoutTable(updateTimeToLive),
  },
  DeleteTable: {
    call: after(table, removeTable),
    answer: { TableDescription: { TableName, TableStatus: 'DELETING' } },
    refused: withoutTable(removeTable),
  },
  GetItem: {
    call: after(item, get),
    answer: { Item: { generation: { N: '1' } } },
    refused: withoutTable(get),
  },
  BatchGetItem: {
    call: after(item, batchGet),
    answer: { Responses: { [TableName]: [{ generation: { N: '1' } }] }, UnprocessedKeys: {} },
    refused: withoutTable(batchGet),
  },
  PutItem: {
    call: after(item, put),
    answer: { Attributes: { generation: { N: '1' } } },
    refused: withoutTable(put),
  },
  Query: {
    call: after(item, query),
    answer: { Count: 1, Items: [{ serviceArn: { S: 'arn' } }] },
    refused: withoutTable(query),
  },
  UpdateItem: {
    call: after(table, (s) => update(s)),
    answer: { Attributes: { serviceArn: { S: 'arn' }, generation: { N: '1' } } },
    refused: {
      call: after(table, (s) => update(s, 'attribute_exists(serviceArn)')),
      by: sdk.ConditionalCheckFailedException,
    },
  },
  DeleteItem: {
    call: after(item, remove),
    answer: { Attributes: { generation: { N: '1' } } },
    refused: withoutTable(remove),
  },
  Scan: {
    call: after(item, scan),
    answer: { Count: 1, Items: [{ serviceArn: { S: 'arn' } }] },
    refused: withoutTable(scan),
  },
};
