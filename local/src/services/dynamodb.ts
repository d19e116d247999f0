import { EventEmitter } from 'node:events';
import * as sdk from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { type Clock, SystemClock } from '../clock.ts';
import type { Passthrough } from '../wire/directory.ts';
import { operationSchemas } from '../wire/sdk-schemas.ts';
import type { CallContext, RequiredPermission } from '../wire/service.ts';
import { type Image, type StreamViewType, streamViewTypes, TableStream } from './dynamodb-stream.ts';

/** The operations that dynalite, or this file in its place, serves. */
const ITEM_WRITES = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem']);
const ITEM_READS = new Set(['GetItem', 'BatchGetItem', 'Query', 'Scan']);
const TABLE_READS = new Set(['DescribeTable', 'DescribeTimeToLive', 'ListTables', 'ListTagsOfResource']);
const TABLE_WRITES = new Set([
  'CreateTable',
  'UpdateTable',
  'DeleteTable',
  'UpdateTimeToLive',
  'TagResource',
  'UntagResource',
]);
const TARGET_PREFIX = 'DynamoDB_20120810';
/** dynalite requires a signature and does not check it; the gateway has checked the caller. */
const DYNALITE_HEADERS = {
  'content-type': 'application/x-amz-json-1.0',
  authorization:
    'AWS4-HMAC-SHA256 Credential=embedded/20260101/r/dynamodb/aws4_request, SignedHeaders=host, Signature=none',
  'x-amz-date': '20260101T000000Z',
};

type Json = Readonly<Record<string, unknown>>;
const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const object = (value: unknown): Json => (isJson(value) ? value : {});

/** DynamoDB behind the gateway: one dynalite server, in memory, for each account and region. */
export class DynamoDb implements Passthrough {
  readonly signingName = 'dynamodb';
  readonly targetPrefix = TARGET_PREFIX;
  readonly eventSource = 'dynamodb.amazonaws.com';
  readonly api = operationSchemas(sdk);
  readonly #stores = new Map<string, Store>();
  readonly #streams = new Map<string, TableStream>();
  readonly #clock: Clock;

  constructor(clock: Clock = new SystemClock()) {
    this.#clock = clock;
  }

  /** The stream of a table, by its ARN. */
  stream(arn: string): TableStream | undefined {
    return this.#streams.get(arn);
  }

  permissions(operation: string, input: object, context: CallContext): readonly RequiredPermission[] {
    return requiredPermissions(operation, object(input), context);
  }

  serves(operation: string): boolean {
    return [ITEM_WRITES, ITEM_READS, TABLE_WRITES, TABLE_READS].some((operations) => operations.has(operation));
  }

  writes(operation: string): boolean {
    return ITEM_WRITES.has(operation) || TABLE_WRITES.has(operation);
  }

  dataPlane(operation: string): boolean {
    return ITEM_WRITES.has(operation) || ITEM_READS.has(operation);
  }

  handle(operation: string, input: object, context: Pick<CallContext, 'account' | 'region'>): Promise<Answer> {
    return this.#store(context).call(operation, object(input));
  }

  /** A call from within the embedded cloud. @throws Error with DynamoDB's own name and message. */
  async call(
    operation: string,
    input: Json,
    where: { readonly account: string; readonly region: string },
  ): Promise<Json> {
    const { status, body } = await this.#store(where).call(operation, input);
    if (status < 300) return body;
    throw new Error(`DynamoDB ${operation}: ${String(body.__type).split('#').at(-1)}: ${String(body.message ?? '')}`);
  }

  #store({ account, region }: { readonly account: string; readonly region: string }): Store {
    const key = `${account}/${region}`;
    const store = this.#stores.get(key) ?? new Store(account, region, this.#clock, this.#streams);
    this.#stores.set(key, store);
    return store;
  }
}

/** An item after a write; `image` is `undefined` when it is gone. */
interface Written {
  readonly table: string;
  /** With the key. */
  readonly item: Image;
  readonly image: Image | undefined;
}

const isViewType = (value: unknown): value is StreamViewType => streamViewTypes.some((known) => known === value);

