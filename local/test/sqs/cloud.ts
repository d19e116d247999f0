import { CreateQueueCommand, SQSClient, type SQSClientConfig } from '@aws-sdk/client-sqs';
import { seededChance } from '../../src/chance.ts';
import { VirtualClock } from '../../src/clock.ts';
import { Iam } from '../../src/iam/iam.ts';
import { defaultSwitches, profiles } from '../../src/profile.ts';
import { createSqs } from '../../src/services/sqs/sqs.ts';
import { Gateway } from '../../src/wire/gateway.ts';
import { inProcessHandler } from '../../src/wire/in-process.ts';

export const ACCOUNT = '123456789012';
export const REGION = 'ap-northeast-1';

/** An SQS on virtual time behind the real gateway, and real clients of it. */
export function cloud() {
  const clock = new VirtualClock();
  const chance = seededChance('sqs');
  const iam = new Iam({ chance });
  const sqs = createSqs({ clock, chance, profile: profiles.fast, switches: defaultSwitches });
  const gateway = new Gateway({
    clock,
    chance,
    iam,
    services: [sqs.definition],
    defaultRegion: REGION,
    onUnexpectedError: (error) => {
      throw error;
    },
  });
  const as = (config: SQSClientConfig = {}) =>
    new SQSClient({
      region: REGION,
      credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'any' },
      requestHandler: inProcessHandler(gateway),
      maxAttempts: 1,
      // Which gateway is meant is settled by the handler.
      useQueueUrlAsEndpoint: false,
      ...config,
    });
  return { clock, sqs, client: as(), as };
}

export type SqsTestCloud = ReturnType<typeof cloud>;

export const arnOf = (name: string) => `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}`;

/** Creates a queue. @returns its URL. */
export async function queue(
  { client }: SqsTestCloud,
  name: string,
  Attributes: Record<string, string> = {},
): Promise<string> {
  const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: name, Attributes }));
  if (QueueUrl === undefined) throw new Error('no queue URL in the answer');
  return QueueUrl;
}

/** Runs everything that needs no clock. */
export const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
