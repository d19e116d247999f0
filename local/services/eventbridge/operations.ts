import * as sdk from '@aws-sdk/client-eventbridge';
import { AwsError } from '../../wire/errors.ts';
import { type CallContext, type OperationDefinition, operation, type ServiceDefinition } from '../../wire/service.ts';
import type { ServiceEvent, World } from '../../world.ts';
import type { Bus, Buses, Rule } from './bus.ts';
import type { EventEnvelope } from './input.ts';
import { matches, validatePattern } from './pattern.ts';
import { putEvents } from './put-events.ts';
import { parseSchedule } from './schedule.ts';
import type { Schedules } from './schedules.ts';
import { parseArn } from './targets.ts';

export interface EventBridgeParts {
  readonly world: World;
  readonly buses: Buses;
  readonly schedules: Schedules;
  envelope(event: ServiceEvent): EventEnvelope;
  accept(bus: Bus, event: EventEnvelope): void;
  log(line: string): void;
}

/** D: quota, targets for each rule. */
const MAXIMUM_TARGETS = 5;
const TARGET_SERVICES = ['lambda', 'sqs', 'events'];

const validation = (message: string): AwsError => new AwsError('ValidationException', message);

const ruleArn = (bus: Bus, name: string): string =>
  `arn:aws:events:${bus.region}:${bus.account}:rule/${bus.name === 'default' ? '' : `${bus.name}/`}${name}`;

/** One page of a listing; the token is the position to go on from. */
function page<Item>(items: readonly Item[], limit = 100, token = '0'): { items: Item[]; NextToken?: string } {
  const [from, to] = [Number(token), Number(token) + limit];
  if (!Number.isInteger(from)) throw validation('The nextToken is not valid.');
  return { items: items.slice(from, to), ...(to < items.length ? { NextToken: String(to) } : {}) };
}

export function defineEventBridge(parts: EventBridgeParts): ServiceDefinition {
  const operations = [...ruleOperations(parts), ...targetOperations(parts), ...busOperations(parts), putEvents(parts)];
  const present = new Set(operations.map(({ schema }) => schema[2]));
  return {
    signingName: 'events',
    eventSource: 'events.amazonaws.com',
    protocol: 'aws-json-1.1',
    targetPrefix: 'AWSEvents',
    errors: [
      sdk.AccessDeniedException$,
      sdk.InternalException$,
      sdk.InvalidEventPatternException$,
      sdk.LimitExceededException$,
      sdk.ResourceAlreadyExistsException$,
      sdk.ResourceNotFoundException$,
    ],
    operations,
    missing: Object.keys(sdk)
      .filter((name) => name.endsWith('Command') && name !== '$Command')
      .map((name) => name.slice(0, -'Command'.length))
      .filter((name) => !present.has(name)),
  };
}

