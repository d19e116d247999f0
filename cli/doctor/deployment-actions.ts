import type { StackTemplate, TemplateResource } from '../stack/template.ts';

export interface StackPlace {
  readonly account: string;
  readonly region: string;
  readonly stackName: string;
}

/** Actions that a deployment takes, and on which ARNs; `*` alone for actions that IAM knows no resource for. */
export interface NeededActions {
  /** What for, in words. */
  readonly purpose: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

interface ResourceKind {
  /** What CloudFormation calls to create, read, update and delete one (the `handlers` of its resource schemas). */
  readonly actions: readonly string[];
  /** What it calls for the tags of the stack, which it sets on each resource that can have any. */
  readonly tags?: readonly string[];
  /** The part of its ARN after the account; without it the actions know no resource. */
  readonly arn?: (name: string, region: string, account: string) => string;
  /** The property that holds its physical name, if it may have one. */
  readonly name?: string;
}

const regional = (service: string, prefix: string) => (name: string, region: string, account: string) =>
  `arn:aws:${service}:${region}:${account}:${prefix}${name}`;

const kinds: Readonly<Record<string, ResourceKind>> = {
  'AWS::S3::Bucket': {
    name: 'BucketName',
    // CloudFormation puts the name in lower case, and osls puts the zips into it.
    arn: (name) => `arn:aws:s3:::${name.toLowerCase()}`,
    actions: [
      's3:CreateBucket',
      's3:DeleteBucket',
      's3:ListBucket',
      's3:GetBucketLocation',
      's3:GetEncryptionConfiguration',
      's3:PutEncryptionConfiguration',
      's3:PutBucketPublicAccessBlock',
      's3:GetBucketPublicAccessBlock',
      's3:GetLifecycleConfiguration',
    ],
    tags: ['s3:PutBucketTagging', 's3:GetBucketTagging'],
  },
  'AWS::S3::BucketPolicy': {
    arn: (name) => `arn:aws:s3:::${name.toLowerCase()}`,
    actions: ['s3:PutBucketPolicy', 's3:GetBucketPolicy', 's3:DeleteBucketPolicy'],
  },
  'AWS::Logs::LogGroup': {
    name: 'LogGroupName',
    arn: (name, region, account) => `arn:aws:logs:${region}:${account}:log-group:${name}:*`,
    actions: [
      'logs:CreateLogGroup',
      'logs:DeleteLogGroup',
      'logs:PutRetentionPolicy',
      'logs:DescribeLogGroups',
      'logs:DeleteRetentionPolicy',
    ],
    tags: ['logs:TagResource', 'logs:UntagResource', 'logs:ListTagsForResource'],
  },
  'AWS::Lambda::Function': {
    name: 'FunctionName',
    arn: regional('lambda', 'function:'),
    actions: [
      'lambda:CreateFunction',
      'lambda:GetFunction',
      'lambda:UpdateFunctionCode',
      'lambda:UpdateFunctionConfiguration',
      'lambda:DeleteFunction',
      'lambda:GetFunctionCodeSigningConfig',
      'lambda:GetRuntimeManagementConfig',
    ],
    tags: ['lambda:TagResource', 'lambda:UntagResource', 'lambda:ListTags'],
  },
  'AWS::Lambda::Permission': {
    arn: regional('lambda', 'function:'),
    actions: ['lambda:AddPermission', 'lambda:RemovePermission', 'lambda:GetPolicy'],
  },
  'AWS::Lambda::EventSourceMapping': {
    actions: [
      'lambda:CreateEventSourceMapping',
      'lambda:GetEventSourceMapping',
      'lambda:UpdateEventSourceMapping',
      'lambda:DeleteEventSourceMapping',
    ],
    tags: ['lambda:TagResource', 'lambda:UntagResource', 'lambda:ListTags'],
  },
  'AWS::Events::Rule': {
    name: 'Name',
    arn: regional('events', 'rule/'),
    actions: [
      'events:PutRule',
      'events:DescribeRule',
      'events:DeleteRule',
      'events:PutTargets',
      'events:RemoveTargets',
      'events:ListTargetsByRule',
    ],
    tags: ['events:TagResource', 'events:UntagResource', 'events:ListTagsForResource'],
  },
  'AWS::Events::EventBus': {
    name: 'Name',
    arn: regional('events', 'event-bus/'),
    actions: ['events:CreateEventBus', 'events:DescribeEventBus', 'events:DeleteEventBus'],
    tags: ['events:TagResource', 'events:UntagResource', 'events:ListTagsForResource'],
  },
  'AWS::Events::EventBusPolicy': {
    name: 'EventBusName',
    arn: regional('events', 'event-bus/'),
    actions: ['events:PutPermission', 'events:RemovePermission'],
  },
  'AWS::DynamoDB::Table': {
    name: 'TableName',
    arn: regional('dynamodb', 'table/'),
    actions: [
      'dynamodb:CreateTable',
      'dynamodb:DescribeTable',
      'dynamodb:UpdateTable',
      'dynamodb:DeleteTable',
      'dynamodb:DescribeTimeToLive',
      'dynamodb:UpdateTimeToLive',
      'dynamodb:DescribeContinuousBackups',
      'dynamodb:UpdateContinuousBackups',
      'dynamodb:DescribeContributorInsights',
      'dynamodb:DescribeKinesisStreamingDestination',
    ],
    tags: ['dynamodb:TagResource', 'dynamodb:UntagResource', 'dynamodb:ListTagsOfResource'],
  },
  'AWS::SQS::Queue': {
    name: 'QueueName',
    arn: regional('sqs', ''),
    actions: [
      'sqs:CreateQueue',
      'sqs:GetQueueAttributes',
      'sqs:SetQueueAttributes',
      'sqs:DeleteQueue',
      'sqs:GetQueueUrl',
    ],
    tags: ['sqs:TagQueue', 'sqs:UntagQueue', 'sqs:ListQueueTags'],
  },
  'AWS::SQS::QueuePolicy': {
    arn: regional('sqs', ''),
    actions: ['sqs:SetQueueAttributes', 'sqs:GetQueueAttributes'],
  },
  'AWS::SSM::Parameter': {
    name: 'Name',
    arn: (name, region, account) => `arn:aws:ssm:${region}:${account}:parameter/${name.replace(/^\//, '')}`,
    actions: ['ssm:PutParameter', 'ssm:GetParameters', 'ssm:DeleteParameter', 'ssm:GetParameter'],
    tags: ['ssm:AddTagsToResource', 'ssm:RemoveTagsFromResource', 'ssm:ListTagsForResource'],
  },
  'AWS::IAM::Role': {
    name: 'RoleName',
    arn: (name, _, account) => `arn:aws:iam::${account}:role/${name}`,
    actions: [
      'iam:CreateRole',
      'iam:GetRole',
      'iam:DeleteRole',
      'iam:UpdateAssumeRolePolicy',
      'iam:PutRolePolicy',
      'iam:GetRolePolicy',
      'iam:DeleteRolePolicy',
      'iam:PassRole',
      'iam:UpdateRole',
      'iam:AttachRolePolicy',
      'iam:DetachRolePolicy',
      'iam:ListAttachedRolePolicies',
      'iam:ListRolePolicies',
    ],
    tags: ['iam:TagRole', 'iam:UntagRole'],
  },
  'AWS::IAM::ManagedPolicy': {
    name: 'ManagedPolicyName',
    arn: (name, _, account) => `arn:aws:iam::${account}:policy/${name}`,
    actions: [
      'iam:CreatePolicy',
      'iam:GetPolicy',
      'iam:CreatePolicyVersion',
      'iam:DeletePolicyVersion',
      'iam:ListPolicyVersions',
      'iam:DeletePolicy',
      'iam:GetPolicyVersion',
      'iam:ListEntitiesForPolicy',
    ],
    tags: ['iam:TagPolicy', 'iam:UntagPolicy'],
  },
  'AWS::CloudWatch::Dashboard': {
    name: 'DashboardName',
    // Of an account, not of a region.
    arn: (name, _, account) => `arn:aws:cloudwatch::${account}:dashboard/${name}`,
    actions: ['cloudwatch:PutDashboard', 'cloudwatch:GetDashboard', 'cloudwatch:DeleteDashboards'],
  },
  'AWS::CloudWatch::Alarm': {
    name: 'AlarmName',
    arn: regional('cloudwatch', 'alarm:'),
    actions: ['cloudwatch:PutMetricAlarm', 'cloudwatch:DescribeAlarms', 'cloudwatch:DeleteAlarms'],
    tags: ['cloudwatch:TagResource', 'cloudwatch:UntagResource', 'cloudwatch:ListTagsForResource'],
  },
  ...Object.fromEntries(
    ['Api', 'Stage', 'Integration', 'Route', 'Authorizer', 'Deployment'].map((part): [string, ResourceKind] => [
      `AWS::ApiGatewayV2::${part}`,
      {
        arn: (_, region) => `arn:aws:apigateway:${region}::/apis`,
        actions: [
          'apigateway:POST',
          'apigateway:GET',
          'apigateway:PATCH',
          'apigateway:DELETE',
          'apigateway:TagResource',
        ],
      },
    ]),
  ),
};

/** Resource types of a template that are not in the table: their rights are unknown. */
export const unknownTypes = (template: StackTemplate): readonly string[] => [
  ...new Set(Object.values(template.Resources).flatMap(({ Type }) => (kinds[Type] === undefined ? [Type] : []))),
];

/** What `serverless deploy` and CloudFormation, acting for the caller, have to be allowed for this template. */
export function deploymentActions(template: StackTemplate, place: StackPlace): readonly NeededActions[] {
  const { account, region, stackName } = place;
  const byType = Map.groupBy(Object.entries(template.Resources), ([, { Type }]) => Type);
  const made = [...byType].flatMap(([type, resources]): NeededActions[] => {
    const kind = kinds[type];
    if (kind === undefined) return [];
    const arns = resources.map(([id, resource]) => arnOf(kind, id, resource, place));
    return [{ purpose: type, actions: [...kind.actions, ...(kind.tags ?? [])], resources: [...new Set(arns)] }];
  });
  const has = (type: string, property: string) =>
    (byType.get(type) ?? []).some(([, { Properties }]) => Properties[property] !== undefined);
  return [
    {
      purpose: 'the stack itself',
      actions: [
        'cloudformation:DescribeStacks',
        'cloudformation:CreateStack',
        'cloudformation:CreateChangeSet',
        'cloudformation:DescribeChangeSet',
        'cloudformation:ExecuteChangeSet',
        'cloudformation:DeleteChangeSet',
        'cloudformation:DescribeStackEvents',
        'cloudformation:DescribeStackResource',
        'cloudformation:ListStackResources',
        'cloudformation:GetTemplate',
        'cloudformation:UpdateStack',
        'cloudformation:DeleteStack',
        'cloudformation:TagResource',
      ],
      resources: [`arn:aws:cloudformation:${region}:${account}:stack/${stackName}/*`],
    },
    { purpose: 'the stack itself', actions: ['cloudformation:ValidateTemplate'], resources: ['*'] },
    {
      purpose: 'the zips of the functions',
      actions: ['s3:PutObject', 's3:GetObject', 's3:DeleteObject'],
      resources: [`arn:aws:s3:::${generatedName(stackName, 'ServerlessDeploymentBucket').toLowerCase()}/serverless/*`],
    },
    ...made,
    ...(byType.has('AWS::ApiGatewayV2::Api') ? [apiActions(region)] : []),
    ...(has('AWS::ApiGatewayV2::Stage', 'AccessLogSettings') ? [ACCESS_LOGS] : []),
    ...(has('AWS::Lambda::Function', 'VpcConfig') ? [FUNCTIONS_IN_VPC] : []),
  ];
}

/** API Gateway's ARNs are paths of its API, tags included. */
const apiActions = (region: string): NeededActions => ({
  purpose: 'the HTTP API',
  actions: ['apigateway:POST', 'apigateway:GET', 'apigateway:PUT', 'apigateway:PATCH', 'apigateway:DELETE'],
  resources: [`arn:aws:apigateway:${region}::/apis/*`, `arn:aws:apigateway:${region}::/tags/*`],
});

/** API Gateway developer guide, "Configure logging for HTTP APIs": none of them has a resource. */
const ACCESS_LOGS: NeededActions = {
  purpose: 'the access logs of the HTTP API',
  actions: [
    'logs:CreateLogDelivery',
    'logs:GetLogDelivery',
    'logs:UpdateLogDelivery',
    'logs:DeleteLogDelivery',
    'logs:ListLogDeliveries',
    'logs:PutResourcePolicy',
    'logs:DescribeResourcePolicies',
  ],
  resources: ['*'],
};

/** Lambda developer guide, "Giving Lambda functions access to a VPC": required of the creator of the function. */
const FUNCTIONS_IN_VPC: NeededActions = {
  purpose: 'functions in a VPC',
  actions: ['ec2:DescribeVpcs', 'ec2:DescribeSubnets', 'ec2:DescribeSecurityGroups'],
  resources: ['*'],
};

/** What CloudFormation names a resource that has no name; the last letters are its own choice. */
const generatedName = (stackName: string, id: string): string => `${stackName}-${id}-xxxxxxxxxxxx`;

function arnOf({ arn, name }: ResourceKind, id: string, { Properties }: TemplateResource, place: StackPlace): string {
  if (arn === undefined) return '*';
  const given = name === undefined ? undefined : Properties[name];
  return arn(typeof given === 'string' ? given : generatedName(place.stackName, id), place.region, place.account);
}
