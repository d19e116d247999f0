import { awsManagedPolicies } from '../iam/managed-policies.ts';
import type { RoleProperties } from '../iam/role-properties.ts';
import type { Role } from '../iam/roles.ts';
import {
  type Create,
  type Creation,
  call,
  isJson,
  type Lifecycle,
  list,
  object,
  overwritten,
  text,
  texts,
} from './resource.ts';
import type { Created } from './stack.ts';
import type { TemplateJson } from './template.ts';

/** Queues, tables, parameters and roles: what functions read, write and are. */

const queue: Create = async ({ properties, place, cloud, context, generatedName }) => {
  const name = text(properties.QueueName) ?? generatedName;
  const input = { QueueName: name, Attributes: queueAttributes(properties), tags: tagsOf(properties.Tags) };
  const { QueueUrl: url } = await call(cloud.sqs.definition, 'CreateQueue', input, context);
  const arn = `arn:aws:sqs:${place.region}:${place.account}:${name}`;
  return { reference: String(url), attributes: { Arn: arn, QueueName: name, QueueUrl: url } };
};

function queueAttributes({ QueueName: _, Tags: __, ...settings }: TemplateJson): TemplateJson {
  const attributes = Object.entries(settings).map(([key, value]) => [
    key,
    isJson(value) ? JSON.stringify(value) : String(value),
  ]);
  return Object.fromEntries(attributes);
}

const queueLifecycle: Lifecycle = {
  create: queue,
  fixed: ['QueueName', 'FifoQueue'],
  async update({ properties, cloud, context }, present) {
    const input = { QueueUrl: present.reference, Attributes: queueAttributes(properties) };
    await call(cloud.sqs.definition, 'SetQueueAttributes', input, context);
    return present;
  },
  async remove({ reference, cloud, context }) {
    await call(cloud.sqs.definition, 'DeleteQueue', { QueueUrl: reference }, context);
  },
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
  const StreamSpecification = streamSpecification(properties);
  const stream = StreamSpecification === undefined ? {} : { StreamSpecification };
  await cloud.dynamoDb.call('CreateTable', { TableName, ...Object.fromEntries(members), ...stream }, place);
  const TimeToLiveSpecification = properties.TimeToLiveSpecification;
  if (TimeToLiveSpecification !== undefined) {
    await cloud.dynamoDb.call('UpdateTimeToLive', { TableName, TimeToLiveSpecification }, place);
  }
  let described: TemplateJson = {};
  while (described.TableStatus !== 'ACTIVE') {
    described = object((await cloud.dynamoDb.call('DescribeTable', { TableName }, place)).Table);
  }
  return {
    reference: TableName,
    attributes: {
      Arn: `arn:aws:dynamodb:${place.region}:${place.account}:table/${TableName}`,
      ...streamAttribute(described),
    },
  };
};

/** A template says nothing but the view type. */
function streamSpecification({ StreamSpecification: specification }: TemplateJson): TemplateJson | undefined {
  return specification === undefined ? undefined : { StreamEnabled: true, ...object(specification) };
}

const streamAttribute = ({ LatestStreamArn }: TemplateJson): TemplateJson =>
  LatestStreamArn === undefined ? {} : { StreamArn: LatestStreamArn };

/** D. */
const LONGEST_BUCKET_NAME = 63;

/** Names of buckets are in lower case; what a template says of one has no effect. */
const bucketLifecycle: Lifecycle = {
  create({ properties, place, cloud, generatedName }) {
    const name = text(properties.BucketName) ?? generatedName.toLowerCase().slice(0, LONGEST_BUCKET_NAME);
    cloud.buckets?.create(place, name);
    const { region } = place;
    const DomainName = `${name}.s3.amazonaws.com`;
    const RegionalDomainName = `${name}.s3.${region}.amazonaws.com`;
    return { reference: name, attributes: { Arn: `arn:aws:s3:::${name}`, DomainName, RegionalDomainName } };
  },
  fixed: ['BucketName'],
  update: (_, present) => present,
  remove: ({ reference, place, cloud }) => cloud.buckets?.delete(place, reference),
};

