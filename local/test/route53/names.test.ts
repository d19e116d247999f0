import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  conditionName,
  isWithin,
  nameOfLabels,
  namesUpward,
  parentName,
  plainName,
  recordName,
  sortKey,
} from '../../src/services/route53/names.ts';

describe('recordName', () => {
  it.each([
    ['Example.COM', 'example.com.'],
    ['example.com.', 'example.com.'],
    ['*.example.com', '\\052.example.com.'],
    ['\\052.example.com', '\\052.example.com.'],
    ['_acme-challenge.example.com', '_acme-challenge.example.com.'],
    ['\\101.example.com', 'a.example.com.'],
    ['a\\056b.example.com', 'a\\056b.example.com.'],
    ['x@y.example.com', 'x\\100y.example.com.'],
  ])('%s is %s', (written, kept) => {
    expect(recordName(written)).toBe(kept);
    expect(recordName(kept)).toBe(kept);
  });

  it.each([
    ['', 'DomainNameEmpty'],
    ['.', 'DomainNameEmpty'],
    ['a..b', 'DomainLabelEmpty'],
    [`${'a'.repeat(64)}.com`, 'DomainLabelTooLong'],
    [Array(50).fill('label').join('.'), 'DomainNameTooLong'],
    ['with space.com', 'UnsupportedCharacter'],
    ['bücher.example', 'UnsupportedCharacter'],
  ])('refuses %j (%s)', (written, code) => {
    expect(() => recordName(written)).toThrow(expect.objectContaining({ code }));
  });

  it('counts a label as long as it is, not as it is written', () => {
    expect(recordName(`${'\\052'.repeat(63)}.com`)).toHaveLength(63 * 4 + 5);
  });
});

const label = fc.string({
  unit: fc.integer({ min: 0, max: 255 }).map((byte) => String.fromCharCode(byte)),
  minLength: 1,
  maxLength: 12,
});
const labels = fc.array(label, { minLength: 1, maxLength: 5 });

describe('any name', () => {
  it('survives escaping and unescaping, its letters in lower case', () => {
    fc.assert(
      fc.property(labels, (given) => {
        const kept = nameOfLabels(given);
        expect(kept).toMatch(/^([a-z0-9_-]|\\[0-3][0-7]{2}|\.)+\.$/);
        expect(recordName(kept)).toBe(kept);
        const lower = given.map((it) => it.replace(/[A-Z]/g, (letter) => letter.toLowerCase()));
        expect(plainName(kept)).toBe(lower.join('.'));
        expect(conditionName(kept)).toBe(kept.slice(0, -1));
        expect(sortKey(kept)).toBe(`${lower.toReversed().join('.')}.`);
      }),
    );
  });

  it('lies within every name above it, and in no neighbour', () => {
    fc.assert(
      fc.property(labels, (given) => {
        const name = nameOfLabels(given);
        const above = namesUpward(name);
        expect(above).toHaveLength(given.length);
        for (const at of above) {
          expect(isWithin(name, at)).toBe(true);
          expect(isWithin(name, `x${at}`)).toBe(false);
        }
        expect(parentName(above.at(-1) ?? '')).toBe('.');
      }),
    );
  });
});
