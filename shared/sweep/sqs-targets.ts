import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { SweepMessage, SweepQueue } from './sweep.ts';

/** SQS takes ten messages and 1 MiB per call (documented), and reports each message that it refuses. */
const MAX_BATCH_ENTRIES = 10;
const MAX_BATCH_BYTES = 1024 * 1024;

export function sqsTargets(sqs: SQSClient, QueueUrl: string): SweepQueue {
  return {
    async send(messages) {
      for (const bodies of batches(messages.map((message: SweepMessage) => JSON.stringify(message)))) {
        const Entries = bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
        const { Failed = [] } = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
        const [first] = Failed;
        if (first !== undefined)
          throw new Error(
            `${Failed.length} of ${Entries.length} messages of the sweep were refused by SQS: ${first.Code} ${first.Message ?? ''}`,
          );
      }
    },
  };
}

/** As many together as one call takes, in order. */
function batches(bodies: readonly string[]): readonly (readonly string[])[] {
  const made: string[][] = [];
  let room = 0;
  for (const body of bodies) {
    const size = Buffer.byteLength(body);
    const last = made.at(-1);
    if (last === undefined || last.length === MAX_BATCH_ENTRIES || size > room) {
      made.push([body]);
      room = MAX_BATCH_BYTES - size;
    } else {
      last.push(body);
      room -= size;
    }
  }
  return made;
}