/** What a template can change of a table here; other members have no effect. */
const tableLifecycle: Lifecycle = {
  create: table,
  fixed: ['TableName', 'KeySchema'],
  async update({ properties, place, cloud }, present) {
    const changed = TABLE_MEMBERS.filter(
      (name) => JSON.stringify(properties[name]) !== JSON.stringify(present.properties[name]),
    );
    if (changed.length > 0) throw new Error(`the embedded cloud does not change ${changed.join(', ')} of a table`);
    const { TimeToLiveSpecification } = properties;
    const before = JSON.stringify(present.properties.TimeToLiveSpecification);
    if (TimeToLiveSpecification !== undefined && JSON.stringify(TimeToLiveSpecification) !== before) {
      const TableName = present.reference;
      await cloud.dynamoDb.call('UpdateTimeToLive', { TableName, TimeToLiveSpecification }, place);
    }
    const StreamSpecification = streamSpecification(properties);
    if (JSON.stringify(StreamSpecification) === JSON.stringify(streamSpecification(present.properties))) return present;
    if (present.properties.StreamSpecification !== undefined)
      throw new Error('the embedded cloud does not change or end the stream of a table');
    const { TableDescription } = await cloud.dynamoDb.call(
      'UpdateTable',
      { TableName: present.reference, StreamSpecification },
      place,
    );
    return { ...present, attributes: { ...present.attributes, ...streamAttribute(object(TableDescription)) } };
  },
  async remove({ reference, place, cloud }) {
    await cloud.dynamoDb.call('DeleteTable', { TableName: reference }, place);
  },
};

const roleProperties = ({ properties, place, generatedName, note, logicalId }: Creation): RoleProperties => {
  const managed = texts(properties.ManagedPolicyArns);
  const known = managed.filter((arn) => Object.hasOwn(awsManagedPolicies, arn) || arn.includes(`:${place.account}:`));
  for (const arn of managed.filter((other) => !known.includes(other))) {
    note(`${logicalId}: the managed policy ${arn} is not known to the embedded IAM and is left out`);
  }
  const boundary = text(properties.PermissionsBoundary);
  const path = text(properties.Path);
  return {
    RoleName: text(properties.RoleName) ?? generatedName,
    AssumeRolePolicyDocument: properties.AssumeRolePolicyDocument,
    Policies: list(properties.Policies).map((policy) => ({
      PolicyName: text(object(policy).PolicyName) ?? '',
      PolicyDocument: object(policy).PolicyDocument,
    })),
    ManagedPolicyArns: known,
    ...(path === undefined ? {} : { Path: path }),
    ...(boundary === undefined ? {} : { PermissionsBoundary: boundary }),
  };
};

const created = ({ roleName, arn, roleId }: Role): Created => ({
  reference: roleName,
  attributes: { Arn: arn, RoleId: roleId },
});

const role: Lifecycle = {
  create: (creation) => created(creation.cloud.iam.createRole(creation.place.account, roleProperties(creation))),
  fixed: ['RoleName', 'Path'],
  update: (creation) => created(creation.cloud.iam.updateRole(creation.place.account, roleProperties(creation))),
  remove: ({ attributes, cloud }) => cloud.iam.deleteRole(String(attributes.Arn)),
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

const parameterLifecycle: Lifecycle = {
  create: parameter,
  fixed: ['Name'],
  async update({ properties, cloud, context }, present) {
    const { Tags: _, Name: __, Value, ...settings } = properties;
    const input = { ...settings, Name: present.reference, Value: String(Value), Overwrite: true };
    await call(cloud.ssm.definition, 'PutParameter', input, context);
    return { ...present, attributes: { Type: properties.Type, Value: String(Value) } };
  },
  async remove({ reference, cloud, context }) {
    await call(cloud.ssm.definition, 'DeleteParameter', { Name: reference }, context);
  },
};

function tagsOf(tags: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(list(tags).map((tag) => [String(object(tag).Key), String(object(tag).Value)]));
}

export const dataResources: Readonly<Record<string, Lifecycle>> = {
  'AWS::SQS::Queue': queueLifecycle,
  'AWS::SQS::QueuePolicy': overwritten(queuePolicy, {
    async remove({ properties, cloud, context }) {
      const Attributes = { Policy: '' };
      for (const QueueUrl of texts(properties.Queues))
        await call(cloud.sqs.definition, 'SetQueueAttributes', { QueueUrl, Attributes }, context);
    },
  }),
  'AWS::DynamoDB::Table': tableLifecycle,
  'AWS::SSM::Parameter': parameterLifecycle,
  'AWS::S3::Bucket': bucketLifecycle,
  'AWS::IAM::Role': role,
  'AWS::IAM::ManagedPolicy': overwritten(managedPolicy, {
    fixed: ['ManagedPolicyName', 'Path'],
    remove: ({ reference, cloud }) => cloud.iam.deleteManagedPolicy(reference),
  }),
};