function ruleOperations({ buses, schedules }: EventBridgeParts): OperationDefinition[] {
  const onRule =
    (action: string) =>
    (
      { Name = '', EventBusName }: { Name?: string | undefined; EventBusName?: string | undefined },
      context: CallContext,
    ) => ({
      action: `events:${action}`,
      resources: [ruleArn(buses.get(context.account, context.region, EventBusName), Name)],
    });
  const change = (bus: Bus, rule: Rule): void => {
    bus.rules.set(rule.name, rule);
    schedules.update(bus, rule.name, rule.arn);
  };
  const setEnabled =
    (enabled: boolean) =>
    (input: sdk.EnableRuleCommandInput, { account, region }: CallContext) => {
      const bus = buses.get(account, region, input.EventBusName);
      change(bus, { ...buses.rule(bus, input.Name), enabled });
      return {};
    };
  return [
    operation<sdk.PutRuleCommandInput, sdk.PutRuleCommandOutput>(sdk.PutRule$, {
      writes: true,
      permissions: onRule('PutRule'),
      run: (input, context) => {
        const bus = buses.get(context.account, context.region, input.EventBusName);
        const { Name: name = '', EventPattern: pattern, ScheduleExpression: scheduleExpression } = input;
        if (!/^[\w.-]{1,64}$/.test(name))
          throw validation(
            `Value '${name}' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+`,
          );
        if (!pattern && !scheduleExpression)
          throw validation('Parameter(s) EventPattern or ScheduleExpression must be specified.');
        if (pattern) validatePattern(readPattern(pattern));
        if (scheduleExpression && bus.name !== 'default')
          throw validation('ScheduleExpression is supported only on the default event bus.');
        if (scheduleExpression && !parseSchedule(scheduleExpression))
          throw validation('Parameter ScheduleExpression is not valid.');
        const arn = ruleArn(bus, name);
        change(bus, {
          name,
          arn,
          description: input.Description,
          roleArn: input.RoleArn,
          enabled: input.State !== 'DISABLED',
          pattern: pattern || undefined,
          scheduleExpression: scheduleExpression || undefined,
          createdBy: context.account,
          targets: bus.rules.get(name)?.targets ?? new Map(),
        });
        return { RuleArn: arn };
      },
    }),
    operation<sdk.DescribeRuleCommandInput, sdk.DescribeRuleCommandOutput>(sdk.DescribeRule$, {
      permissions: onRule('DescribeRule'),
      run: (input, { account, region }) => {
        const bus = buses.get(account, region, input.EventBusName);
        const rule = buses.rule(bus, input.Name);
        return { ...described(bus, rule), CreatedBy: rule.createdBy };
      },
    }),
    operation<sdk.ListRulesCommandInput, sdk.ListRulesCommandOutput>(sdk.ListRules$, {
      permissions: () => ({ action: 'events:ListRules', resources: ['*'] }),
      run: (input, { account, region }) => {
        const bus = buses.get(account, region, input.EventBusName);
        const rules = [...bus.rules.values()].filter(({ name }) => name.startsWith(input.NamePrefix ?? ''));
        const { items, ...rest } = page(rules, input.Limit, input.NextToken);
        return { Rules: items.map((rule) => described(bus, rule)), ...rest };
      },
    }),
    operation<sdk.EnableRuleCommandInput, sdk.EnableRuleCommandOutput>(sdk.EnableRule$, {
      writes: true,
      permissions: onRule('EnableRule'),
      run: setEnabled(true),
    }),
    operation<sdk.DisableRuleCommandInput, sdk.DisableRuleCommandOutput>(sdk.DisableRule$, {
      writes: true,
      permissions: onRule('DisableRule'),
      run: setEnabled(false),
    }),
    operation<sdk.DeleteRuleCommandInput, sdk.DeleteRuleCommandOutput>(sdk.DeleteRule$, {
      writes: true,
      permissions: onRule('DeleteRule'),
      run: (input, { account, region }) => {
        const bus = buses.get(account, region, input.EventBusName);
        const rule = bus.rules.get(input.Name ?? '');
        // D: deleting a rule that is not there succeeds.
        if (rule === undefined) return {};
        if (rule.targets.size > 0) throw validation("Rule can't be deleted since it has targets.");
        bus.rules.delete(rule.name);
        schedules.update(bus, rule.name, rule.arn);
        return {};
      },
    }),
    operation<sdk.TestEventPatternCommandInput, sdk.TestEventPatternCommandOutput>(sdk.TestEventPattern$, {
      permissions: () => ({ action: 'events:TestEventPattern', resources: ['*'] }),
      run: (input) => {
        const pattern = readPattern(input.EventPattern);
        validatePattern(pattern);
        return { Result: matches(pattern, readEvent(input.Event)) };
      },
    }),
  ];
}

