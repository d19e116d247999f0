import * as sdk from '@aws-sdk/client-eventbridge';
import { expect } from 'vitest';
import { ACCOUNT, type OperationSetting, REGION, type Rows } from './setting.ts';

const EventPattern = '{"source": ["aws.apprunner"]}';
const QUEUE = `arn:aws:sqs:${REGION}:${ACCOUNT}:jobs`;

const putRule = ({ events }: OperationSetting, pattern = EventPattern) =>
  events.send(new sdk.PutRuleCommand({ Name: 'changes', EventPattern: pattern }));

const putTarget = ({ events }: OperationSetting) =>
  events.send(new sdk.PutTargetsCommand({ Rule: 'changes', Targets: [{ Id: 'queue', Arn: QUEUE }] }));

const putPermission = ({ events }: OperationSetting, EventBusName = 'default') =>
  events.send(
    new sdk.PutPermissionCommand({
      EventBusName,
      StatementId: 'member',
      Action: 'events:PutEvents',
      Principal: '111122223333',
    }),
  );

const createBus = ({ events }: OperationSetting) => events.send(new sdk.CreateEventBusCommand({ Name: 'mine' }));

/** With the rule in place. */
const onRule =
  (call: (events: sdk.EventBridgeClient) => Promise<object>) =>
  async (setting: OperationSetting): Promise<object> => {
    await putRule(setting);
    await putTarget(setting);
    return call(setting.events);
  };

const withNothing = (call: (events: sdk.EventBridgeClient) => Promise<object>) => ({
  call: ({ events }: OperationSetting) => call(events),
  by: sdk.ResourceNotFoundException,
});

const describeRule = (events: sdk.EventBridgeClient) => events.send(new sdk.DescribeRuleCommand({ Name: 'changes' }));
const enable = (events: sdk.EventBridgeClient) => events.send(new sdk.EnableRuleCommand({ Name: 'changes' }));
const disable = (events: sdk.EventBridgeClient) => events.send(new sdk.DisableRuleCommand({ Name: 'changes' }));
const listTargets = (events: sdk.EventBridgeClient) =>
  events.send(new sdk.ListTargetsByRuleCommand({ Rule: 'changes' }));
const removeTargets = (events: sdk.EventBridgeClient) =>
  events.send(new sdk.RemoveTargetsCommand({ Rule: 'changes', Ids: ['queue'] }));

const testPattern = ({ events }: OperationSetting, pattern: string) =>
  events.send(
    new sdk.TestEventPatternCommand({
      EventPattern: pattern,
      Event: JSON.stringify({
        id: '1',
        account: ACCOUNT,
        source: 'aws.apprunner',
        time: '2026-01-01T00:00:00Z',
        region: REGION,
        resources: [],
        'detail-type': 'any',
        detail: {},
      }),
    }),
  );

export const eventsRows: Rows = {
  PutRule: {
    call: (s) => putRule(s),
    answer: { RuleArn: `arn:aws:events:${REGION}:${ACCOUNT}:rule/changes` },
    refused: { call: (s) => putRule(s, '{"source": "aws.apprunner"}'), by: sdk.InvalidEventPatternException },
  },
  DescribeRule: {
    call: onRule(describeRule),
    answer: { Name: 'changes', State: 'ENABLED', EventPattern },
    refused: withNothing(describeRule),
  },
  ListRules: {
    call: onRule((events) => events.send(new sdk.ListRulesCommand({}))),
    answer: { Rules: [{ Name: 'changes' }] },
    refused: withNothing((events) => events.send(new sdk.ListRulesCommand({ EventBusName: 'none' }))),
  },
  EnableRule: { call: onRule(enable), refused: withNothing(enable) },
  DisableRule: { call: onRule(disable), refused: withNothing(disable) },
  DeleteRule: {
    call: async (s) => {
      await putRule(s);
      return s.events.send(new sdk.DeleteRuleCommand({ Name: 'changes' }));
    },
    refused: {
      call: onRule((events) => events.send(new sdk.DeleteRuleCommand({ Name: 'changes' }))),
      by: 'ValidationException',
    },
  },
  TestEventPattern: {
    call: (s) => testPattern(s, EventPattern),
    answer: { Result: true },
    refused: { call: (s) => testPattern(s, 'nonsense'), by: sdk.InvalidEventPatternException },
  },
  PutTargets: {
    call: async (s) => {
      await putRule(s);
      return putTarget(s);
    },
    answer: { FailedEntryCount: 0, FailedEntries: [] },
    refused: { call: putTarget, by: sdk.ResourceNotFoundException },
  },
  ListTargetsByRule: {
    call: onRule(listTargets),
    answer: { Targets: [{ Id: 'queue', Arn: QUEUE }] },
    refused: withNothing(listTargets),
  },
  RemoveTargets: {
    call: onRule(removeTargets),
    answer: { FailedEntryCount: 0 },
    refused: withNothing(removeTargets),
  },
  CreateEventBus: {
    call: createBus,
    answer: { EventBusArn: `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/mine` },
    refused: {
      call: async (s) => {
        await createBus(s);
        return createBus(s);
      },
      by: sdk.ResourceAlreadyExistsException,
    },
  },
  DescribeEventBus: {
    call: ({ events }) => events.send(new sdk.DescribeEventBusCommand({})),
    answer: { Name: 'default' },
    refused: withNothing((events) => events.send(new sdk.DescribeEventBusCommand({ Name: 'none' }))),
  },
  ListEventBuses: {
    call: ({ events }) => events.send(new sdk.ListEventBusesCommand({})),
    answer: { EventBuses: [{ Name: 'default' }] },
    refused: {
      call: ({ events }) => events.send(new sdk.ListEventBusesCommand({ NextToken: 'nonsense' })),
      by: 'ValidationException',
    },
  },
  DeleteEventBus: {
    call: async (s) => {
      await createBus(s);
      return s.events.send(new sdk.DeleteEventBusCommand({ Name: 'mine' }));
    },
    refused: {
      call: ({ events }) => events.send(new sdk.DeleteEventBusCommand({ Name: 'default' })),
      by: 'ValidationException',
    },
  },
  PutPermission: {
    call: (s) => putPermission(s),
    refused: { call: (s) => putPermission(s, 'none'), by: sdk.ResourceNotFoundException },
  },
  RemovePermission: {
    call: async (s) => {
      await putPermission(s);
      return s.events.send(new sdk.RemovePermissionCommand({ StatementId: 'member' }));
    },
    refused: withNothing((events) => events.send(new sdk.RemovePermissionCommand({ StatementId: 'member' }))),
  },
  PutEvents: {
    call: ({ events }) =>
      events.send(new sdk.PutEventsCommand({ Entries: [{ Source: 'mine', DetailType: 'any', Detail: '{}' }] })),
    answer: { FailedEntryCount: 0, Entries: [{ EventId: expect.any(String) }] },
    refused: {
      call: ({ events }) => events.send(new sdk.PutEventsCommand({ Entries: [] })),
      by: 'ValidationException',
    },
  },
};
