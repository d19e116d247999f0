import { awsManagedPolicies } from '../iam/managed-policies.ts';
import { type Create, call, isJson, list, object, text, texts } from './resource.ts';

/** Queues, tables, parameters and roles: what functions read, write and are. */

const queue: Create = async ({ properties, place, cloud, context, generatedName }) => {
  const { QueueName, Tags, ...settings } = properties;
  const name = text(QueueName) ?? generatedName;
  const attributes = Object.entries(settings).map(([key, value]) => [
    key,
    isJson(value) ? JSON.stringify(value) : String(value),
  ]);
  const input = { QueueName: name, Attributes: Object.fromEntries(attributes), tags: tagsOf(Tags) };
  const { QueueUrl: url } = await call(cloud.sqs.definition, 'CreateQueue', input, context);
  const arn = `arn:aws:sqs:${place.region}:${place.account}:${name}`;
  return { reference: String(url), attributes: { Arn: arn, QueueName: name, QueueUrl: url } };
};

const queuePolicy: Create = async ({ properties, cloud, context, generatedName }) => {
  const Attributes = { Policy: JSON.stringify(properties.PolicyDocument) };
  for (const QueueUrl of texts(properties.Queues)) {
    await call(cloud.sqs.definition, 'SetQueueAttributes', { QueueUrl, Attributes }, context);
  }
  return { reference: generatedName, attributes: { Id: generatedName } };
};

/** Members of CreateTable that are written in a template just so; the others (backups, encryption …) have no effect here. */
const TABLE_MEMBERS = [
  'KeySchema',
  'AttributeDefinitions',
  'BillingMode',
  'ProvisionedThroughput',
  'GlobalSecondaryIndexes',
  'LocalSecondaryIndexes',
];

const table: Create = async ({ properties, place, cloud, generatedName }) => {
  const TableName = text(properties.TableName) ?? generatedName;
  const members = Object.entries(properties).filter(([name]) => TABLE_MEMBERS.includes(name));
  await cloud.dynamoDb.call('CreateTable', { TableName, ...Object.fromEntries(members) }, place);
  const TimeToLiveSpecification = properties.TimeToLiveSpecification;
  if (TimeToLiveSpecification !== undefined) {
    await cloud.dynamoDb.call('UpdateTimeToLive', { TableName, TimeToLiveSpecification }, place);
  }
  let status: unknown;
  while (status !== 'ACTIVE') {
    const described = await cloud.dynamoDb.call('DescribeTable', { TableName }, place);
    status = object(described.Table).TableStatus;
  }
  return {
    reference: TableName,
    attributes: { Arn: `arn:aws:dynamodb:${place.region}:${place.account}:table/${TableName}` },
  };
};

const role: Create = ({ properties, place, cloud, generatedName, note, logicalId }) => {
  const managed = texts(properties.ManagedPolicyArns);
  const known = managed.filter((arn) => Object.hasOwn(awsManagedPolicies, arn) || arn.includes(`:${place.account}:`));
  for (const arn of managed.filter((other) => !known.includes(other))) {
    note(`${logicalId}: the managed policy ${arn} is not known to the embedded IAM and is left out`);
  }
  const boundary = text(properties.PermissionsBoundary);
  const path = text(properties.Path);
  const made = cloud.iam.createRole(place.account, {
    RoleName: text(properties.RoleName) ?? generatedName,
    AssumeRolePolicyDocument: properties.AssumeRolePolicyDocument,
    Policies: list(properties.Policies).map((policy) => ({
      PolicyName: text(object(policy).PolicyName) ?? '',
      PolicyDocument: object(policy).PolicyDocument,
    })),
    ManagedPolicyArns: known,
    ...(path === undefined ? {} : { Path: path }),
    ...(boundary === undefined ? {} : { PermissionsBoundary: boundary }),
  });
  return { reference: made.roleName, attributes: { Arn: made.arn, RoleId: made.roleId } };
};

const managedPolicy: Create = ({ properties, place, cloud, generatedName }) => {
  const path = text(properties.Path);
  const arn = cloud.iam.createManagedPolicy(place.account, {
    ManagedPolicyName: text(properties.ManagedPolicyName) ?? generatedName,
    PolicyDocument: properties.PolicyDocument,
    ...(path === undefined ? {} : { Path: path }),
  });
  return { reference: arn, attributes: { PolicyArn: arn } };
};

const parameter: Create = async ({ properties, cloud, context, generatedName }) => {
  const { Name = generatedName, Type, Value, Tags, ...settings } = properties;
  const tags = Object.entries(object(Tags)).map(([Key, Content]) => ({ Key, Value: String(Content) }));
  const input = { ...settings, Name, Type, Value: String(Value), ...(tags.length === 0 ? {} : { Tags: tags }) };
  await call(cloud.ssm.definition, 'PutParameter', input, context);
  return { reference: String(Name), attributes: { Type, Value: String(Value) } };
};

function tagsOf(tags: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(list(tags).map((tag) => [String(object(tag).Key), String(object(tag).Value)]));
}

export const dataResources: Readonly<Record<string, Create>> = {
  'AWS::SQS::Queue': queue,
  'AWS::SQS::QueuePolicy': queuePolicy,
  'AWS::DynamoDB::Table': table,
  'AWS::SSM::Parameter': parameter,
  'AWS::IAM::Role': role,
  'AWS::IAM::ManagedPolicy': managedPolicy,
};
