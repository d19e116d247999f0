import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addressNumber,
  addressText,
  blockText,
  contains,
  cover,
  overlaps,
  parseBlock,
} from '../../src/services/ec2/address-block.ts';

const block = fc
  .tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 }))
  .map(([address, prefix]) => parseBlock(`${address}/${prefix}`))
  .filter((parsed) => parsed !== undefined);

test('addresses of both families come back as they were', () => {
  fc.assert(
    fc.property(fc.ipV4(), (address) => {
      expect(addressText(4, addressNumber(address))).toBe(address);
    }),
  );
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }), (number) => {
      expect(addressNumber(addressText(6, number))).toBe(number);
    }),
  );
});

test.each([
  ['10.1.2.3/8', '10.0.0.0/8'],
  ['100.68.0.18/18', '100.68.0.0/18'],
  ['0.0.0.0/0', '0.0.0.0/0'],
  ['2001:DB8::1:0/56', '2001:db8::/56'],
  ['::1/128', '::1/128'],
])('%s is %s', (text, canonical) => {
  const parsed = parseBlock(text);
  expect(parsed && blockText(parsed)).toBe(canonical);
});

test.each([
  '',
  '10.0.0.0',
  '10.0.0.0/33',
  '10.0.0/8',
  '10.0.0.0/8/8',
  '::/129',
  '10.0.0.0/-1',
  '10.0.0.0/ 8',
  '::ffff:1.2.3.4/96',
])('%j is no block', (text) => {
  expect(parseBlock(text)).toBeUndefined();
});

test('two blocks overlap when and only when one contains the other', () => {
  fc.assert(
    fc.property(block, block, (one, other) => {
      expect(overlaps(one, other)).toBe(contains(one, other) || contains(other, one));
    }),
  );
});

test('the halves of a block cover it together, and not alone', () => {
  fc.assert(
    fc.property(block, (whole) => {
      fc.pre(whole.prefixLength < 32);
      const middle = (whole.first + whole.last + 1n) / 2n;
      const low = { ...whole, last: middle - 1n };
      const high = { ...whole, first: middle };
      expect(cover([high, low], whole)).toBe(true);
      expect(cover([low], whole)).toBe(false);
      expect(cover([high, high], whole)).toBe(false);
    }),
  );
});
