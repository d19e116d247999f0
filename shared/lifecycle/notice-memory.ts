import { DeleteCommand, type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { DAY, SECOND } from '../duration.ts';
import type { FindingEvent } from './event.ts';
import type { Quiet, SentNotice } from './notices.ts';

/** What was sent to people, so that each message is sent once. */
export interface NoticeMemory {
  sent(event: FindingEvent): Promise<SentNotice | undefined>;
  /** @param now milliseconds since the epoch. */
  markSent(event: FindingEvent, notice: SentNotice, now: number): Promise<void>;
  forget(event: FindingEvent): Promise<void>;
  quiet(cause: string): Promise<Quiet | undefined>;
  beQuiet(cause: string, quiet: Quiet): Promise<void>;
}

/** Longer than a finding is open that people still expect to hear of. */
const SENT_RETENTION_MS = 400 * DAY;
const QUIET_RETENTION_MS = 7 * DAY;

const stored = z.object({ days: z.number(), severity: z.enum(['info', 'warning', 'error']) });
const storedQuiet = z.object({ until: z.number(), times: z.number() });

const keyOf = ({ service, finding }: FindingEvent) => `finding ${service.arn} ${finding.id} ${finding.since}`;
const secondsOf = (time: number) => Math.ceil(time / SECOND);

/** A DynamoDB table with the key `notice`. */
export function dynamoDbNotices(client: DynamoDBDocumentClient, TableName: string): NoticeMemory {
  const get = async (notice: string): Promise<unknown> =>
    (await client.send(new GetCommand({ TableName, Key: { notice }, ConsistentRead: true }))).Item;
  return {
    sent: async (event) => stored.optional().parse(await get(keyOf(event))),
    async markSent(event, notice, now) {
      const expiresAt = secondsOf(now + SENT_RETENTION_MS);
      await client.send(new PutCommand({ TableName, Item: { notice: keyOf(event), ...notice, expiresAt } }));
    },
    async forget(event) {
      await client.send(new DeleteCommand({ TableName, Key: { notice: keyOf(event) } }));
    },
    quiet: async (cause) => storedQuiet.optional().parse(await get(`cause ${cause}`)),
    async beQuiet(cause, quiet) {
      const expiresAt = secondsOf(quiet.until + QUIET_RETENTION_MS);
      await client.send(new PutCommand({ TableName, Item: { notice: `cause ${cause}`, ...quiet, expiresAt } }));
    },
  };
}
