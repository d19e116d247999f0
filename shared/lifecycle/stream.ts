import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { SECOND } from '../duration.ts';
import { MalformedInputError } from '../errors.ts';
import { parseRow, type ServiceRow } from '../state/row.ts';
import { lifecycleEvents } from './changes.ts';
import type { LifecycleEvent } from './event.ts';

const image = z.record(z.string(), z.unknown());

const record = z.object({
  eventName: z.enum(['INSERT', 'MODIFY', 'REMOVE']),
  dynamodb: z.object({
    ApproximateCreationDateTime: z.number(),
    SequenceNumber: z.string(),
    NewImage: image.optional(),
    OldImage: image.optional(),
  }),
});

const streamEvent = z.object({ Records: z.array(record) });

/** One change of a row. */
export interface RowChange {
  readonly sequenceNumber: string;
  readonly events: readonly LifecycleEvent[];
}

/**
 * An event of the stream of the services table → what happened to the services, in its order. Most writes change no finding
 * and no phase: those have no events.
 * @throws MalformedInputError
 */
export function changesOf(event: unknown, stack: string): readonly RowChange[] {
  const parsed = streamEvent.safeParse(event);
  if (!parsed.success)
    throw new MalformedInputError(`Not an event of a DynamoDB stream: ${z.prettifyError(parsed.error)}`);
  return parsed.data.Records.map(({ dynamodb }) => {
    const { OldImage, NewImage, ApproximateCreationDateTime, SequenceNumber } = dynamodb;
    const at = ApproximateCreationDateTime * SECOND;
    return {
      sequenceNumber: SequenceNumber,
      events: lifecycleEvents(rowOf(OldImage), rowOf(NewImage), { stack, at }),
    };
  });
}

function rowOf(attributes: Readonly<Record<string, unknown>> | undefined): ServiceRow | undefined {
  // What the stream hands over is the form that DynamoDB itself writes.
  return attributes === undefined ? undefined : parseRow(unmarshall(attributes as Parameters<typeof unmarshall>[0]));
}