interface Answer {
  readonly status: number;
  readonly body: Json;
}

/** The tables of one account and region, and what dynalite leaves out. */
class Store {
  readonly #server = dynalite({ createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 });
  readonly #arnPrefix: string;
  readonly #timeToLive = new Map<string, Json>();
  /** Conditional writes of one table run one after the other, so that a failure returns the item that caused it. */
  readonly #turns = new Map<string, Promise<unknown>>();

  readonly #clock: Clock;
  /** By the name of their table. */
  readonly #tableStreams = new Map<string, TableStream>();
  readonly #streams: Map<string, TableStream>;

  constructor(account: string, region: string, clock: Clock, streams: Map<string, TableStream>) {
    this.#clock = clock;
    this.#streams = streams;
    this.#arnPrefix = `arn:aws:dynamodb:${region}:${account}:`;
  }

  async call(operation: string, given: Json): Promise<Answer> {
    const input = this.#withTableName(given);
    if (operation === 'UpdateTimeToLive') return this.#updateTimeToLive(input);
    if (operation === 'DescribeTimeToLive') return this.#describeTimeToLive(input);
    if (ITEM_WRITES.has(operation)) return this.#inTurn(tablesOf(input).join(), () => this.#write(operation, input));
    if ('StreamSpecification' in input) return this.#withStream(operation, input);
    const { status, body: answered } = await this.#ask(operation, input);
    if (operation === 'DeleteTable' && status < 300) {
      this.#timeToLive.delete(String(input.TableName));
      // The stream of a deleted table can be read for a day (documented).
      this.#tableStreams.delete(String(input.TableName));
    }
    const body = this.#showStream(answered);
    // dynalite takes account and region of its tables from the environment of the process.
    if (ITEM_READS.has(operation)) return { status, body };
    return {
      status,
      body: object(JSON.parse(JSON.stringify(body).replaceAll(/arn:aws:dynamodb:[^:"]*:\d*:/g, this.#arnPrefix))),
    };
  }

  /** dynalite has no streams: CreateTable and UpdateTable without the stream, which is kept here. */
  async #withStream(operation: string, { StreamSpecification, ...input }: Json): Promise<Answer> {
    const { StreamEnabled, StreamViewType } = object(StreamSpecification);
    const tableName = String(input.TableName);
    const refuse = (message: string): Answer => ({
      status: 400,
      body: { __type: 'com.amazon.coral.validate#ValidationException', message },
    });
    if (StreamEnabled === true && !isViewType(StreamViewType))
      return refuse('One or more parameter values were invalid: StreamViewType is required when StreamEnabled is true');
    if (StreamEnabled === true && this.#tableStreams.has(tableName))
      return refuse(`Table already has an enabled stream: TableName: ${tableName}`);
    // An update of nothing but the stream is one that dynalite refuses.
    const isWhole = operation === 'CreateTable' || Object.keys(input).length > 1;
    const answer = isWhole ? await this.call(operation, input) : await this.call('DescribeTable', input);
    if (answer.status >= 300) return answer;
    if (StreamEnabled !== true) this.#tableStreams.delete(tableName);
    else if (isViewType(StreamViewType)) {
      const items = operation === 'CreateTable' ? [] : await this.#items(tableName);
      const keyNames = await this.#keyNames(tableName);
      const tableArn = `${this.#arnPrefix}table/${tableName}`;
      const stream = new TableStream(tableArn, { clock: this.#clock, viewType: StreamViewType, keyNames, items });
      this.#tableStreams.set(tableName, stream);
      this.#streams.set(stream.arn, stream);
    }
    const { Table, TableDescription = Table } = answer.body;
    return { status: 200, body: this.#showStream({ TableDescription }) };
  }

  async #items(TableName: string): Promise<readonly Image[]> {
    const found: Image[] = [];
    let ExclusiveStartKey: unknown;
    do {
      const { body } = await this.#ask('Scan', { TableName, ...(ExclusiveStartKey ? { ExclusiveStartKey } : {}) });
      found.push(...(Array.isArray(body.Items) ? body.Items.map(object) : []));
      ExclusiveStartKey = body.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined);
    return found;
  }

  /** Members that dynalite does not know of a table. */
  #showStream(body: Json): Json {
    const name = body.Table === undefined ? 'TableDescription' : 'Table';
    const table = object(body[name]);
    const stream = this.#tableStreams.get(String(table.TableName));
    if (stream === undefined) return body;
    const members = {
      StreamSpecification: { StreamEnabled: true, StreamViewType: stream.viewType },
      LatestStreamArn: stream.arn,
      LatestStreamLabel: stream.label,
    };
    return { ...body, [name]: { ...table, ...members } };
  }

  async #write(operation: string, input: Json): Promise<Answer> {
    const streamed = tablesOf(input).flatMap((table) => this.#tableStreams.get(table) ?? []);
    if (streamed.length === 0) return this.#writeItem(operation, input);
    // The whole new item, where the caller wants nothing of it.
    const isQuiet = operation === 'UpdateItem' && (input.ReturnValues ?? 'NONE') === 'NONE';
    const answer = await this.#writeItem(operation, isQuiet ? { ...input, ReturnValues: 'ALL_NEW' } : input);
    if (answer.status >= 300) return answer;
    for (const { table, item, image } of await this.#written(operation, input, answer.body))
      this.#tableStreams.get(table)?.write(item, image);
    if (!isQuiet) return answer;
    const { Attributes: _, ...body } = answer.body;
    return { ...answer, body };
  }

  /** The items that a write has left. */
  async #written(operation: string, input: Json, output: Json): Promise<readonly Written[]> {
    const { TableName, RequestItems } = input;
    const table = String(TableName);
    switch (operation) {
      case 'PutItem':
        return [{ table, item: object(input.Item), image: object(input.Item) }];
      case 'DeleteItem':
        return [{ table, item: object(input.Key), image: undefined }];
      case 'UpdateItem': {
        const returned = (input.ReturnValues ?? 'NONE') === 'NONE' || input.ReturnValues === 'ALL_NEW';
        const read = returned
          ? output.Attributes
          : (await this.#ask('GetItem', { TableName, Key: input.Key, ConsistentRead: true })).body.Item;
        return [{ table, item: object(input.Key), image: object(read) }];
      }
      default:
        return Object.entries(object(RequestItems)).flatMap(([name, requests]) =>
          (Array.isArray(requests) ? requests : []).map((one): Written => {
            const { PutRequest, DeleteRequest } = object(one);
            const put = object(object(PutRequest).Item);
            return PutRequest === undefined
              ? { table: name, item: object(object(DeleteRequest).Key), image: undefined }
              : { table: name, item: put, image: put };
          }),
        );
    }
  }

  /** dynalite does not know `ReturnValuesOnConditionCheckFailure`: the item is read and put into the error. */
  async #writeItem(operation: string, input: Json): Promise<Answer> {
    const answer = await this.#ask(operation, input);
    const failed = answer.status === 400 && String(answer.body.__type).endsWith('#ConditionalCheckFailedException');
    if (!failed || input.ReturnValuesOnConditionCheckFailure !== 'ALL_OLD') return answer;
    const { TableName } = input;
    const Key = input.Key ?? (await this.#keyOf(TableName, object(input.Item)));
    const { body } = await this.#ask('GetItem', { TableName, Key, ConsistentRead: true });
    return body.Item === undefined ? answer : { ...answer, body: { ...answer.body, Item: body.Item } };
  }

  async #keyOf(TableName: unknown, item: Json): Promise<Json> {
    return Object.fromEntries((await this.#keyNames(TableName)).map((name) => [name, item[name]]));
  }

  async #keyNames(TableName: unknown): Promise<readonly string[]> {
    const { body } = await this.#ask('DescribeTable', { TableName });
    const schema = object(body.Table).KeySchema;
    return (Array.isArray(schema) ? schema : []).map((element) => String(object(element).AttributeName));
  }

  #inTurn<Result>(table: string, task: () => Promise<Result>): Promise<Result> {
    const turn = (this.#turns.get(table) ?? Promise.resolve()).then(task, task);
    this.#turns.set(table, turn);
    return turn;
  }

  /** dynalite has no UpdateTimeToLive. Nothing ever expires here: AWS too deletes "within a few days" only (documented). */
  async #updateTimeToLive(input: Json): Promise<Answer> {
    const table = await this.#ask('DescribeTable', { TableName: input.TableName });
    if (table.status >= 300) return table;
    const specification = object(input.TimeToLiveSpecification);
    this.#timeToLive.set(String(input.TableName), specification);
    return { status: 200, body: { TimeToLiveSpecification: specification } };
  }

  async #describeTimeToLive(input: Json): Promise<Answer> {
    const table = await this.#ask('DescribeTable', { TableName: input.TableName });
    if (table.status >= 300) return table;
    const { AttributeName, Enabled } = this.#timeToLive.get(String(input.TableName)) ?? {};
    const description =
      Enabled === true ? { TimeToLiveStatus: 'ENABLED', AttributeName } : { TimeToLiveStatus: 'DISABLED' };
    return { status: 200, body: { TimeToLiveDescription: description } };
  }

  /** AWS takes a table's ARN wherever its name is wanted, dynalite only the name. */
  #withTableName(input: Json): Json {
    const { TableName } = input;
    return typeof TableName === 'string' && TableName.startsWith('arn:')
      ? { ...input, TableName: TableName.split('/').at(-1) }
      : input;
  }

  /** A call of dynalite's server, which never listens: a socket costs more than dynalite does. */
  #ask(operation: string, input: Json): Promise<Answer> {
    return new Promise((resolve) => {
      const headers = { ...DYNALITE_HEADERS, 'x-amz-target': `${TARGET_PREFIX}.${operation}` };
      const request = Object.assign(new EventEmitter(), { method: 'POST', url: '/', headers });
      const response = {
        statusCode: 500,
        setHeader() {},
        end(text: string) {
          resolve({ status: this.statusCode, body: parse(text) });
        },
      };
      this.#server.emit('request', request, response);
      request.emit('data', Buffer.from(JSON.stringify(input)));
      request.emit('end');
    });
  }
}

const parse = (text: string): Json => object(JSON.parse(text === '' ? '{}' : text));

/** The tables, by name or ARN, that a call is about. */
function tablesOf(input: Json): readonly string[] {
  const { TableName, RequestItems, TransactItems } = input;
  if (typeof TableName === 'string') return [TableName];
  if (RequestItems !== undefined) return Object.keys(object(RequestItems));
  return transactItems(TransactItems).map(({ table }) => table);
}

function transactItems(items: unknown): { readonly action: string; readonly table: string }[] {
  return (Array.isArray(items) ? items : []).flatMap((item) =>
    Object.entries(object(item)).map(([kind, part]) => ({
      action: kind === 'ConditionCheck' ? 'ConditionCheckItem' : `${kind}Item`,
      table: String(object(part).TableName),
    })),
  );
}

function requiredPermissions(
  operation: string,
  input: Json,
  { account, region }: CallContext,
): readonly RequiredPermission[] {
  const arn = (table: string): string =>
    table.startsWith('arn:') ? table : `arn:aws:dynamodb:${region}:${account}:table/${table}`;
  // A transaction takes the permissions of the single operations it is made of (documented).
  if (operation.startsWith('Transact')) {
    return transactItems(input.TransactItems).map(({ action, table }) => ({
      action: `dynamodb:${action}`,
      resources: [arn(table)],
    }));
  }
  const action = `dynamodb:${operation}`;
  if (typeof input.ResourceArn === 'string') return [{ action, resources: [input.ResourceArn] }];
  const tables = tablesOf(input).map(arn);
  if (tables.length === 0) return [{ action, resources: ['*'] }];
  const { IndexName } = input;
  return [
    {
      action,
      resources: typeof IndexName === 'string' ? tables.map((table) => `${table}/index/${IndexName}`) : tables,
    },
  ];
}
