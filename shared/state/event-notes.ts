import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { SECOND } from '../duration.ts';

/** How long the message of an event is waited for, in milliseconds: if it was never sent, the next event sends one. */
const MESSAGE_LOST_MS = 30 * SECOND;

export interface NotedEvent {
  /**
   * Whether a message must be sent: not if an earlier event, of the last seconds, sent one that is not answered yet. After that
   * one counts as lost.
   */
  readonly sends: boolean;
  /** Whether the stack has made the service private, and has not begun to connect it. */
  readonly isCutOff: boolean;
}

/** Where events are noted: in the row of their service. */
export interface EventNotes {
  /**
   * Raises the generation, creating the row when there is none: whoever reconciles has to observe again. All events of a burst
   * share one message.
   * @param event times in milliseconds since the epoch; `deletionRefusedAt`, if the event is about that.
   */
  note(serviceArn: string, event: { now: number; deletionRefusedAt?: number | undefined }): Promise<NotedEvent>;
}

export function dynamoDbEventNotes(client: DynamoDBDocumentClient, tableName: string): EventNotes {
  return {
    async note(serviceArn, { now, deletionRefusedAt }) {
      const isRefusal = deletionRefusedAt !== undefined;
      const { Attributes: before = {} } = await client.send(
        new UpdateCommand({
          ...{ TableName: tableName, Key: { serviceArn } },
          UpdateExpression: `SET unheardSince = if_not_exists(unheardSince, :now)${isRefusal ? ', deletionRefusedAt = :at' : ''} ADD generation :one`,
          ExpressionAttributeValues: { ':one': 1, ':now': now, ...(isRefusal ? { ':at': deletionRefusedAt } : {}) },
          ReturnValues: 'ALL_OLD',
        }),
      );
      const { unheardSince, ledger }: Readonly<Record<string, unknown>> = before;
      const { madePrivate, endpoint }: Readonly<Record<string, unknown>> = Object(ledger);
      return {
        sends: typeof unheardSince !== 'number' || now - unheardSince > MESSAGE_LOST_MS,
        isCutOff: madePrivate === true && endpoint === undefined,
      };
    },
  };
}
