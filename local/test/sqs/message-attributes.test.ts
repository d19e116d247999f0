import { expect, test } from 'vitest';
import {
  type MessageAttributes,
  md5OfAttributes,
  selectAttributes,
} from '../../src/services/sqs/message-attributes.ts';

const text: MessageAttributes = { a: { DataType: 'String', StringValue: 'b' } };
const mixed: MessageAttributes = {
  a: { DataType: 'Binary.png', BinaryValue: Uint8Array.of(1, 2, 255) },
  B: { DataType: 'Number', StringValue: '42' },
};

// The expected digests are `printf '\0\0\0\001a\0\0\0\006String\001\0\0\0\001b' | md5sum` and likewise.
test.each<[MessageAttributes, string | undefined]>([
  [{}, undefined],
  [text, 'bef8bf215374a0a228d67533b1a488be'],
  [mixed, 'c4f5ed74349309021db30684348caa73'],
])('the digest of %j', (attributes, digest) => {
  expect(md5OfAttributes(attributes)).toBe(digest);
});

test.each([
  [[], []],
  [['All'], ['foo', 'foo.bar', 'baz']],
  [['.*'], ['foo', 'foo.bar', 'baz']],
  [['foo'], ['foo']],
  [['foo.*'], ['foo', 'foo.bar']],
  [['baz', 'nothing'], ['baz']],
])('%j asks for %j', (names, expected) => {
  const attributes = Object.fromEntries(
    ['foo', 'foo.bar', 'baz'].map((name) => [name, { DataType: 'String', StringValue: 'x' }]),
  );
  expect(Object.keys(selectAttributes(attributes, names))).toEqual(expected);
});
