import type { MessageSystemAttributeValue } from '@aws-sdk/client-sqs';
import type { Chance } from '../../chance.ts';
import { AwsError } from '../../wire/errors.ts';
import {
  attributesSize,
  checkMessageAttributes,
  type MessageAttributes,
  md5,
  md5OfAttributes,
} from './message-attributes.ts';
import type { Queue } from './queue.ts';
import { invalidParameter, invalidValue, withinBounds } from './refusals.ts';

/** What SendMessage and an entry of SendMessageBatch have in common. */
export interface Outgoing {
  readonly MessageBody?: string | undefined;
  /** Seconds, 0 to 900. */
  readonly DelaySeconds?: number | undefined;
  readonly MessageAttributes?: MessageAttributes | undefined;
  readonly MessageSystemAttributes?: Partial<Record<string, MessageSystemAttributeValue>> | undefined;
  readonly MessageDeduplicationId?: string | undefined;
  readonly MessageGroupId?: string | undefined;
}

/** Documented: the characters of XML 1.0. Half a surrogate pair is none of them. */
const PRINTABLE = /^[\t\n\r -\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;

/** Bytes of body and attributes. */
export const sizeOf = (message: Outgoing): number =>
  Buffer.byteLength(message.MessageBody ?? '') + attributesSize(message.MessageAttributes ?? {});

/**
 * Puts a message into a queue.
 * @param senderId the sender, as the system attribute SenderId shows it.
 * @returns what SendMessage answers.
 * @throws AwsError `InvalidParameterValue`, `InvalidMessageContents`, `MissingParameter`.
 */
export function send(queue: Queue, message: Outgoing, senderId: string, chance: Chance) {
  const body = message.MessageBody ?? '';
  const attributes = message.MessageAttributes ?? {};
  const limit = queue.attributes.settings.maximumMessageSize;
  if (body === '') throw new AwsError('MissingParameter', 'The request must contain the parameter MessageBody.');
  if (message.DelaySeconds !== undefined) {
    withinBounds('DelaySeconds', message.DelaySeconds, 0, 900, 'DelaySeconds must be >= 0 and <= 900.');
  }
  if (message.MessageDeduplicationId !== undefined) {
    throw invalidParameter(
      'MessageDeduplicationId',
      message.MessageDeduplicationId,
      'The request include parameter that is not valid for this queue type.',
    );
  }
  checkMessageAttributes(attributes);
  if (sizeOf(message) > limit) {
    throw invalidValue(`One or more parameters are invalid. Reason: Message must be shorter than ${limit} bytes.`);
  }
  if (!PRINTABLE.test(body)) {
    throw new AwsError(
      'InvalidMessageContents',
      'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF',
    );
  }
  const trace = message.MessageSystemAttributes?.AWSTraceHeader;
  const id = chance.uuid();
  queue.send({
    id,
    body,
    attributes,
    delay: message.DelaySeconds,
    system: {
      SenderId: senderId,
      ...(trace?.StringValue === undefined ? {} : { AWSTraceHeader: trace.StringValue }),
      ...(message.MessageGroupId === undefined ? {} : { MessageGroupId: message.MessageGroupId }),
    },
  });
  const digest = md5OfAttributes(attributes);
  const systemDigest = trace === undefined ? undefined : md5OfAttributes({ AWSTraceHeader: trace });
  return {
    MessageId: id,
    MD5OfMessageBody: md5(body),
    ...(digest === undefined ? {} : { MD5OfMessageAttributes: digest }),
    ...(systemDigest === undefined ? {} : { MD5OfMessageSystemAttributes: systemDigest }),
  };
}
