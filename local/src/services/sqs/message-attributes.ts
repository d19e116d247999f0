import { createHash } from 'node:crypto';
import type { MessageAttributeValue } from '@aws-sdk/client-sqs';
import { invalidParameter, invalidValue } from './refusals.ts';

export type MessageAttributes = Readonly<Record<string, MessageAttributeValue>>;

const MOST = 10;

/**
 * Checks the attributes of a message (documented: names, types, not empty, ten at most).
 * @throws AwsError `InvalidParameterValue` (messages captured).
 */
export function checkMessageAttributes(attributes: MessageAttributes): void {
  const entries = Object.entries(attributes);
  if (entries.length > MOST) {
    throw invalidValue(`Number of message attributes [${entries.length}] exceeds the allowed maximum [${MOST}].`);
  }
  for (const [name, { DataType = '', StringValue, BinaryValue }] of entries) {
    if (!/^(?!\.)(?!.*\.\.)(?!.*\.$)(?!(aws|amazon)\.)[\w.-]{1,256}$/i.test(name)) {
      throw invalidParameter(
        'MessageAttributeName',
        name,
        'It must be 1 to 256 letters, digits, _, - or single dots, not starting with AWS. or Amazon.',
      );
    }
    const kind = /^(String|Number|Binary)(\..+)?$/.exec(DataType)?.[1];
    if (kind === undefined) {
      throw invalidValue(
        `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
      );
    }
    const value = kind === 'Binary' ? BinaryValue : StringValue;
    if (value === undefined || value.length === 0) {
      throw invalidValue(
        `The message attribute '${name}' must contain a non-empty message attribute value for message attribute type '${DataType}'.`,
      );
    }
    if (kind === 'Number' && !Number.isFinite(Number(value))) {
      throw invalidValue(`Can't cast the value of message (user) attribute '${name}' to a number.`);
    }
  }
}

const bytesOf = ({ StringValue, BinaryValue }: MessageAttributeValue): Uint8Array =>
  BinaryValue ?? Buffer.from(StringValue ?? '');

/** The bytes that count towards a message's size: names, types and values (documented). */
export const attributesSize = (attributes: MessageAttributes): number =>
  Object.entries(attributes).reduce(
    (size, [name, value]) =>
      size + Buffer.byteLength(name) + Buffer.byteLength(value.DataType ?? '') + bytesOf(value).length,
    0,
  );

export const md5 = (content: string | Uint8Array): string => createHash('md5').update(content).digest('hex');

/**
 * MD5 of attributes as clients compute it (documented): of each, sorted by name,
 *
 *     length, name | length, data type | 1 (text) or 2 (binary) | length, value
 *
 * with lengths as 4 bytes, big-endian. `undefined` when there are none.
 */
export function md5OfAttributes(attributes: MessageAttributes): string | undefined {
  const sized = (bytes: Uint8Array): Uint8Array[] => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return [length, bytes];
  };
  const parts = Object.entries(attributes)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([name, value]) => [
      ...sized(Buffer.from(name)),
      ...sized(Buffer.from(value.DataType ?? '')),
      Buffer.of(value.BinaryValue === undefined ? 1 : 2),
      ...sized(bytesOf(value)),
    ]);
  return parts.length === 0 ? undefined : md5(Buffer.concat(parts));
}

/** The attributes asked for: by name, by prefix (`foo.*`), or all (`All`, `.*`). */
export function selectAttributes(attributes: MessageAttributes, names: readonly string[] = []): MessageAttributes {
  const wanted = (name: string) =>
    names.some(
      (asked) => asked === 'All' || asked === name || (asked.endsWith('.*') && name.startsWith(asked.slice(0, -2))),
    );
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => wanted(name)));
}
