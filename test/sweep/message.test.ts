import { describe, expect, it, test } from 'vitest';
import { MalformedInputError } from '../../shared/errors.ts';
import { parseSweepMessage, parseSweepRequest } from '../../shared/sweep/message.ts';

const region = { kind: 'region', account: '123456789012', region: 'ap-northeast-1', known: ['arn:aws:…'] };
const run = '20260101T000000Z-0123abcd';

describe('a message of a sweep', () => {
  it.each([region, { kind: 'zone', zoneId: 'Z1', elsewhere: [] }])('is what was sent: %j', (target) => {
    expect(parseSweepMessage(JSON.stringify({ run, target }))).toEqual({ run, target });
  });

  it.each([
    ['no JSON', 'hello'],
    ['nothing', ''],
    ['no run', JSON.stringify({ target: region })],
    ['another kind', JSON.stringify({ run, target: { kind: 'world' } })],
    ['an account that is none', JSON.stringify({ run, target: { ...region, account: 'me' } })],
    ['no services known', JSON.stringify({ run, target: { ...region, known: undefined } })],
    ['something more', JSON.stringify({ run, target: region, force: true })],
  ])('with %s is refused', (_, body) => {
    expect(() => parseSweepMessage(body)).toThrow(MalformedInputError);
  });
});

test.each([
  ['somebody begins', { kind: 'begin', by: 'arn:me' }, { kind: 'begin', by: 'arn:me' }],
  ['somebody confirms', { kind: 'confirm', run, by: 'arn:me' }, { kind: 'confirm', run, by: 'arn:me' }],
  ['the schedule', { 'detail-type': 'Scheduled Event', source: 'aws.events' }, { kind: 'begin', by: 'schedule' }],
  ['a test invocation', undefined, { kind: 'begin', by: 'schedule' }],
  // Nothing is confirmed that does not say what, and by whom.
  ['a confirmation of nothing', { kind: 'confirm', by: 'arn:me' }, { kind: 'begin', by: 'schedule' }],
])('%s', (_, event, expected) => {
  expect(parseSweepRequest(event)).toEqual(expected);
});
