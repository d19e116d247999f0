import { type Create, call, type Lifecycle, list, object, overwritten, type Removal, text } from './resource.ts';
import type { TemplateJson } from './template.ts';

const rule: Create = async ({ properties, place, cloud, context, generatedName }) => {
  const { definition } = cloud.events;
  // An update has the reference for a name, which begins with the bus.
  const Name = text(properties.Name) ?? generatedName.replace(/^.*\|/, '');
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
  const named = Targets.map(({ Id }) => Id);
  const { Targets: present } = await call(definition, 'ListTargetsByRule', { Rule: Name, EventBusName }, context);
  const gone = list(present).flatMap((one) => text(object(one).Id) ?? []);
  const Ids = gone.filter((id) => !named.includes(id));
  if (Ids.length > 0) await call(definition, 'RemoveTargets', { Rule: Name, EventBusName, Ids }, context);
  if (Targets.length > 0) await call(definition, 'PutTargets', { Rule: Name, EventBusName, Targets }, context);
  const onDefaultBus = EventBusName === undefined || EventBusName === 'default';
  const bus = (EventBusName ?? '').replace(/^arn:.*event-bus\//, '');
  return {
    reference: onDefaultBus ? Name : `${bus}|${Name}`,
    attributes: { Arn: text(RuleArn), Account: place.account },
  };
};

/** Numbers may be text in a template, where the API has numbers. */
function target(value: unknown): TemplateJson & { readonly Id: string } {
  const { RetryPolicy, ...members } = object(value);
  const Id = String(members.Id);
  if (RetryPolicy === undefined) return { ...members, Id };
  const entries = Object.entries(object(RetryPolicy)).map(([name, setting]) => [name, Number(setting)]);
  return { ...members, Id, RetryPolicy: Object.fromEntries(entries) };
}

async function removeRule({ properties, reference, cloud, context }: Removal): Promise<void> {
  const { definition } = cloud.events;
  const rule = { Name: reference.replace(/^.*\|/, ''), EventBusName: text(properties.EventBusName) };
  const Ids = list(properties.Targets).map((one) => target(one).Id);
  const targets = { Rule: rule.Name, EventBusName: rule.EventBusName, Ids };
  if (Ids.length > 0) await call(definition, 'RemoveTargets', targets, context);
  await call(definition, 'DeleteRule', rule, context);
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

async function removeEventBusPolicy({
  properties,
  reference,
  cloud,
  context,
}: Pick<Removal, 'properties' | 'reference' | 'cloud' | 'context'>): Promise<void> {
  const input = { StatementId: reference, EventBusName: properties.EventBusName };
  await call(cloud.events.definition, 'RemovePermission', input, context);
}

export const eventResources: Readonly<Record<string, Lifecycle>> = {
  'AWS::Events::Rule': overwritten(rule, { fixed: ['Name', 'EventBusName'], remove: removeRule }),
  'AWS::Events::EventBus': {
    create: eventBus,
    fixed: ['Name'],
    // No operation here returns its description and tags.
    update: (_, present) => present,
    async remove({ reference, cloud, context }) {
      await call(cloud.events.definition, 'DeleteEventBus', { Name: reference }, context);
    },
  },
  'AWS::Events::EventBusPolicy': {
    create: eventBusPolicy,
    fixed: ['StatementId', 'EventBusName'],
    async update(creation, { properties, reference }) {
      await removeEventBusPolicy({ ...creation, properties, reference });
      return eventBusPolicy(creation);
    },
    remove: removeEventBusPolicy,
  },
};
