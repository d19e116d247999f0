import * as sdk from '@aws-sdk/client-eventbridge';
import { AwsError } from '../../wire/errors.ts';
import { type CallContext, type OperationDefinition, operation } from '../../wire/service.ts';
import { type EventBridgeParts, page, ruleArn, validation } from './parts.ts';
import { parseArn } from './targets.ts';

/** D: quota, targets for each rule. */
const MAXIMUM_TARGETS = 5;
const TARGET_SERVICES = ['lambda', 'sqs', 'events'];

export function targetOperations({ buses }: EventBridgeParts): OperationDefinition[] {
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
