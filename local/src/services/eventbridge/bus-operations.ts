import * as sdk from '@aws-sdk/client-eventbridge';
import { parsePolicy } from '../../iam/policy.ts';
import { AwsError } from '../../wire/errors.ts';
import { type CallContext, type OperationDefinition, operation } from '../../wire/service.ts';
import { type Bus, busPolicy } from './bus.ts';
import { busArn, type EventBridgeParts, page, validation } from './parts.ts';

export function busOperations({ buses }: EventBridgeParts): OperationDefinition[] {
  const onBus =
    (action: string) =>
    (
      { Name, EventBusName = Name }: { Name?: string | undefined; EventBusName?: string | undefined },
      context: CallContext,
    ) => ({
      action: `events:${action}`,
      resources: [busArn(EventBusName, context)],
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
        if (principal !== '*' && !/^\d{12}$/.test(principal)) {
          throw validation(`Parameter Principal is not valid. Reason: ${principal} is neither an account nor *.`);
        }
        if ((input.Action ?? 'events:PutEvents') !== 'events:PutEvents') {
          throw validation('Parameter Action is not valid. Reason: it must be events:PutEvents.');
        }
        const { Type: type, Key: key, Value: value } = condition ?? {};
        const statement = {
          Sid: sid,
          Effect: 'Allow',
          Principal: principal === '*' ? '*' : { AWS: `arn:aws:iam::${principal}:root` },
          Action: input.Action ?? 'events:PutEvents',
          Resource: bus.arn,
          ...(type && key ? { Condition: { [type]: { [key]: value } } } : {}),
        };
        checkPolicy({
          Statement: [...[...bus.statements].flatMap(([id, one]) => (id === sid ? [] : [one])), statement],
        });
        bus.statements.set(sid, statement);
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

function describedBus(bus: Bus): sdk.EventBus {
  const policy = busPolicy(bus);
  return {
    Name: bus.name,
    Arn: bus.arn,
    Description: bus.description,
    Policy: policy && JSON.stringify(policy),
    CreationTime: new Date(bus.createdAt),
    LastModifiedTime: new Date(bus.createdAt),
  };
}

/** D (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html): the size of a bus policy, in characters. */
const LONGEST_POLICY = 10_240;

/** @throws AwsError PolicyLengthExceededException, ValidationException for a policy that could not be evaluated later. */
function checkPolicy(policy: string | object): void {
  if ((typeof policy === 'string' ? policy : JSON.stringify(policy)).length > LONGEST_POLICY) {
    throw new AwsError(
      'PolicyLengthExceededException',
      `The policy is longer than the limit of ${LONGEST_POLICY} characters.`,
    );
  }
  try {
    parsePolicy(policy, 'resource');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw validation(`Parameter Policy is not valid. Reason: ${reason}`);
  }
}

function policyStatements(policy: string): [string, object][] {
  checkPolicy(policy);
  const statements: unknown[] = [JSON.parse(policy).Statement].flat();
  return statements.map((statement, at) => [String(Object(statement).Sid ?? `Statement${at}`), Object(statement)]);
}