function targetOperations({ buses }: EventBridgeParts): OperationDefinition[] {
  const onRule =
    (action: string) =>
    (
      { Rule = '', EventBusName }: { Rule?: string | undefined; EventBusName?: string | undefined },
      context: CallContext,
    ) => ({
      action: `events:${action}`,
      resources: [ruleArn(buses.get(context.account, context.region, EventBusName), Rule)],
    });
  return [
    operation<sdk.PutTargetsCommandInput, sdk.PutTargetsCommandOutput>(sdk.PutTargets$, {
      writes: true,
      permissions: onRule('PutTargets'),
      run: (input, { account, region }) => {
        const bus = buses.get(account, region, input.EventBusName);
        const rule = buses.rule(bus, input.Rule);
        const targets = new Map(rule.targets);
        for (const target of input.Targets ?? []) {
          checkTarget(target);
          targets.set(target.Id ?? '', target);
        }
        if (targets.size > MAXIMUM_TARGETS) {
          throw new AwsError('LimitExceededException', 'The requested resource exceeds the maximum number allowed.');
        }
        bus.rules.set(rule.name, { ...rule, targets });
        return { FailedEntryCount: 0, FailedEntries: [] };
      },
    }),
    operation<sdk.ListTargetsByRuleCommandInput, sdk.ListTargetsByRuleCommandOutput>(sdk.ListTargetsByRule$, {
      permissions: onRule('ListTargetsByRule'),
      run: (input, { account, region }) => {
        const rule = buses.rule(buses.get(account, region, input.EventBusName), input.Rule);
        const { items, ...rest } = page([...rule.targets.values()], input.Limit, input.NextToken);
        return { Targets: items, ...rest };
      },
    }),
    operation<sdk.RemoveTargetsCommandInput, sdk.RemoveTargetsCommandOutput>(sdk.RemoveTargets$, {
      writes: true,
      permissions: onRule('RemoveTargets'),
      run: (input, { account, region }) => {
        const bus = buses.get(account, region, input.EventBusName);
        const rule = buses.rule(bus, input.Rule);
        const removed = new Set(input.Ids);
        const targets = new Map([...rule.targets].filter(([id]) => !removed.has(id)));
        bus.rules.set(rule.name, { ...rule, targets });
        return { FailedEntryCount: 0, FailedEntries: [] };
      },
    }),
  ];
}

function busOperations({ buses }: EventBridgeParts): OperationDefinition[] {
  const onBus =
    (action: string) =>
    (
      { Name, EventBusName = Name }: { Name?: string | undefined; EventBusName?: string | undefined },
      context: CallContext,
    ) => ({
      action: `events:${action}`,
      resources: [`arn:aws:events:${context.region}:${context.account}:event-bus/${EventBusName ?? 'default'}`],
    });
  return [
    operation<sdk.CreateEventBusCommandInput, sdk.CreateEventBusCommandOutput>(sdk.CreateEventBus$, {
      writes: true,
      permissions: onBus('CreateEventBus'),
      run: ({ Name: name = '', Description: description }, { account, region }) => {
        if (!/^[\w./-]{1,256}$/.test(name) || name.startsWith('aws.'))
          throw validation(`Event bus name ${name} is not valid.`);
        if (buses.find(account, region, name))
          throw new AwsError('ResourceAlreadyExistsException', `Event bus ${name} already exists.`);
        return { EventBusArn: buses.create(account, region, name, description).arn };
      },
    }),
    operation<sdk.DescribeEventBusCommandInput, sdk.DescribeEventBusCommandOutput>(sdk.DescribeEventBus$, {
      permissions: onBus('DescribeEventBus'),
      run: (input, { account, region }) => describedBus(buses.get(account, region, input.Name)),
    }),
    operation<sdk.ListEventBusesCommandInput, sdk.ListEventBusesCommandOutput>(sdk.ListEventBuses$, {
      permissions: () => ({ action: 'events:ListEventBuses', resources: ['*'] }),
      run: (input, { account, region }) => {
        const found = buses.list(account, region).filter(({ name }) => name.startsWith(input.NamePrefix ?? ''));
        const { items, ...rest } = page(found, input.Limit, input.NextToken);
        return { EventBuses: items.map(describedBus), ...rest };
      },
    }),
    operation<sdk.DeleteEventBusCommandInput, sdk.DeleteEventBusCommandOutput>(sdk.DeleteEventBus$, {
      writes: true,
      permissions: onBus('DeleteEventBus'),
      run: ({ Name: name }, { account, region }) => {
        if (name === 'default') throw validation('Cannot delete event bus default.');
        const bus = buses.find(account, region, name);
        if (bus !== undefined && bus.rules.size > 0) throw validation("Event bus can't be deleted since it has rules.");
        if (bus !== undefined) buses.delete(bus);
        return {};
      },
    }),
    operation<sdk.PutPermissionCommandInput, sdk.PutPermissionCommandOutput>(sdk.PutPermission$, {
      writes: true,
      permissions: onBus('PutPermission'),
      run: (input, { account, region }) => {
        const bus = buses.get(account, region, input.EventBusName);
        if (input.Policy !== undefined) {
          bus.statements.clear();
          for (const [sid, statement] of policyStatements(input.Policy)) bus.statements.set(sid, statement);
          return {};
        }
        const { StatementId: sid, Principal: principal, Condition: condition } = input;
        if (!sid || !principal) throw validation('Parameter(s) StatementId and Principal must be specified.');
        const { Type: type, Key: key, Value: value } = condition ?? {};
        bus.statements.set(sid, {
          Sid: sid,
          Effect: 'Allow',
          Principal: principal === '*' ? '*' : { AWS: `arn:aws:iam::${principal}:root` },
          Action: input.Action ?? 'events:PutEvents',
          Resource: bus.arn,
          ...(type && key ? { Condition: { [type]: { [key]: value } } } : {}),
        });
        return {};
      },
    }),
    operation<sdk.RemovePermissionCommandInput, sdk.RemovePermissionCommandOutput>(sdk.RemovePermission$, {
      writes: true,
      permissions: onBus('RemovePermission'),
      run: (input, { account, region }) => {
        const bus = buses.get(account, region, input.EventBusName);
        if (input.RemoveAllPermissions) bus.statements.clear();
        else if (!bus.statements.delete(input.StatementId ?? '')) {
          throw new AwsError('ResourceNotFoundException', 'EventBus does not have a policy.');
        }
        return {};
      },
    }),
  ];
}

