import { type Create, call, list, object, text } from './resource.ts';

const rule: Create = async ({ properties, place, cloud, context, generatedName }) => {
  const { definition } = cloud.events;
  const Name = text(properties.Name) ?? generatedName;
  const EventBusName = text(properties.EventBusName);
  const { RuleArn } = await call(
    definition,
    'PutRule',
    {
      Name,
      EventBusName,
      Description: text(properties.Description),
      State: text(properties.State) ?? 'ENABLED',
      ScheduleExpression: text(properties.ScheduleExpression),
      RoleArn: text(properties.RoleArn),
      EventPattern: properties.EventPattern === undefined ? undefined : JSON.stringify(properties.EventPattern),
    },
    context,
  );
  const Targets = list(properties.Targets).map(target);
  if (Targets.length > 0) await call(definition, 'PutTargets', { Rule: Name, EventBusName, Targets }, context);
  const onDefaultBus = EventBusName === undefined || EventBusName === 'default';
  const bus = (EventBusName ?? '').replace(/^arn:.*event-bus\//, '');
  return {
    reference: onDefaultBus ? Name : `${bus}|${Name}`,
    attributes: { Arn: text(RuleArn), Account: place.account },
  };
};

/** Numbers may be text in a template, where the API has numbers. */
function target(value: unknown): object {
  const { RetryPolicy, ...members } = object(value);
  if (RetryPolicy === undefined) return members;
  const entries = Object.entries(object(RetryPolicy)).map(([name, setting]) => [name, Number(setting)]);
  return { ...members, RetryPolicy: Object.fromEntries(entries) };
}

const eventBus: Create = async ({ properties, cloud, context, generatedName }) => {
  const Name = text(properties.Name) ?? generatedName;
  const input = { Name, Description: text(properties.Description) };
  const { EventBusArn } = await call(cloud.events.definition, 'CreateEventBus', input, context);
  return { reference: Name, attributes: { Name, Arn: EventBusArn } };
};

/** Either the older Principal, Action, Condition, or one whole Statement. */
const eventBusPolicy: Create = async ({ properties, cloud, context, generatedName }) => {
  const { Statement, ...members } = properties;
  const StatementId = text(properties.StatementId) ?? generatedName;
  const { EventBusName } = properties;
  if (Statement === undefined) {
    await call(cloud.events.definition, 'PutPermission', { ...members, StatementId }, context);
  } else {
    const bus = await call(cloud.events.definition, 'DescribeEventBus', { Name: EventBusName }, context);
    const present = list(object(JSON.parse(text(bus.Policy) ?? '{}')).Statement);
    const document = { Version: '2012-10-17', Statement: [...present, { Sid: StatementId, ...object(Statement) }] };
    await call(cloud.events.definition, 'PutPermission', { EventBusName, Policy: JSON.stringify(document) }, context);
  }
  return { reference: StatementId, attributes: {} };
};

export const eventResources: Readonly<Record<string, Create>> = {
  'AWS::Events::Rule': rule,
  'AWS::Events::EventBus': eventBus,
  'AWS::Events::EventBusPolicy': eventBusPolicy,
};
