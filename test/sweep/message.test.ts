import { describe, expect, it } from 'vitest';
import { MalformedInputError } from '../../shared/errors.ts';
import { parseSweepMessage, parseSweepRequest } from '../../shared/sweep/message.ts';

const region = {
  kind: 'region',
  account: '123456789012',
  region: 'ap-northeast-1',
  known: ['arn:aws:…'],
  services: { Z1: 2 },
};
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

describe('a request to the sweep function', () => {
  it.each([
    ['the schedule’s event', { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} }],
    ['an empty event', {}],
    ['no event', undefined],
    ['null', null],
  ])('%s begins a sweep', (_, event) => {
    expect(parseSweepRequest(event)).toEqual({ kind: 'begin', by: 'schedule' });
  });

  it.each([
    { kind: 'begin', by: 'me' } as const,
    { kind: 'confirm', run: '20260131T235959Z-1a2b3c4d', by: 'me' } as const,
  ])('a request is taken as it is', (request) => expect(parseSweepRequest(request)).toEqual(request));

  it.each([
    ['a confirmation without its run', { kind: 'confirm', by: 'me' }],
    ['a confirmation with an empty run', { kind: 'confirm', run: '', by: 'me' }],
    ['a confirmation with a run that is no text', { kind: 'confirm', run: 7, by: 'me' }],
    ['a confirmation of more', { kind: 'confirm', run: 'r', by: 'me', all: true }],
    ['a confirmation without its kind', { run: 'r', by: 'me' }],
    ['an unknown kind', { kind: 'confrim', run: 'r', by: 'me' }],
    ['an event of another source', { source: 'aws.apprunner', detail: {} }],
    ['a text', 'confirm'],
    ['a list', []],
  ])('%s is an error and begins nothing', (_, event) => {
    expect(() => parseSweepRequest(event)).toThrow(MalformedInputError);
  });
});
