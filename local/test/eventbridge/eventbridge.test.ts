import {
  CreateEventBusCommand,
  DeleteRuleCommand,
  DescribeEventBusCommand,
  DescribeRuleCommand,
  DisableRuleCommand,
  EnableRuleCommand,
  EventBridgeClient,
  ListEventBusesCommand,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  PutEventsCommand,
  type PutEventsRequestEntry,
  PutPermissionCommand,
  type PutPermissionCommandInput,
  PutRuleCommand,
  PutTargetsCommand,
  RemovePermissionCommand,
  RemoveTargetsCommand,
  type Target,
  TestEventPatternCommand,
} from '@aws-sdk/client-eventbridge';
import { describe, expect, it } from 'vitest';
import { seededChance } from '../../src/chance.ts';
import { VirtualClock } from '../../src/clock.ts';
import { Iam } from '../../src/iam/iam.ts';
import { defaultSwitches, profiles } from '../../src/profile.ts';
import { createEventBridge } from '../../src/services/eventbridge/eventbridge.ts';
import { Gateway } from '../../src/wire/gateway.ts';
import { inProcessHandler } from '../../src/wire/in-process.ts';
import { FakeTargets } from './fake-targets.ts';

const ACCOUNT = '123456789012';
const MEMBER = '210987654321';
const REGION = 'ap-northeast-1';
const FUNCTION = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:on-service-event`;
const QUEUE = `arn:aws:sqs:${REGION}:${ACCOUNT}:dead-letters`;
const HUB_BUS = `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/default`;
const ROLE = `arn:aws:iam::${MEMBER}:role/forward`;
const SECOND = 1000;

function cloud() {
  const clock = new VirtualClock();
  const chance = seededChance('eventbridge');
  const log: string[] = [];
  const profile = profiles.realistic;
  const events = createEventBridge(
    { clock, chance, profile, switches: defaultSwitches },
    { log: (line) => log.push(line) },
  );
  const targets = new FakeTargets();
  events.connect(targets);
  const gateway = new Gateway({
    clock,
    chance,
    iam: new Iam({ chance }),
    services: [events.definition],
    defaultRegion: REGION,
  });
  const client = (accessKeyId: string, region = REGION) =>
    new EventBridgeClient({
      region,
      credentials: { accessKeyId, secretAccessKey: 'x' },
      requestHandler: inProcessHandler(gateway),
      maxAttempts: 1,
    });
  const hub = client(ACCOUNT);
  const rule = async (pattern: object, ...Targets: Target[]) => {
    await hub.send(new PutRuleCommand({ Name: 'rule', EventPattern: JSON.stringify(pattern) }));
    await hub.send(new PutTargetsCommand({ Rule: 'rule', Targets }));
  };
  const put = (entry: Partial<PutEventsRequestEntry> = {}) =>
    hub.send(new PutEventsCommand({ Entries: [{ Source: 'test', DetailType: 'Test', Detail: '{"a":1}', ...entry }] }));
  return { clock, events, targets, client, hub, rule, put, log };
}

const statusChange = (account: string, region = REGION) => ({
  account,
  region,
  source: 'aws.apprunner',
  'detail-type': 'AppRunner Service Status Change',
  resources: ['arn:service'],
  detail: { currentServiceStatus: 'RUNNING' },
});

describe('rules', () => {
  it('are put, described, listed, switched and deleted', async () => {
    const { hub } = cloud();
    const pattern = '{"source":["aws.apprunner"]}';
    const { RuleArn } = await hub.send(
      new PutRuleCommand({ Name: 'one', EventPattern: pattern, Description: 'first' }),
    );
    expect(RuleArn).toBe(`arn:aws:events:${REGION}:${ACCOUNT}:rule/one`);
    await hub.send(new PutRuleCommand({ Name: 'two', ScheduleExpression: 'rate(1 hour)', State: 'DISABLED' }));
    expect(await hub.send(new DescribeRuleCommand({ Name: 'one' }))).toMatchObject({
      EventPattern: pattern,
      State: 'ENABLED',
      Description: 'first',
      EventBusName: 'default',
      CreatedBy: ACCOUNT,
    });
    const { Rules } = await hub.send(new ListRulesCommand({ NamePrefix: 't' }));
    expect(Rules?.map(({ Name, State }) => [Name, State])).toEqual([['two', 'DISABLED']]);
    const first = await hub.send(new ListRulesCommand({ Limit: 1 }));
    const second = await hub.send(new ListRulesCommand({ Limit: 1, NextToken: first.NextToken }));
    expect([...(first.Rules ?? []), ...(second.Rules ?? [])].map(({ Name }) => Name)).toEqual(['one', 'two']);
    expect(second.NextToken).toBeUndefined();
    await hub.send(new DeleteRuleCommand({ Name: 'one' }));
    await expect(hub.send(new DescribeRuleCommand({ Name: 'one' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Rule one does not exist on EventBus default.',
    });
  });

  it.each([
    ['neither pattern nor schedule', {}, 'ValidationException', /EventPattern or ScheduleExpression must be specified/],
    [
      'a bad pattern',
      { EventPattern: '{"source":"x"}' },
      'InvalidEventPatternException',
      /must be an object or an array/,
    ],
    ['a pattern that is not JSON', { EventPattern: '{' }, 'InvalidEventPatternException', /Invalid JSON/],
    [
      'a bad schedule',
      { ScheduleExpression: 'rate(1 hours)' },
      'ValidationException',
      /ScheduleExpression is not valid/,
    ],
    [
      'a bad name',
      { Name: 'a b', EventPattern: '{"source":["x"]}' },
      'ValidationException',
      /regular expression pattern/,
    ],
    [
      'a bus that is not there',
      { EventBusName: 'other', EventPattern: '{"source":["x"]}' },
      'ResourceNotFoundException',
      /Event bus other does not exist/,
    ],
  ])('refuse %s', async (_what, input, name, message) => {
    const { hub } = cloud();
    await expect(hub.send(new PutRuleCommand({ Name: 'rule', ...input }))).rejects.toMatchObject({
      name,
      message: expect.stringMatching(message),
    });
  });

  it('keep their targets when they are put again, and cannot be deleted with them', async () => {
    const { hub, rule } = cloud();
    await rule({ source: ['a'] }, { Id: 'f', Arn: FUNCTION });
    await hub.send(new PutRuleCommand({ Name: 'rule', EventPattern: '{"source":["b"]}' }));
    const { Targets } = await hub.send(new ListTargetsByRuleCommand({ Rule: 'rule' }));
    expect(Targets).toEqual([{ Id: 'f', Arn: FUNCTION }]);
    await expect(hub.send(new DeleteRuleCommand({ Name: 'rule' }))).rejects.toThrow(
      "Rule can't be deleted since it has targets.",
    );
    await hub.send(new RemoveTargetsCommand({ Rule: 'rule', Ids: ['f'] }));
    await hub.send(new DeleteRuleCommand({ Name: 'rule' }));
  });

  it.each<[string, Target, string]>([
    [
      'no ARN',
      { Id: 'a', Arn: 'on-service-event' },
      'Parameter on-service-event is not valid. Reason: Provided Arn is not in correct format.',
    ],
    [
      'a service that is not there',
      { Id: 'a', Arn: 'arn:aws:logs:r:1:log-group:x' },
      'the embedded cloud delivers to lambda, sqs, events only',
    ],
    [
      'two inputs',
      { Id: 'a', Arn: FUNCTION, Input: '{}', InputPath: '$' },
      'Only one of Input, InputPath, or InputTransformer must be provided for target a.',
    ],
    [
      'a FIFO queue without group',
      { Id: 'a', Arn: `${QUEUE}.fifo` },
      'Parameter(s) SqsParameters must be specified for target: a.',
    ],
  ])('refuse a target with %s', async (_what, target, message) => {
    const { rule } = cloud();
    await expect(rule({ source: ['a'] }, target)).rejects.toThrow(message);
  });

  it('take five targets and no more', async () => {
    const { rule } = cloud();
    const targets = Array.from({ length: 6 }, (_, at) => ({ Id: `t${at}`, Arn: FUNCTION }));
    await expect(rule({ source: ['a'] }, ...targets)).rejects.toMatchObject({ name: 'LimitExceededException' });
    await rule({ source: ['a'] }, ...targets.slice(1));
  });

  it('belong to one account and region', async () => {
    const { rule, client } = cloud();
    await rule({ source: ['a'] }, { Id: 'a', Arn: FUNCTION });
    for (const other of [client(MEMBER), client(ACCOUNT, 'us-east-1')]) {
      expect((await other.send(new ListRulesCommand({}))).Rules).toEqual([]);
    }
  });

  it('are tried with TestEventPattern', async () => {
    const { hub } = cloud();
    const event = {
      id: '1',
      account: ACCOUNT,
      source: 'a',
      time: 'now',
      region: REGION,
      resources: [],
      'detail-type': 'T',
      detail: {},
    };
    const test = (EventPattern: string, Event: string) =>
      hub.send(new TestEventPatternCommand({ EventPattern, Event }));
    expect((await test('{"source":["a"]}', JSON.stringify(event))).Result).toBe(true);
    expect((await test('{"source":["b"]}', JSON.stringify(event))).Result).toBe(false);
    await expect(test('{"source":["b"]}', '{"source":"b"}')).rejects.toThrow(
      'Parameter Event is not valid. Reason: id is a required argument.',
    );
  });
});

describe('PutEvents', () => {
  it('checks each entry separately', async () => {
    const { hub, clock, rule, targets } = cloud();
    await rule({ 'detail-type': ['Test'] }, { Id: 'f', Arn: FUNCTION });
    const { FailedEntryCount, Entries } = await hub.send(
      new PutEventsCommand({
        Entries: [
          {
            Source: 'mine',
            DetailType: 'Test',
            Detail: '{"n":1}',
            Resources: ['arn:x'],
            Time: new Date('2020-02-02T02:02:02Z'),
          },
          { Source: 'aws.apprunner', DetailType: 'Test', Detail: '{}' },
          { DetailType: 'Test', Detail: '{}' },
          { Source: 'mine', DetailType: 'Test', Detail: '[1]' },
          { Source: 'mine', DetailType: 'Test', Detail: '{"n":2}', EventBusName: 'nowhere' },
        ],
      }),
    );
    expect(FailedEntryCount).toBe(3);
    expect(Entries?.map(({ ErrorCode }) => ErrorCode)).toEqual([
      undefined,
      'NotAuthorizedForSourceException',
      'InvalidArgument',
      'MalformedDetail',
      undefined,
    ]);
    await clock.advance(0);
    expect(targets.invoked.map(({ payload }) => payload)).toEqual([
      {
        version: '0',
        id: Entries?.[0]?.EventId,
        'detail-type': 'Test',
        source: 'mine',
        account: ACCOUNT,
        time: '2020-02-02T02:02:02Z',
        region: REGION,
        resources: ['arn:x'],
        detail: { n: 1 },
      },
    ]);
  });

  it('has a limit of size', async () => {
    const { put } = cloud();
    const detail = (bytes: number) => ({ Detail: `{"a":"${'x'.repeat(bytes)}"}` });
    await put(detail(256 * 1024 - 100));
    await expect(put(detail(256 * 1024))).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it('has a limit of entries', async () => {
    const { hub } = cloud();
    const entry = { Source: 'a', DetailType: 'T', Detail: '{}' };
    await expect(hub.send(new PutEventsCommand({ Entries: Array(11).fill(entry) }))).rejects.toThrow(
      /less than or equal to 10/,
    );
    await expect(hub.send(new PutEventsCommand({ Entries: [] }))).rejects.toThrow(/greater than or equal to 1/);
  });
});

describe('delivery', () => {
  it('brings service events to the targets of matching, enabled rules, after the call that put them', async () => {
    const { events, rule, targets, clock, hub } = cloud();
    await rule(
      { source: ['aws.apprunner'] },
      { Id: 'f', Arn: FUNCTION },
      { Id: 'q', Arn: QUEUE, InputPath: '$.detail' },
    );
    await hub.send(
      new PutRuleCommand({ Name: 'off', EventPattern: '{"source":["aws.apprunner"]}', State: 'DISABLED' }),
    );
    await hub.send(new PutTargetsCommand({ Rule: 'off', Targets: [{ Id: 'f', Arn: `${FUNCTION}-off` }] }));
    events.emit(statusChange(ACCOUNT));
    events.emit({ ...statusChange(ACCOUNT), source: 'aws.ec2' });
    events.emit(statusChange(MEMBER));
    expect(targets.invoked).toEqual([]);
    await clock.advance(0);
    expect(targets.invoked).toMatchObject([
      {
        arn: FUNCTION,
        payload: { source: 'aws.apprunner', time: '2026-01-01T00:00:00Z', account: ACCOUNT },
        sender: {
          service: 'events.amazonaws.com',
          sourceArn: `arn:aws:events:${REGION}:${ACCOUNT}:rule/rule`,
          sourceAccount: ACCOUNT,
        },
      },
    ]);
    expect(targets.sent).toMatchObject([{ arn: QUEUE, message: { body: '{"currentServiceStatus":"RUNNING"}' } }]);
    await hub.send(new EnableRuleCommand({ Name: 'off' }));
    await hub.send(new DisableRuleCommand({ Name: 'rule' }));
    events.emit(statusChange(ACCOUNT));
    await clock.advance(0);
    expect(targets.invoked.map(({ arn }) => arn)).toEqual([FUNCTION, `${FUNCTION}-off`]);
  });

  it('retries transient failures, ever later', async () => {
    const { rule, targets, clock, put } = cloud();
    await rule({ source: ['test'] }, { Id: 'f', Arn: FUNCTION });
    targets.failures.set(FUNCTION, ['ServiceException', 'TooManyRequestsException']);
    await put();
    await clock.advance(2999);
    expect(targets.invoked).toHaveLength(0);
    await clock.advance(1);
    expect(targets.invoked).toHaveLength(1);
  });

  it.each([
    ['AccessDeniedException', 'NO_PERMISSIONS'],
    ['ResourceNotFoundException', 'NO_RESOURCE'],
    ['QueueDoesNotExist', 'NO_RESOURCE'],
  ])('gives up at once on %s and sends the event to the dead-letter queue', async (code, errorCode) => {
    const { rule, targets, clock, put, log } = cloud();
    await rule({ source: ['test'] }, { Id: 'f', Arn: FUNCTION, DeadLetterConfig: { Arn: QUEUE } });
    targets.failures.set(FUNCTION, [code]);
    await put();
    await clock.advance(0);
    expect(targets.sent).toMatchObject([
      {
        arn: QUEUE,
        message: {
          body: expect.stringContaining('"source":"test"'),
          attributes: {
            ERROR_CODE: errorCode,
            ERROR_MESSAGE: `${code} on demand`,
            RULE_ARN: expect.stringContaining('rule/rule'),
            TARGET_ARN: FUNCTION,
            RETRY_ATTEMPTS: '0',
          },
        },
      },
    ]);
    expect(log).toEqual([expect.stringContaining(code)]);
  });

  it.each([
    ['MaximumRetryAttempts', { MaximumRetryAttempts: 2 }, '2'],
    ['MaximumEventAgeInSeconds', { MaximumEventAgeInSeconds: 60 }, '5'],
  ])('gives up after the %s of the target', async (condition, RetryPolicy, attempts) => {
    const { rule, targets, clock, put } = cloud();
    await rule({ source: ['test'] }, { Id: 'f', Arn: FUNCTION, RetryPolicy, DeadLetterConfig: { Arn: QUEUE } });
    targets.failures.set(FUNCTION, Array(100).fill('ServiceException'));
    await put();
    await clock.advance(3600 * SECOND);
    expect(targets.sent.map(({ message }) => message.attributes)).toMatchObject([
      { EXHAUSTED_RETRY_CONDITION: condition, RETRY_ATTEMPTS: attempts, ERROR_CODE: 'ServiceException' },
    ]);
  });

  it('drops with a log line what has no dead-letter queue', async () => {
    const { rule, targets, clock, put, log } = cloud();
    await rule({ source: ['test'] }, { Id: 'f', Arn: FUNCTION });
    targets.failures.set(FUNCTION, ['AccessDeniedException']);
    await put();
    await clock.advance(3600 * SECOND);
    expect(targets.invoked).toEqual([]);
    expect(log).toEqual([expect.stringContaining('AccessDeniedException'), expect.stringContaining('is dropped')]);
  });
});

describe('schedules', () => {
  it('fire their own rule only, again and again, until it is disabled', async () => {
    const { hub, targets, clock } = cloud();
    await hub.send(new PutRuleCommand({ Name: 'sweep', ScheduleExpression: 'rate(15 minutes)' }));
    await hub.send(new PutTargetsCommand({ Rule: 'sweep', Targets: [{ Id: 'f', Arn: FUNCTION }] }));
    await clock.advance(900 * SECOND - 1);
    expect(targets.invoked).toHaveLength(0);
    await clock.advance(1);
    expect(targets.invoked).toMatchObject([
      {
        payload: {
          source: 'aws.events',
          'detail-type': 'Scheduled Event',
          resources: [`arn:aws:events:${REGION}:${ACCOUNT}:rule/sweep`],
          detail: {},
        },
      },
    ]);
    await clock.advance(1800 * SECOND);
    expect(targets.invoked).toHaveLength(3);
    await hub.send(new DisableRuleCommand({ Name: 'sweep' }));
    await clock.advance(3600 * SECOND);
    expect(targets.invoked).toHaveLength(3);
  });

  it('run as fast as the profile says', async () => {
    const clock = new VirtualClock();
    const world = { clock, chance: seededChance('fast'), profile: profiles.fast, switches: defaultSwitches };
    const events = createEventBridge(world);
    const targets = new FakeTargets();
    events.connect(targets);
    const gateway = new Gateway({
      ...world,
      iam: new Iam(world),
      services: [events.definition],
      defaultRegion: REGION,
    });
    const client = new EventBridgeClient({
      region: REGION,
      credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'x' },
      requestHandler: inProcessHandler(gateway),
    });
    await client.send(new PutRuleCommand({ Name: 'sweep', ScheduleExpression: 'rate(1 minute)' }));
    await client.send(new PutTargetsCommand({ Rule: 'sweep', Targets: [{ Id: 'f', Arn: FUNCTION }] }));
    await clock.advance(60 * profiles.fast.scheduleSecond * 3);
    expect(targets.invoked).toHaveLength(3);
    events.stop();
    await clock.advance(3600 * SECOND);
    expect(targets.invoked).toHaveLength(3);
  });
});

describe('buses', () => {
  it('are made, described and listed beside the default one', async () => {
    const { hub } = cloud();
    await hub.send(new CreateEventBusCommand({ Name: 'mine' }));
    await expect(hub.send(new CreateEventBusCommand({ Name: 'mine' }))).rejects.toMatchObject({
      name: 'ResourceAlreadyExistsException',
    });
    expect(await hub.send(new DescribeEventBusCommand({ Name: 'mine' }))).toMatchObject({
      Arn: `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/mine`,
    });
    const { EventBuses } = await hub.send(new ListEventBusesCommand({}));
    expect(EventBuses?.map(({ Name }) => Name).sort()).toEqual(['default', 'mine']);
  });

  /** Lets a bus of the hub take events from one principal, `*` under the condition of an organization. */
  const admit = (hub: EventBridgeClient, Principal: string, organization?: string) =>
    hub.send(
      new PutPermissionCommand({
        StatementId: 'members',
        Action: 'events:PutEvents',
        Principal,
        ...(organization === undefined
          ? {}
          : { Condition: { Type: 'StringEquals', Key: 'aws:PrincipalOrgID', Value: organization } }),
      }),
    );

  /** A member account's rule that forwards App Runner's events to the hub, which then changes its mind or not. */
  async function forwarding(afterwards: (made: ReturnType<typeof cloud>) => unknown = () => {}) {
    const made = cloud();
    const member = made.client(MEMBER, 'us-east-1');
    await admit(made.hub, '*', 'o-test');
    await member.send(new PutRuleCommand({ Name: 'forward', EventPattern: '{"source":["aws.apprunner"]}' }));
    await member.send(
      new PutTargetsCommand({ Rule: 'forward', Targets: [{ Id: 'hub', Arn: HUB_BUS, RoleArn: ROLE }] }),
    );
    await made.rule({ source: ['aws.apprunner'] }, { Id: 'f', Arn: FUNCTION });
    await afterwards(made);
    const emit = async () => {
      made.events.emit(statusChange(MEMBER, 'us-east-1'));
      await made.clock.advance(0);
    };
    return { ...made, emit };
  }

  it("forward to another account's bus, where the event keeps its account and region", async () => {
    const { emit, targets } = await forwarding();
    await emit();
    expect(targets.invoked).toMatchObject([
      { arn: FUNCTION, payload: { account: MEMBER, region: 'us-east-1', source: 'aws.apprunner' } },
    ]);
  });

  it.each<[string, (made: ReturnType<typeof cloud>) => unknown]>([
    [
      'without a policy on the receiving bus',
      ({ hub }) => hub.send(new RemovePermissionCommand({ RemoveAllPermissions: true })),
    ],
    ['for another organization', ({ hub }) => admit(hub, '*', 'o-other')],
    ['by a role that may not', ({ targets }) => targets.forbidden.add(ROLE)],
  ])('do not forward %s', async (_what, afterwards) => {
    const { emit, targets, log } = await forwarding(afterwards);
    await emit();
    expect(targets.invoked).toEqual([]);
    expect(log[0]).toContain('AccessDeniedException');
  });

  it('let in the account that a policy names', async () => {
    const { emit, targets } = await forwarding(({ hub }) => admit(hub, MEMBER));
    await emit();
    expect(targets.invoked).toHaveLength(1);
  });

  it('renew id and time of an event between regions, and keep them within one', async () => {
    const { client, clock, events, targets, hub } = await forwarding(({ hub }) => admit(hub, MEMBER));
    const received = (arn: string) => targets.invoked.filter((one) => one.arn === arn).map(({ payload }) => payload);
    const beside = client(MEMBER);
    await beside.send(new PutRuleCommand({ Name: 'beside', EventPattern: '{"source":["aws.apprunner"]}' }));
    await beside.send(
      new PutTargetsCommand({
        Rule: 'beside',
        Targets: [
          { Id: 'hub', Arn: HUB_BUS, RoleArn: ROLE },
          { Id: 'own', Arn: `${FUNCTION}-own` },
        ],
      }),
    );
    events.emit(statusChange(MEMBER));
    await clock.advance(0);
    expect(received(FUNCTION)).toEqual(received(`${FUNCTION}-own`));

    await hub.send(new PutTargetsCommand({ Rule: 'rule', Targets: [{ Id: 'f', Arn: `${FUNCTION}-hub` }] }));
    const abroad = client(MEMBER, 'us-east-1');
    await abroad.send(new PutTargetsCommand({ Rule: 'forward', Targets: [{ Id: 'own', Arn: `${FUNCTION}-abroad` }] }));
    events.emit(statusChange(MEMBER, 'us-east-1'));
    await clock.advance(0);
    const [at] = received(`${FUNCTION}-hub`);
    const [origin] = received(`${FUNCTION}-abroad`);
    expect(at).toEqual({ ...Object(origin), id: expect.any(String), time: expect.any(String) });
    expect(Object(at).id).not.toBe(Object(origin).id);
  });

  it('forward an event once within a region and once between regions, and no further', async () => {
    const { hub, emit, targets, log } = await forwarding();
    const bus = (name: string) => `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/${name}`;
    const EventPattern = '{"source":["aws.apprunner"]}';
    for (const name of ['second', 'third']) {
      await hub.send(new CreateEventBusCommand({ Name: name }));
      await hub.send(new PutRuleCommand({ Name: 'there', EventBusName: name, EventPattern }));
      await hub.send(
        new PutTargetsCommand({
          Rule: 'there',
          EventBusName: name,
          Targets: [{ Id: 'f', Arn: `${FUNCTION}-${name}` }],
        }),
      );
    }
    await hub.send(new PutTargetsCommand({ Rule: 'rule', Targets: [{ Id: 'second', Arn: bus('second') }] }));
    await hub.send(
      new PutTargetsCommand({ Rule: 'there', EventBusName: 'second', Targets: [{ Id: 'third', Arn: bus('third') }] }),
    );
    await emit();
    expect(targets.invoked.map(({ arn }) => arn)).toEqual([FUNCTION, `${FUNCTION}-second`]);
    expect(log).toEqual([expect.stringContaining('it was forwarded already')]);
  });
});

describe('a target that is an event bus', () => {
  const OTHER_BUS = `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/other`;
  const put = async (target: Partial<Target>) => {
    const { hub } = cloud();
    await hub.send(new PutRuleCommand({ Name: 'rule', EventPattern: '{"source":["test"]}' }));
    return hub.send(new PutTargetsCommand({ Rule: 'rule', Targets: [{ Id: 'bus', Arn: OTHER_BUS, ...target }] }));
  };

  it('in the account and region of its rule needs no role, and may have a dead-letter queue', async () => {
    await expect(put({ DeadLetterConfig: { Arn: QUEUE } })).resolves.toMatchObject({ FailedEntryCount: 0 });
  });

  it.each<[string, Partial<Target>, string]>([
    [
      'a retry policy',
      { RetryPolicy: { MaximumRetryAttempts: 3 } },
      'Retry policy is not supported for Event bus targets.',
    ],
    ['an input', { Input: '{}' }, 'Input, InputPath and InputTransformer are not supported for Event bus targets.'],
    ['an input path', { InputPath: '$.detail' }, 'Input, InputPath and InputTransformer are not supported'],
    ['an input transformer', { InputTransformer: { InputTemplate: '{}' } }, 'Input, InputPath and InputTransformer'],
    [
      'no role, in another region',
      { Arn: OTHER_BUS.replace(REGION, 'us-east-1') },
      'RoleArn is required for target arn:',
    ],
    ['no role, in another account', { Arn: OTHER_BUS.replace(ACCOUNT, MEMBER) }, 'RoleArn is required for target arn:'],
    ['its rule', { Arn: HUB_BUS }, 'Event bus default cannot be a target of its own rule.'],
  ])('is refused with %s', async (_, target, message) => {
    await expect(put(target)).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(message),
    });
  });

  it('in another account has to admit who puts it', async () => {
    const { hub, client, targets } = cloud();
    const member = client(MEMBER);
    await member.send(new PutRuleCommand({ Name: 'forward', EventPattern: '{"source":["aws.apprunner"]}' }));
    const forward = () =>
      member.send(new PutTargetsCommand({ Rule: 'forward', Targets: [{ Id: 'hub', Arn: HUB_BUS, RoleArn: ROLE }] }));
    await expect(forward()).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: `User: arn:aws:iam::${MEMBER}:root is not authorized to perform: events:PutEvents on resource: ${HUB_BUS}`,
    });
    const ofOrganization = {
      Effect: 'Allow',
      Principal: '*',
      Action: 'events:PutEvents',
      Resource: HUB_BUS,
      Condition: {
        StringEquals: { 'aws:PrincipalOrgID': 'o-test' },
        'ForAllValues:StringEquals': { 'events:source': ['aws.apprunner'] },
      },
    };
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [ofOrganization] });
    await hub.send(new PutPermissionCommand({ Policy }));
    await expect(forward()).resolves.toMatchObject({ FailedEntryCount: 0 });
    targets.organizationOfCallers = 'o-other';
    await expect(forward()).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });
});

describe('a bus policy is refused when it is given', () => {
  const statement = { Effect: 'Allow', Principal: '*', Action: 'events:PutEvents', Resource: HUB_BUS };
  it.each<[string, PutPermissionCommandInput, string]>([
    ['no JSON', { Policy: '{' }, 'ValidationException'],
    ['no statements', { Policy: '{"Version":"2012-10-17"}' }, 'ValidationException'],
    [
      'no principal',
      { Policy: JSON.stringify({ Statement: { ...statement, Principal: undefined } }) },
      'ValidationException',
    ],
    [
      'an unknown operator',
      { Policy: JSON.stringify({ Statement: { ...statement, Condition: { StringSame: { a: 'b' } } } }) },
      'ValidationException',
    ],
    [
      'an unknown operator in one statement',
      { StatementId: 's', Principal: '*', Condition: { Type: 'StringSame', Key: 'a', Value: 'b' } },
      'ValidationException',
    ],
    ['a principal that is no account', { StatementId: 's', Principal: 'somewhere' }, 'ValidationException'],
    [
      'an action that is not PutEvents',
      { StatementId: 's', Principal: '*', Action: 'events:*' },
      'ValidationException',
    ],
    [
      'more than 10,240 characters',
      { Policy: JSON.stringify({ Statement: Array(100).fill(statement) }) },
      'PolicyLengthExceededException',
    ],
  ])('%s', async (_, input, name) => {
    const { hub } = cloud();
    await expect(hub.send(new PutPermissionCommand(input))).rejects.toMatchObject({ name });
    expect((await hub.send(new DescribeEventBusCommand({}))).Policy).toBeUndefined();
  });
});

it('a rule name has 64 characters at most', async () => {
  const { hub } = cloud();
  const put = (length: number) =>
    hub.send(new PutRuleCommand({ Name: 'r'.repeat(length), EventPattern: '{"source":["test"]}' }));
  await expect(put(64)).resolves.toBeDefined();
  await expect(put(65)).rejects.toMatchObject({ name: 'ValidationException' });
});
