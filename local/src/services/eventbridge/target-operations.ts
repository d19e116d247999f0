import * as sdk from '@aws-sdk/client-eventbridge';
import { policyAllows } from '../../iam/resource-policy.ts';
import { AwsError } from '../../wire/errors.ts';
import { type CallContext, type OperationDefinition, operation, type Principal } from '../../wire/service.ts';
import { type Bus, busPolicy } from './bus.ts';
import { type EventBridgeParts, page, ruleArn, validation } from './parts.ts';
import { parseArn } from './targets.ts';

/** Documented: quota, targets for each rule. */
const MAXIMUM_TARGETS = 5;
const TARGET_SERVICES = ['lambda', 'sqs', 'events'];

export function targetOperations({ buses, conditionsOf }: EventBridgeParts): OperationDefinition[] {
  /**
   * The bus of another account has to admit whoever makes it a target (docs/facts.md#put-targets-asks-the-bus).
   * @throws AwsError AccessDeniedException
   */
  const checkAdmitted = (from: Bus, arn: string, caller: Principal): void => {
    if (parseArn(arn).account === from.account) return;
    const receiver = buses.find(from.account, from.region, arn);
    const policy = receiver === undefined ? undefined : busPolicy(receiver);
    const conditions = conditionsOf(caller);
    if (policyAllows(policy, { principal: caller, action: 'events:PutEvents', resource: arn, conditions })) return;
    throw new AwsError(
      'AccessDeniedException',
      `User: ${caller.arn} is not authorized to perform: events:PutEvents on resource: ${arn}`,
    );
  };

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
      run: (input, { account, region, principal }) => {
        const bus = buses.get(account, region, input.EventBusName);
        const rule = buses.rule(bus, input.Rule);
        const targets = new Map(rule.targets);
        for (const target of input.Targets ?? []) {
          checkTarget(target);
          if (isBus(target.Arn)) {
            checkBusTarget(bus, target);
            checkAdmitted(bus, target.Arn, principal);
          }
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

const isBus = (arn: string | undefined): arn is string => parseArn(arn ?? '').resource.startsWith('event-bus/');

/**
 * What a target that is an event bus must not or must have (docs/facts.md#bus-target-takes-no-retry-policy). The wording of the
 * refusals is captured for RetryPolicy and RoleArn, and an inference for the others.
 * @throws AwsError ValidationException
 */
function checkBusTarget(bus: Bus, target: sdk.Target): void {
  const { Arn: arn = '', RoleArn, RetryPolicy, Input, InputPath, InputTransformer } = target;
  const { account, region } = parseArn(arn);
  if (RetryPolicy !== undefined) throw validation('Retry policy is not supported for Event bus targets.');
  if ([Input, InputPath, InputTransformer].some((given) => given !== undefined)) {
    throw validation('Input, InputPath and InputTransformer are not supported for Event bus targets.');
  }
  if (arn === bus.arn) throw validation(`Event bus ${bus.name} cannot be a target of its own rule.`);
  if (RoleArn === undefined && (account !== bus.account || region !== bus.region)) {
    throw validation(`RoleArn is required for target ${arn}.`);
  }
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
