import { DeleteCommand, type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { DAY, SECOND } from '../duration.ts';
import type { FindingEvent } from './event.ts';
import type { Quiet, Told } from './notices.ts';

/** What was sent to people, so that each message is sent once. */
export interface NoticeMemory {
  told(event: FindingEvent): Promise<Told | undefined>;
  /** @param now milliseconds since the epoch. */
  tell(event: FindingEvent, told: Told, now: number): Promise<void>;
  forget(event: FindingEvent): Promise<void>;
  quiet(cause: string): Promise<Quiet | undefined>;
  beQuiet(cause: string, quiet: Quiet): Promise<void>;
}

/** Longer than a finding is open that people still expect to hear of. */
const TOLD_RETENTION_MS = 400 * DAY;
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
    told: async (event) => stored.optional().parse(await get(keyOf(event))),
    async tell(event, told, now) {
      const expiresAt = secondsOf(now + TOLD_RETENTION_MS);
      await client.send(new PutCommand({ TableName, Item: { notice: keyOf(event), ...told, expiresAt } }));
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
