import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  paginateScan,
  UpdateCommand,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { LeaseLostError, UnreadableRowError } from '../errors.ts';
import { leaseOf, whyNotTaken } from './lease.ts';
import { itemThatRefused } from './refused-item.ts';
import { parseRow, type ServiceRow, stateAttributes } from './row.ts';
import type { SaveResult, Store } from './store.ts';

/** The message is the one that is waited for, or the one before, delivered again because its process died. */
const IS_NEXT = '(#token = :token OR previousToken = :token)';
const FREE = '(attribute_not_exists(lease) OR lease.expiresAt <= :now)';
const UNSEEN = '(attribute_not_exists(seenGeneration) OR generation <> seenGeneration)';

type Updated =
  | { readonly isWritten: true; readonly attributes: Record<string, unknown> }
  | { readonly isWritten: false; readonly item: Record<string, unknown> | undefined };

/** Rows in a DynamoDB table with the key `serviceArn`; every write is conditional on the lease, every read is consistent. */
export function dynamoDbStore(client: DynamoDBDocumentClient, tableName: string): Store {
  const at = (serviceArn: string) => ({ TableName: tableName, Key: { serviceArn } });

  const get = async (serviceArn: string): Promise<Record<string, unknown> | undefined> =>
    (await client.send(new GetCommand({ ...at(serviceArn), ConsistentRead: true }))).Item;

  /** A write, or the item that did not fulfil its condition, as it was at that moment. */
  const update = async (input: UpdateCommandInput): Promise<Updated> => {
    try {
      const { Attributes = {} } = await client.send(
        new UpdateCommand({ ReturnValues: 'ALL_NEW', ReturnValuesOnConditionCheckFailure: 'ALL_OLD', ...input }),
      );
      return { isWritten: true, attributes: Attributes };
    } catch (error) {
      return { isWritten: false, item: itemThatRefused(error) };
    }
  };

  return {
    async markDirty(serviceArn) {
      await update({
        ...at(serviceArn),
        UpdateExpression: 'ADD generation :one',
        ExpressionAttributeValues: { ':one': 1 },
        ReturnValues: 'NONE',
      });
    },

    async hold(serviceArn, run) {
      await update({
        ...at(serviceArn),
        ...(run === undefined
          ? { UpdateExpression: 'REMOVE heldBy', ConditionExpression: 'attribute_exists(heldBy)' }
          : {
              UpdateExpression: 'SET heldBy = :run ADD generation :zero',
              ExpressionAttributeValues: { ':run': run, ':zero': 0 },
            }),
        ReturnValues: 'NONE',
      });
    },

    async get(serviceArn) {
      const item = await get(serviceArn);
      return item === undefined ? undefined : parseRow(item);
    },

    async *list(): AsyncIterable<ServiceRow> {
      for await (const page of paginateScan({ client }, { TableName: tableName, ConsistentRead: true })) {
        for (const item of page.Items ?? []) yield parseRow(item);
      }
    },

    async acquireLease(serviceArn, { message, token, onlyUnseen, now, until }) {
      const conditions = [FREE, ...(token === undefined ? [] : [IS_NEXT]), ...(onlyUnseen ? [UNSEEN] : [])];
      const taken = await update({
        ...at(serviceArn),
        UpdateExpression: 'SET lease = :lease ADD generation :zero',
        ConditionExpression: conditions.join(' AND '),
        ...(token === undefined ? {} : { ExpressionAttributeNames: { '#token': 'token' } }),
        ExpressionAttributeValues: {
          ':lease': { message, expiresAt: until },
          ':now': now,
          ':zero': 0,
          ...(token === undefined ? {} : { ':token': token }),
        },
      });
      if (!taken.isWritten) return whyNotTaken(taken.item, { token, now });
      const row = parseRow(taken.attributes);
      if (row.unreadable !== undefined) throw unreadable(row);
      return { kind: 'taken', row };
    },

    async writeAhead(serviceArn, { message, now }, ledger) {
      const noted = await update({
        ...at(serviceArn),
        UpdateExpression: 'SET ledger = :ledger',
        ConditionExpression: 'lease.message = :message AND lease.expiresAt > :now',
        ExpressionAttributeValues: { ':ledger': ledger, ':message': message, ':now': now },
        ReturnValues: 'NONE',
      });
      if (!noted.isWritten)
        throw new LeaseLostError(`The lease on ${serviceArn} expired; another reconciliation has it.`);
    },

    async save(serviceArn, { message, now, generation, outrun = false }, state, { token, expiresAt, correlation }) {
      const values: Record<string, unknown> = {
        ...stateAttributes(state),
        token,
        expiresAt,
        correlation,
        updatedAt: now,
        seenGeneration: generation,
      };
      const set = Object.entries(values).filter(([, value]) => value !== undefined);
      const removed = Object.keys(values).filter((name) => values[name] === undefined);
      const saved = await update({
        ...at(serviceArn),
        UpdateExpression: `SET ${set.map(([name]) => `#${name} = :${name}`).join(', ')} REMOVE ${['lease', 'unheardSince', 'previousToken', ...removed].map((name) => `#${name}`).join(', ')}`,
        ConditionExpression: `#lease.#message = :message${outrun ? '' : ' AND generation = :generation'}`,
        ExpressionAttributeNames: Object.fromEntries(
          [...Object.keys(values), 'lease', 'unheardSince', 'previousToken', 'message'].map((name) => [
            `#${name}`,
            name,
          ]),
        ),
        ExpressionAttributeValues: {
          ...Object.fromEntries(set.map(([name, value]) => [`:${name}`, value])),
          ':message': message,
          ...(outrun ? {} : { ':generation': generation }),
        },
        ReturnValues: 'NONE',
      });
      return saved.isWritten ? 'saved' : whyNotSaved(saved.item, message);
    },

    async renewToken(serviceArn, { token, next, now }) {
      const renewed = await update({
        ...at(serviceArn),
        UpdateExpression: 'SET #token = :next, previousToken = :token, updatedAt = :now',
        // A message that was delivered again is looked at under lease: its other delivery may have sent the next one.
        ConditionExpression: `#token = :token AND generation = seenGeneration AND ${FREE}`,
        ExpressionAttributeNames: { '#token': 'token' },
        ExpressionAttributeValues: { ':token': token, ':next': next, ':now': now },
        ReturnValues: 'NONE',
      });
      if (renewed.isWritten) return 'renewed';
      return whyNotTaken(renewed.item, { token, now }).kind === 'stale' ? 'stale' : 'refused';
    },

    async remove(serviceArn, { message, generation }) {
      try {
        await client.send(
          new DeleteCommand({
            ...at(serviceArn),
            ConditionExpression: 'lease.message = :message AND generation = :generation',
            ExpressionAttributeValues: { ':message': message, ':generation': generation },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
        return 'saved';
      } catch (error) {
        return whyNotSaved(itemThatRefused(error), message);
      }
    },
  };
}

/** Why a conditional write that wanted lease and generation was refused. */
function whyNotSaved(item: Record<string, unknown> | undefined, message: string): SaveResult {
  return leaseOf(item)?.message === message ? 'dirty' : 'lost';
}

function unreadable({ serviceArn, unreadable: reason }: ServiceRow): UnreadableRowError {
  return new UnreadableRowError(`The row of ${serviceArn} cannot be read: ${reason}.`);
}
