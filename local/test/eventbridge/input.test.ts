import { describe, expect, it } from 'vitest';
import { type EventEnvelope, type TargetInput, targetInput, valueAt } from '../../src/services/eventbridge/input.ts';

const event: EventEnvelope = {
  version: '0',
  id: 'event-1',
  'detail-type': 'Something',
  source: 'example',
  account: '123456789012',
  time: '2026-01-01T00:00:00Z',
  region: 'ap-northeast-1',
  resources: ['arn:one', 'arn:two'],
  detail: { name: 'web "one"', count: 3, list: [{ id: 7 }] },
};
const rule = { arn: 'arn:rule', name: 'rule' };
const transform = (InputTemplate: string, InputPathsMap: Record<string, string> = {}): TargetInput => ({
  InputTransformer: { InputTemplate, InputPathsMap },
});
const paths = { name: '$.detail.name', count: '$.detail.count', list: '$.detail.list', missing: '$.detail.missing' };

describe('what a target receives', () => {
  it.each<[string, TargetInput, string]>([
    ['the whole event', {}, JSON.stringify(event)],
    ['a constant', { Input: '{"a":1}' }, '{"a":1}'],
    ['a part', { InputPath: '$.detail.list' }, '[{"id":7}]'],
    ['a part that is missing', { InputPath: '$.detail.missing' }, 'null'],
    [
      'JSON values outside quotes',
      transform('{"n": <name>, "c": <count>, "l": <list>}', paths),
      '{"n": "web \\"one\\"", "c": 3, "l": [{"id":7}]}',
    ],
    ['text within quotes', transform('{"n": "is <name>, <count>"}', paths), '{"n": "is web \\"one\\", 3"}'],
    ['a text', transform('"<count> of <name>"', paths), '"3 of web \\"one\\""'],
    ['text that is not JSON', transform('<count> of <name>', paths), '3 of web "one"'],
    ['what is missing', transform('{"m": <missing>, "t": "<missing>"}', paths), '{"m": null, "t": ""}'],
    ['an unknown variable', transform('{"m": "<other>"}', paths), '{"m": "<other>"}'],
    [
      'the rule',
      transform('{"rule": <aws.events.rule-name>, "arn": "<aws.events.rule-arn>"}'),
      '{"rule": "rule", "arn": "arn:rule"}',
    ],
    ['the event', transform('{"event": <aws.events.event.json>}'), `{"event": ${JSON.stringify(event)}}`],
  ])('%s', (_what, target, expected) => {
    expect(targetInput(target, event, rule)).toBe(expected);
  });

  it.each<[string, unknown]>([
    ['$', event],
    ['$.detail-type', 'Something'],
    ['$.resources[1]', 'arn:two'],
    ['$.detail.list[0].id', 7],
    ["$['detail']['count']", 3],
    ['$.detail.name.length', undefined],
    ['$.resources[9]', undefined],
  ])('the value at %s', (path, expected) => {
    expect(valueAt(path, event)).toEqual(expected);
  });
});