function described(bus: Bus, rule: Rule): sdk.Rule {
  return {
    Name: rule.name,
    Arn: rule.arn,
    EventPattern: rule.pattern,
    State: rule.enabled ? 'ENABLED' : 'DISABLED',
    Description: rule.description,
    ScheduleExpression: rule.scheduleExpression,
    RoleArn: rule.roleArn,
    EventBusName: bus.name,
  };
}

function describedBus(bus: Bus): sdk.EventBus {
  const statements = [...bus.statements.values()];
  return {
    Name: bus.name,
    Arn: bus.arn,
    Description: bus.description,
    Policy: statements.length > 0 ? JSON.stringify({ Version: '2012-10-17', Statement: statements }) : undefined,
    CreationTime: new Date(bus.createdAt),
    LastModifiedTime: new Date(bus.createdAt),
  };
}

/** @throws AwsError ValidationException */
function checkTarget(target: sdk.Target): void {
  const { Arn: arn = '', Id: id = '', Input, InputPath, InputTransformer } = target;
  if (!/^[\w.-]{1,64}$/.test(id))
    throw validation(
      `Value '${id}' at 'targets.1.member.id' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+`,
    );
  if (parseArn(arn).service === '')
    throw validation(`Parameter ${arn} is not valid. Reason: Provided Arn is not in correct format.`);
  if (!TARGET_SERVICES.includes(parseArn(arn).service)) {
    throw validation(
      `Parameter ${arn} is not valid. Reason: the embedded cloud delivers to ${TARGET_SERVICES.join(', ')} only.`,
    );
  }
  if ([Input, InputPath, InputTransformer].filter((given) => given !== undefined).length > 1) {
    throw validation(`Only one of Input, InputPath, or InputTransformer must be provided for target ${id}.`);
  }
  if (arn.endsWith('.fifo') && target.SqsParameters?.MessageGroupId === undefined) {
    throw validation(`Parameter(s) SqsParameters must be specified for target: ${id}.`);
  }
}

function readPattern(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    throw new AwsError('InvalidEventPatternException', 'Event pattern is not valid. Reason: Invalid JSON');
  }
}

const EVENT_MEMBERS = ['id', 'account', 'source', 'time', 'region', 'resources', 'detail-type'];

/** D: TestEventPattern wants these members of every event. */
function readEvent(text: string | undefined): unknown {
  let event: unknown;
  try {
    event = JSON.parse(text ?? '');
  } catch {
    throw validation('Parameter Event is not valid. Reason: Invalid JSON');
  }
  const lacking = EVENT_MEMBERS.find((member) => !Object.hasOwn(Object(event), member));
  if (lacking !== undefined)
    throw validation(`Parameter Event is not valid. Reason: ${lacking} is a required argument.`);
  return event;
}

function policyStatements(policy: string): [string, object][] {
  let document: unknown;
  try {
    document = JSON.parse(policy);
  } catch {
    throw validation('Parameter Policy is not valid: it is not JSON.');
  }
  const statements: unknown[] = [Object(document).Statement ?? []].flat();
  return statements.map((statement, at) => [String(Object(statement).Sid ?? `Statement${at}`), Object(statement)]);
}
