import * as sdk from '@aws-sdk/client-eventbridge';
import { AwsError } from '../../wire/errors.ts';
import { type CallContext, type OperationDefinition, operation } from '../../wire/service.ts';
import type { Bus, Rule } from './bus.ts';
import { type EventBridgeParts, page, ruleArn, validation } from './parts.ts';
import { matches, validatePattern } from './pattern.ts';
import { parseSchedule } from './schedule.ts';

export function ruleOperations({ buses, schedules }: EventBridgeParts): OperationDefinition[] {
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
        // Documented: deleting a rule that is not there succeeds.
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

function readPattern(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    throw new AwsError('InvalidEventPatternException', 'Event pattern is not valid. Reason: Invalid JSON');
  }
}

const EVENT_MEMBERS = ['id', 'account', 'source', 'time', 'region', 'resources', 'detail-type'];

/** Documented: TestEventPattern wants these members of every event. */
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
