import type { StreamSettings } from '../services/lambda/event-source-mapping.ts';
import type { AsynchronousConfiguration, FunctionVpc, LambdaFunction } from '../services/lambda/function.ts';
import { defaultAsynchronous } from '../services/lambda/function.ts';
import type { NewFunction } from '../services/lambda/lambda.ts';
import { filterPattern } from '../services/lambda/quotas.ts';
import {
  type Create,
  type Creation,
  call,
  type Lifecycle,
  list,
  number,
  object,
  overwritten,
  type Removal,
  text,
  texts,
  type UnpackedCode,
} from './resource.ts';
import type { Created } from './stack.ts';
import type { TemplateJson } from './template.ts';

/** Documented: defaults of CreateFunction (seconds, MiB) and of an SQS event source mapping. */
const DEFAULT_TIMEOUT = 3;
const DEFAULT_MEMORY = 128;
const DEFAULT_BATCH_SIZE = 10;
/** Documented: of a stream. */
const DEFAULT_STREAM_BATCH_SIZE = 100;

/** @param present the code that runs already, for a function whose new code is nowhere to be had. */
async function configurationOf(creation: Creation, present?: UnpackedCode): Promise<NewFunction> {
  const { properties, place, cloud, logicalId, generatedName } = creation;
  const code = creation.code ?? present;
  const name = text(properties.FunctionName) ?? generatedName;
  const roleArn = text(properties.Role) ?? '';
  if (code === undefined) throw new Error(`no code is given for the function ${logicalId} (${name})`);
  if (!cloud.iam.trusts(roleArn, { kind: 'service', service: 'lambda.amazonaws.com' })) {
    throw new Error(`The role defined for the function cannot be assumed by Lambda: ${roleArn}`);
  }
  const variables = Object.entries(object(object(properties.Environment).Variables));
  return {
    account: place.account,
    region: place.region,
    name,
    description: text(properties.Description) ?? '',
    runtime: text(properties.Runtime) ?? '',
    handler: text(properties.Handler) ?? '',
    roleArn,
    timeout: number(properties.Timeout) ?? DEFAULT_TIMEOUT,
    memorySize: number(properties.MemorySize) ?? DEFAULT_MEMORY,
    environment: Object.fromEntries(variables.map(([key, value]) => [key, String(value)])),
    codeFolder: code.folder,
    codeSha256: code.sha256,
    vpc: await vpcOf(creation),
    reservedConcurrency: number(properties.ReservedConcurrentExecutions),
    deadLetterQueueArn: text(object(properties.DeadLetterConfig).TargetArn),
    asynchronous: defaultAsynchronous,
  };
}

const createdFunction = ({ name, arn }: LambdaFunction): Created => ({ reference: name, attributes: { Arn: arn } });

const codeOf = ({ codeFolder: folder, codeSha256: sha256 }: LambdaFunction): UnpackedCode =>
  sha256 === undefined ? { folder } : { folder, sha256 };

const lambdaFunction: Lifecycle = {
  create: async (creation) => createdFunction(creation.cloud.lambda.createFunction(await configurationOf(creation))),
  fixed: ['FunctionName'],
  async update(creation, { attributes }) {
    const { lambda } = creation.cloud;
    const arn = String(attributes.Arn);
    const { asynchronous: _, ...changes } = await configurationOf(creation, codeOf(lambda.get(arn)));
    return createdFunction(lambda.updateFunction(arn, changes));
  },
  remove: ({ attributes, cloud }) => cloud.lambda.deleteFunction(String(attributes.Arn)),
};

async function vpcOf({ properties, cloud, context }: Creation): Promise<FunctionVpc | undefined> {
  const configuration = object(properties.VpcConfig);
  const subnetIds = texts(configuration.SubnetIds);
  if (subnetIds.length === 0) return undefined;
  if (cloud.ec2 === undefined) throw new Error('a function with a VpcConfig needs the embedded EC2');
  const { Subnets: subnets } = await call(cloud.ec2, 'DescribeSubnets', { SubnetIds: subnetIds }, context);
  const vpcIds = [...new Set(list(subnets).map((subnet) => text(object(subnet).VpcId)))];
  const [vpcId] = vpcIds;
  if (vpcId === undefined || vpcIds.length > 1) {
    throw new Error(`The subnets ${subnetIds.join(', ')} of a function have to be in one VPC`);
  }
  return { vpcId, subnetIds, securityGroupIds: texts(configuration.SecurityGroupIds) };
}

const version: Create = ({ properties, cloud, place }) => {
  const fn = cloud.lambda.get(arnOf(properties.FunctionName, place));
  return { reference: `${fn.arn}:1`, attributes: { Version: '1', FunctionArn: `${fn.arn}:1` } };
};

const permission: Create = ({ properties, place, cloud, generatedName }) => {
  const arn = arnOf(properties.FunctionName, place);
  const principal = text(properties.Principal) ?? '';
  const sourceArn = text(properties.SourceArn);
  const sourceAccount = text(properties.SourceAccount);
  cloud.lambda.addPermission(arn, generatedName, {
    Sid: generatedName,
    Effect: 'Allow',
    Principal: principal.includes('.amazonaws.com')
      ? { Service: principal }
      : principal === '*'
        ? '*'
        : { AWS: principal },
    Action: text(properties.Action) ?? 'lambda:InvokeFunction',
    Resource: cloud.lambda.get(arn).arn,
    Condition: {
      ...(sourceArn === undefined ? {} : { ArnLike: { 'AWS:SourceArn': sourceArn } }),
      ...(sourceAccount === undefined ? {} : { StringEquals: { 'AWS:SourceAccount': sourceAccount } }),
    },
  });
  return { reference: generatedName, attributes: { Id: generatedName } };
};

