import { describe, expect, it } from 'vitest';
import { matches, validatePattern } from '../../src/services/eventbridge/pattern.ts';

const event = {
  source: 'aws.apprunner',
  'detail-type': 'AppRunner Service Status Change',
  account: '123456789012',
  resources: ['arn:aws:apprunner:ap-northeast-1:123456789012:service/web/8fe1e10304f84fd2b0df550fe98a71fa'],
  detail: {
    currentServiceStatus: 'RUNNING',
    nothing: null,
    count: 10,
    zero: 0,
    yes: true,
    'source-ip': '10.0.0.25',
    ipv6: '2001:db8::1',
    file: 'dir/picture.PNG',
    star: 'a*b',
    tags: ['red', 'green'],
    empty: [],
    nested: { deep: { leaf: 'value' } },
    items: [
      { name: 'a', size: 1 },
      { name: 'b', size: 2 },
    ],
  },
};

const detail = (pattern: object) => ({ detail: pattern });

describe('event patterns', () => {
  it.each<[string, object, boolean]>([
    ['an exact value', { source: ['aws.apprunner'] }, true],
    ['another value', { source: ['aws.ec2'] }, false],
    ['one of several values', { source: ['aws.ec2', 'aws.apprunner'] }, true],
    ['all fields together', { source: ['aws.apprunner'], account: ['123456789012'] }, true],
    ['one field of two', { source: ['aws.apprunner'], account: ['999999999999'] }, false],
    ['case counts', detail({ currentServiceStatus: ['running'] }), false],
    ['a number', detail({ count: [10] }), true],
    ['a number is not its text', detail({ count: ['10'] }), false],
    ['a boolean', detail({ yes: [true] }), true],
    ['null', detail({ nothing: [null] }), true],
    ['null is not a missing field', detail({ missing: [null] }), false],
    ['the empty text is not null', detail({ nothing: [''] }), false],
    ['an element of an array', detail({ tags: ['green', 'blue'] }), true],
    ['no element of an array', detail({ tags: ['blue'] }), false],
    ['a nested field', detail({ nested: { deep: { leaf: ['value'] } } }), true],
    ['one object of an array', detail({ items: { name: ['b'], size: [2] } }), true],
    ['fields of different objects of an array', detail({ items: { name: ['a'], size: [2] } }), false],
    ['prefix', { resources: [{ prefix: 'arn:aws:apprunner:' }] }, true],
    ['another prefix', { resources: [{ prefix: 'arn:aws:ec2:' }] }, false],
    ['prefix in any case', detail({ file: [{ prefix: { 'equals-ignore-case': 'DIR/' } }] }), true],
    ['prefix of a number', detail({ count: [{ prefix: '1' }] }), false],
    ['suffix', detail({ file: [{ suffix: '.PNG' }] }), true],
    ['suffix, case counts', detail({ file: [{ suffix: '.png' }] }), false],
    ['suffix in any case', detail({ file: [{ suffix: { 'equals-ignore-case': '.png' } }] }), true],
    ['equals-ignore-case', detail({ currentServiceStatus: [{ 'equals-ignore-case': 'running' }] }), true],
    ['equals-ignore-case of another', detail({ currentServiceStatus: [{ 'equals-ignore-case': 'run' }] }), false],
    ['exists', detail({ count: [{ exists: true }] }), true],
    ['exists of null', detail({ nothing: [{ exists: true }] }), true],
    ['exists of nothing', detail({ missing: [{ exists: true }] }), false],
    ['exists false', detail({ missing: [{ exists: false }] }), true],
    ['exists false of something', detail({ count: [{ exists: false }] }), false],
    ['exists is for leaves only', detail({ nested: [{ exists: true }] }), false],
    ['exists false below what is missing', detail({ missing: { leaf: [{ exists: false }] } }), true],
    ['exists of an empty array', detail({ empty: [{ exists: true }] }), false],
    ['anything-but', detail({ currentServiceStatus: [{ 'anything-but': 'PAUSED' }] }), true],
    ['anything-but that', detail({ currentServiceStatus: [{ 'anything-but': 'RUNNING' }] }), false],
    ['anything-but a list', detail({ currentServiceStatus: [{ 'anything-but': ['PAUSED', 'RUNNING'] }] }), false],
    ['anything-but numbers', detail({ count: [{ 'anything-but': [1, 2] }] }), true],
    ['anything-but of a missing field', detail({ missing: [{ 'anything-but': 'x' }] }), false],
    ['anything-but a prefix', detail({ file: [{ 'anything-but': { prefix: 'dir/' } }] }), false],
    ['anything-but several prefixes', detail({ file: [{ 'anything-but': { prefix: ['a', 'b'] } }] }), true],
    ['anything-but a suffix', detail({ file: [{ 'anything-but': { suffix: '.PNG' } }] }), false],
    [
      'anything-but in any case',
      detail({ currentServiceStatus: [{ 'anything-but': { 'equals-ignore-case': ['running'] } }] }),
      false,
    ],
    ['anything-but a wildcard', detail({ file: [{ 'anything-but': { wildcard: '*/picture.*' } }] }), false],
    ['numeric', detail({ count: [{ numeric: ['>', 0, '<=', 10] }] }), true],
    ['numeric, bound excluded', detail({ count: [{ numeric: ['<', 10] }] }), false],
    ['numeric equality', detail({ zero: [{ numeric: ['=', 0] }] }), true],
    ['numeric of a text', detail({ currentServiceStatus: [{ numeric: ['>', 0] }] }), false],
    ['cidr', detail({ 'source-ip': [{ cidr: '10.0.0.0/24' }] }), true],
    ['another cidr', detail({ 'source-ip': [{ cidr: '10.0.1.0/24' }] }), false],
    ['cidr of IPv6', detail({ ipv6: [{ cidr: '2001:db8::/32' }] }), true],
    ['cidr of what is no address', detail({ file: [{ cidr: '10.0.0.0/24' }] }), false],
    ['wildcard', { resources: [{ wildcard: 'arn:aws:apprunner:*:service/web/*' }] }, true],
    ['wildcard matches the whole', detail({ file: [{ wildcard: '*picture' }] }), false],
    ['wildcard, a dot is a dot', detail({ file: [{ wildcard: 'dir/picture?PNG' }] }), false],
    ['wildcard, an escaped star', detail({ star: [{ wildcard: 'a\\*b' }] }), true],
    ['wildcard, an escaped star is no wildcard', detail({ file: [{ wildcard: 'dir\\*' }] }), false],
    ['$or, the first', detail({ $or: [{ count: [10] }, { yes: [false] }] }), true],
    ['$or, none', detail({ $or: [{ count: [1] }, { yes: [false] }] }), false],
    ['$or beside another field', detail({ zero: [1], $or: [{ count: [10] }, { yes: [true] }] }), false],
    ['$or at the top', { $or: [{ source: ['aws.ec2'] }, { detail: { count: [{ numeric: ['>=', 10] }] } }] }, true],
    ['$or in $or', detail({ $or: [{ zero: [1] }, { $or: [{ zero: [2] }, { zero: [0] }] }] }), true],
  ])('%s', (_what, pattern, expected) => {
    expect(() => validatePattern(pattern)).not.toThrow();
    expect(matches(pattern, event)).toBe(expected);
  });

  it.each<[string, unknown, string]>([
    ['a list', [], 'Filter is not an object'],
    ['an empty pattern', {}, 'Empty pattern is not allowed'],
    ['a bare value', { source: 'aws.ec2' }, '"source" must be an object or an array'],
    ['a bare value inside', detail({ a: 1 }), '"detail.a" must be an object or an array'],
    ['an empty array', { source: [] }, 'Empty arrays are not allowed (at "source")'],
    [
      'an array in an array',
      { source: [['a']] },
      'Match value must be String, number, true, false, or null (at "source")',
    ],
    ['an unknown matcher', { source: [{ begins: 'a' }] }, 'Unrecognized match type begins (at "source")'],
    [
      'two matchers in one',
      { source: [{ prefix: 'a', suffix: 'b' }] },
      'Only one key allowed in match expression (at "source")',
    ],
    ['a prefix that is no text', { source: [{ prefix: 1 }] }, 'prefix match pattern must be a string (at "source")'],
    [
      'a suffix that is no text',
      { source: [{ suffix: ['a'] }] },
      'suffix match pattern must be a string (at "source")',
    ],
    [
      'exists of a text',
      { source: [{ exists: 'true' }] },
      'exists match pattern must be either true or false. (at "source")',
    ],
    ['numeric of a number', { source: [{ numeric: 1 }] }, 'Value of numeric must be an array. (at "source")'],
    [
      'numeric with another operator',
      { source: [{ numeric: ['<>', 1] }] },
      'Invalid numeric match expression: ["<>",1] (at "source")',
    ],
    [
      'numeric with bounds reversed',
      { source: [{ numeric: ['>', 5, '<', 1] }] },
      'Invalid numeric match expression: [">",5,"<",1] (at "source")',
    ],
    ['a cidr without bits', { source: [{ cidr: '10.0.0.0' }] }, 'Malformed CIDR, one \'/\' required (at "source")'],
    ['two stars', { source: [{ wildcard: 'a**b' }] }, 'Consecutive wildcard characters (at "source")'],
    ['a stray escape', { source: [{ wildcard: 'a\\b' }] }, 'Invalid escape character (at "source")'],
    [
      'mixed anything-but',
      { source: [{ 'anything-but': ['a', 1] }] },
      'Inside anything but list, either all values are number or string, mixed type is not supported (at "source")',
    ],
    [
      'anything-but a range',
      { source: [{ 'anything-but': { numeric: ['>', 1] } }] },
      'Unsupported anything-but pattern: numeric (at "source")',
    ],
    ['$or of one', { $or: [{ source: ['a'] }] }, 'There must have at least 2 Objects in $or relationship (at "$or")'],
  ])('refuses %s', (_what, pattern, reason) => {
    expect(() => validatePattern(pattern)).toThrow(
      expect.objectContaining({
        code: 'InvalidEventPatternException',
        message: `Event pattern is not valid. Reason: ${reason}`,
      }),
    );
  });
});