/** Harmless when the function has gone before. */
function removePermission({ properties, place, cloud, reference }: Removal | (Creation & Created)): void {
  cloud.lambda.removePermission(arnOf(properties.FunctionName, place), reference);
}

const permissionLifecycle: Lifecycle = {
  create: permission,
  update(creation, present) {
    removePermission({ ...creation, ...present });
    return permission(creation);
  },
  remove: removePermission,
};

/** @throws Error for what the embedded Lambda does not do with a stream. */
function streamSettings(properties: TemplateJson): StreamSettings | undefined {
  if (!/^arn:[^:]+:dynamodb:/.test(text(properties.EventSourceArn) ?? '')) return undefined;
  const {
    BisectBatchOnFunctionError: bisect,
    ParallelizationFactor: factor,
    MaximumRecordAgeInSeconds: age,
  } = properties;
  const unknown = {
    BisectBatchOnFunctionError: String(bisect) === 'true',
    ParallelizationFactor: (number(factor) ?? 1) !== 1,
    MaximumRecordAgeInSeconds: (number(age) ?? -1) !== -1,
  };
  const used = Object.entries(unknown).flatMap(([name, isUsed]) => (isUsed ? name : []));
  if (used.length > 0) throw new Error(`the embedded Lambda has no ${used.join(', ')}`);
  return {
    // Required; the answer to a missing one is in the check of the mapping.
    startingPosition: text(properties.StartingPosition) as StreamSettings['startingPosition'],
    maximumRetryAttempts: number(properties.MaximumRetryAttempts) ?? -1,
    onFailureArn: text(object(object(properties.DestinationConfig).OnFailure).Destination),
  };
}

const eventSourceMapping: Create = ({ properties, place, cloud }) => {
  const stream = streamSettings(properties);
  const patterns = list(object(properties.FilterCriteria).Filters).map((filter) => text(object(filter).Pattern));
  const { uuid } = cloud.lambda.createEventSourceMapping({
    sourceArn: text(properties.EventSourceArn) ?? '',
    stream,
    functionArn: cloud.lambda.get(arnOf(properties.FunctionName, place)).arn,
    enabled: text(properties.Enabled) !== 'false',
    batchSize: number(properties.BatchSize) ?? (stream === undefined ? DEFAULT_BATCH_SIZE : DEFAULT_STREAM_BATCH_SIZE),
    batchingWindow: number(properties.MaximumBatchingWindowInSeconds) ?? 0,
    maximumConcurrency: number(object(properties.ScalingConfig).MaximumConcurrency),
    reportsBatchItemFailures: texts(properties.FunctionResponseTypes).includes('ReportBatchItemFailures'),
    filters: patterns.map((pattern) => filterPattern(pattern ?? '')),
  });
  return { reference: uuid, attributes: { Id: uuid } };
};

const eventInvokeConfig: Create = ({ properties, place, cloud, generatedName }) => {
  const destinations = object(properties.DestinationConfig);
  const destination = (name: string): string | undefined => text(object(destinations[name]).Destination);
  const asynchronous: AsynchronousConfiguration = {
    maximumRetryAttempts: number(properties.MaximumRetryAttempts) ?? defaultAsynchronous.maximumRetryAttempts,
    maximumEventAge: number(properties.MaximumEventAgeInSeconds) ?? defaultAsynchronous.maximumEventAge,
    onSuccessArn: destination('OnSuccess'),
    onFailureArn: destination('OnFailure'),
  };
  for (const arn of [asynchronous.onSuccessArn, asynchronous.onFailureArn]) {
    if (arn === undefined || /^arn:[^:]+:(sqs|lambda):/.test(arn)) continue;
    throw new Error(`the embedded Lambda has queues and functions as destinations only, not ${arn}`);
  }
  cloud.lambda.updateFunction(arnOf(properties.FunctionName, place), { asynchronous });
  return { reference: generatedName, attributes: {} };
};

/** FunctionName may be a name or an ARN. */
function arnOf(named: unknown, { account, region }: { account: string; region: string }): string {
  const name = text(named) ?? '';
  return name.startsWith('arn:') ? name : `arn:aws:lambda:${region}:${account}:function:${name}`;
}

export const lambdaResources: Readonly<Record<string, Lifecycle>> = {
  'AWS::Lambda::Function': lambdaFunction,
  'AWS::Lambda::Version': overwritten(version, { fixed: ['FunctionName'], remove: () => {} }),
  'AWS::Lambda::Permission': permissionLifecycle,
  'AWS::Lambda::EventSourceMapping': {
    create: eventSourceMapping,
    fixed: ['EventSourceArn'],
    update(creation, { reference }) {
      creation.cloud.lambda.deleteEventSourceMapping(reference);
      return eventSourceMapping(creation);
    },
    remove: ({ reference, cloud }) => cloud.lambda.deleteEventSourceMapping(reference),
  },
  'AWS::Lambda::EventInvokeConfig': overwritten(eventInvokeConfig, {
    fixed: ['FunctionName'],
    remove({ properties, place, cloud }) {
      const fn = cloud.lambda.find(arnOf(properties.FunctionName, place));
      if (fn !== undefined) cloud.lambda.updateFunction(fn.arn, { asynchronous: defaultAsynchronous });
    },
  }),
};
