import { isDeepStrictEqual } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ensurePackaged } from '../../build/package.ts';
import { LEASE_MS } from '../../shared/state/lease.ts';
import { actionsIn } from './actions.ts';
import { logicalIds, type PackagedTemplate, properties, readTemplate, statements } from './template.ts';

let template: PackagedTemplate;

beforeAll(async () => {
  template = await readTemplate((await ensurePackaged()).template);
}, 120_000);

const FUNCTIONS = {
  OnDashserviceDasheventLambdaFunction: 'on-service-event',
  ReconcileLambdaFunction: 'reconcile',
  ApiLambdaFunction: 'api',
  SweepLambdaFunction: 'sweep',
  SweepDashregionLambdaFunction: 'sweep-region',
  AnnounceLambdaFunction: 'announce',
  NotifyLambdaFunction: 'notify',
  ReportLambdaFunction: 'report',
  ProbeLambdaFunction: 'probe',
} as const;

describe('the state of the stack', () => {
  const of = (type: string) => Object.entries(template.Resources).filter(([, { Type }]) => Type === type);

  it('can be recovered: every table has point-in-time recovery, but the one whose lines begin again', () => {
    const tables = of('AWS::DynamoDB::Table').filter(([id]) => id !== 'RatesTable');
    expect(tables.length).toBe(4);
    for (const [id, { Properties }] of tables)
      expect(Properties, id).toMatchObject({ PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } });
  });

  it('is reached over TLS only: every queue has a policy that denies anything else', () => {
    const refusing = of('AWS::SQS::QueuePolicy').flatMap(([, { Properties }]) =>
      z
        .object({
          Queues: z.array(z.object({ Ref: z.string() })),
          PolicyDocument: z.object({ Statement: z.array(z.unknown()) }),
        })
        .parse(Properties)
        .Queues.map(({ Ref }) => [Ref, Properties?.PolicyDocument] as const),
    );
    expect(refusing.map(([queue]) => queue).sort()).toEqual(
      of('AWS::SQS::Queue')
        .map(([id]) => id)
        .sort(),
    );
    for (const [queue, document] of refusing) {
      expect(document, queue).toMatchObject({
        Statement: expect.arrayContaining([
          expect.objectContaining({
            Effect: 'Deny',
            Principal: '*',
            Action: 'sqs:*',
            Resource: { 'Fn::GetAtt': [queue, 'Arn'] },
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
        ]),
      });
    }
  });
});

describe('the bucket of the reports', () => {
  it('is private, encrypted, reached over TLS only, and forgets', () => {
    expect(properties(template, 'ReportBucket')).toMatchObject({
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      LifecycleConfiguration: { Rules: [{ Status: 'Enabled', ExpirationInDays: 30 }] },
    });
    expect(properties(template, 'ReportBucketPolicy').PolicyDocument).toMatchObject({
      Statement: [
        { Effect: 'Deny', Principal: '*', Action: 's3:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
      ],
    });
  });

  it('is read and written by one role', () => {
    const roles = logicalIds(template, 'AWS::IAM::Role').filter((id) =>
      statements(template, id).some(({ Action }) => Action.some((action) => action.startsWith('s3:'))),
    );
    expect(roles).toEqual(['ReportRole']);
  });
});

const environmentSchema = z.object({ Variables: z.record(z.string(), z.unknown()) });

const ALL = ['POWERTOOLS_SERVICE_NAME', 'POWERTOOLS_METRICS_NAMESPACE', 'POWERTOOLS_LOG_LEVEL'];
const STATE = [...ALL, 'TABLE_NAME', 'QUEUE_URL'];
const READING = [
  ...STATE,
  'INSTALLATION',
  'CLAIMS_TABLE_NAME',
  'RATES_TABLE_NAME',
  'ROUTE53_RATE',
  'ALLOWED_ZONES',
  'ALLOWED_NAMES',
  'CLAIMABLE_NAMES',
  'ADOPT_ALLOWED',
  'ALLOWED_VPCS',
  'VPC_ID',
  'ENDPOINT_SUBNET_IDS',
  'ENDPOINT_SECURITY_GROUP_IDS',
  'DETACH_GRACE',
  'ON_DETACH',
  'ON_DELETE_ATTEMPT',
  'ALIAS_STRATEGY',
  'CUTOVER',
  'CUTOVER_DEADLINE',
  'UNOBSERVABLE_GRACE',
  'ZONE_ROLE_ARN',
  'ZONE_ROLE_ZONES',
  'ZONE_ROLE_EXTERNAL_ID',
  'ENDPOINT_HOURLY_PRICE',
  'PROBE_FUNCTION',
  'PROBE_VPC_ID',
  'HUB_ACCOUNT',
  'MEMBER_ROLE_PREFIX',
  'MEMBER_EXTERNAL_ID',
  'KILL_SWITCH_PARAMETER',
];
const ENVIRONMENT: Readonly<Record<string, readonly string[]>> = {
  OnDashserviceDasheventLambdaFunction: [
    ...STATE,
    'CUT_OFF_QUEUE_URL',
    'DEAD_LETTER_QUEUE_URL',
    'RECONCILE_ROLE_ARN',
    'MEMBER_ROLE_PREFIX',
  ],
  ReconcileLambdaFunction: READING,
  ApiLambdaFunction: [...READING, 'SWEEP_TABLE_NAME', 'SWEEP_FUNCTION', 'REPORT_FUNCTION'],
  SweepLambdaFunction: [...READING, 'SWEEP_TABLE_NAME', 'SWEEP_QUEUE_URL', 'REPORT_QUEUE_URL'],
  SweepDashregionLambdaFunction: [...READING, 'SWEEP_TABLE_NAME', 'REPORT_QUEUE_URL'],
  ReportLambdaFunction: [...READING, 'SWEEP_TABLE_NAME', 'REPORT_BUCKET'],
  AnnounceLambdaFunction: [...ALL, 'BUS_NAME', 'STACK_NAME'],
  NotifyLambdaFunction: [
    ...ALL,
    'TABLE_NAME',
    'NOTICES_TABLE_NAME',
    'NOTICE_QUEUE_URL',
    'TOPIC_ARN',
    'STACK_NAME',
    'DOCS_URL',
  ],
  ProbeLambdaFunction: [...ALL, 'INSTALLATION'],
};

const READ_ON_EVERYTHING = [
  'apprunner:ListServices',
  'apprunner:ListVpcIngressConnections',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSecurityGroups',
  'ec2:DescribeSubnets',
  'ec2:DescribeVpcAttribute',
  'ec2:DescribeVpcEndpointServices',
  'ec2:DescribeVpcEndpoints',
  'ec2:DescribeVpcs',
  'organizations:ListParents',
  'route53:ListHostedZones',
  'route53:ListHostedZonesByVPC',
];

/**
 * IAM knows no narrower resource for these (docs/facts.md#actions-without-resource); the probe's are Lambda's own,
 * and denied to its code.
 */
const ON_EVERYTHING: Readonly<Record<string, readonly string[]>> = {
  OnServiceEventRole: [],
  ReconcileRole: READ_ON_EVERYTHING,
  ApiRole: READ_ON_EVERYTHING,
  SweepRole: [
    'organizations:ListAccounts',
    'organizations:ListAccountsForParent',
    'organizations:ListOrganizationalUnitsForParent',
  ],
  SweepRegionRole: READ_ON_EVERYTHING,
  AnnounceRole: ['dynamodb:ListStreams'],
  NotifyRole: [],
  ReportRole: ['organizations:ListParents'],
  ProbeRole: [
    'ec2:AssignPrivateIpAddresses',
    'ec2:CreateNetworkInterface',
    'ec2:DeleteNetworkInterface',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeSubnets',
    'ec2:UnassignPrivateIpAddresses',
  ],
};

/** Actions that no line of the product asks for: what Lambda itself does for a function, and what AWS asks of a caller besides. */
const ASKED_BY_AWS = [
  // By HeadObject, when there is no such object.
  's3:ListBucket',
  'logs:CreateLogStream',
  'logs:PutLogEvents',
  'sqs:ReceiveMessage',
  'sqs:DeleteMessage',
  'sqs:GetQueueAttributes',
  'dynamodb:DescribeStream',
  'dynamodb:GetRecords',
  'dynamodb:GetShardIterator',
  'dynamodb:ListStreams',
  // Tags given at creation.
  'ec2:CreateTags',
  'apprunner:TagResource',
  ...(ON_EVERYTHING.ProbeRole ?? []),
];

describe('the functions', () => {
  it.each(Object.entries(FUNCTIONS))('%s is named after its file and runs on arm64', (id, name) => {
    expect(properties(template, id)).toMatchObject({
      FunctionName: `apprunner-private-ingress-main-${name}`,
      Handler: `dist/${name}/index.handler`,
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
    });
  });

  it.each(Object.entries(ENVIRONMENT))('%s is given its environment', (id, names) => {
    const { Variables } = environmentSchema.parse(properties(template, id).Environment);
    expect(Object.keys(Variables).sort()).toEqual([...names].sort());
  });

  it('keep their logs as long as the parameter says', () => {
    for (const id of logicalIds(template, 'AWS::Logs::LogGroup')) {
      expect(properties(template, id)).toHaveProperty('RetentionInDays', { Ref: 'LogRetentionDays' });
    }
  });

  it('are dead before their lease ends, which has ended before their message comes back', () => {
    const { Timeout } = properties(template, 'ReconcileLambdaFunction');
    expect(Number(Timeout) * 1000).toBeLessThan(LEASE_MS);
    for (const queue of ['ReconcileQueue', 'CutOffQueue'])
      expect(Number(properties(template, queue).VisibilityTimeout) * 1000).toBeGreaterThan(LEASE_MS);
  });

  it.each([
    ['ReconcileQueue', { Ref: 'ReconcileConcurrency' }],
    ['CutOffQueue', 5],
  ])('take the messages of %s in part, and a few at a time', (id, MaximumConcurrency) => {
    const mappings = logicalIds(template, 'AWS::Lambda::EventSourceMapping').map((one) => properties(template, one));
    const queue = { 'Fn::GetAtt': [id, 'Arn'] };
    expect(mappings.find(({ EventSourceArn }) => isDeepStrictEqual(EventSourceArn, queue))).toMatchObject({
      FunctionName: { 'Fn::GetAtt': ['ReconcileLambdaFunction', 'Arn'] },
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency },
    });
  });

  it('include the probe only if it has a place', () => {
    const conditional = Object.entries(template.Resources).filter(([, { Condition }]) => Condition === 'HasProbe');
    expect(conditional.map(([id]) => id).sort()).toEqual(['ProbeLambdaFunction', 'ProbeLogGroup', 'ProbeRole']);
  });
});

describe('what is lost goes to the dead-letter queue', () => {
  const deadLetters = { 'Fn::GetAtt': ['DeadLetterQueue', 'Arn'] };

  it('from every rule with a pattern', () => {
    const rules = logicalIds(template, 'AWS::Events::Rule')
      .map((id) => properties(template, id))
      .filter(({ EventPattern }) => EventPattern !== undefined);
    expect(rules).toHaveLength(7);
    for (const { Targets } of rules) {
      expect(Targets).toMatchObject([
        {
          DeadLetterConfig: { Arn: deadLetters },
          RetryPolicy: { MaximumEventAgeInSeconds: 3600, MaximumRetryAttempts: 20 },
        },
      ]);
    }
  });

  it('from on-service-event and from the queues', () => {
    expect(properties(template, 'OnDashserviceDasheventLambdaFunction')).toMatchObject({
      DeadLetterConfig: { TargetArn: deadLetters },
    });
    for (const queue of ['ReconcileQueue', 'CutOffQueue'])
      expect(properties(template, queue)).toMatchObject({
        RedrivePolicy: { deadLetterTargetArn: deadLetters, maxReceiveCount: 5 },
      });
  });
});

describe('the roles', () => {
  it('are one for each function', () => {
    const roles = Object.keys(FUNCTIONS).map((id) => properties(template, id).Role);
    expect(roles).toEqual(
      [
        'OnServiceEventRole',
        'ReconcileRole',
        'ApiRole',
        'SweepRole',
        'SweepRegionRole',
        'AnnounceRole',
        'NotifyRole',
        'ReportRole',
        'ProbeRole',
      ].map((id) => ({
        'Fn::GetAtt': [id, 'Arn'],
      })),
    );
    expect([...logicalIds(template, 'AWS::IAM::Role')].sort()).toEqual(Object.keys(ON_EVERYTHING).sort());
  });

  it.each(Object.entries(ON_EVERYTHING))(
    '%s names every action, and every resource where there is one',
    (id, actions) => {
      const allowed = statements(template, id).filter(({ Effect }) => Effect === 'Allow');
      expect(allowed.flatMap(({ Action }) => Action).filter((action) => action.includes('*'))).toEqual([]);
      const onEverything = allowed.filter(({ Resource }) => [Resource].flat().includes('*'));
      expect(onEverything.flatMap(({ Action }) => Action).sort()).toEqual(actions);
    },
  );

  it('allow nothing that is not called, and all that is', async () => {
    const granted = new Set(
      Object.keys(ON_EVERYTHING).flatMap((id) => statements(template, id).flatMap(({ Action }) => Action)),
    );
    const called = await actionsIn('functions', 'shared');
    expect([...granted].filter((action) => !called.has(action) && !ASKED_BY_AWS.includes(action))).toEqual([]);
    expect([...called].filter((action) => !granted.has(action))).toEqual([]);
  });

  it('write records by CREATE and DELETE only, in the zones and under the names that are allowed', () => {
    const [zones, write, ...others] = statements(template, 'ReconcileRole').filter(({ Action }) =>
      Action.includes('route53:ChangeResourceRecordSets'),
    );
    expect(others).toEqual([]);
    expect(zones).toMatchObject({
      Effect: 'Deny',
      Action: ['route53:ListResourceRecordSets', 'route53:ChangeResourceRecordSets'],
    });
    expect(JSON.stringify(zones?.NotResource)).toContain('{"Ref":"AllowedZones"}');
    for (const role of ['ApiRole', 'SweepRegionRole']) expect(statements(template, role)).toContainEqual(zones);
    expect(write?.Condition).toMatchObject({
      'ForAllValues:StringLike': { 'route53:ChangeResourceRecordSetsNormalizedRecordNames': expect.anything() },
      'ForAllValues:StringEquals': {
        'route53:ChangeResourceRecordSetsRecordTypes': ['A', 'AAAA', 'CNAME', 'TXT'],
        'route53:ChangeResourceRecordSetsActions': ['CREATE', 'DELETE'],
      },
    });
  });
});

describe('what an organisation adds', () => {
  it('is there only with an organisation', () => {
    const conditional = Object.entries(template.Resources).filter(
      ([, { Condition }]) => Condition === 'InOrganization',
    );
    expect(conditional.map(([id]) => id).sort()).toEqual(['Bus', 'BusPolicy', 'ForwardedPermission', 'ForwardedRule']);
  });

  it('is a bus that takes events of App Runner from the organisation only', () => {
    expect(properties(template, 'BusPolicy').Statement).toEqual({
      Effect: 'Allow',
      Principal: '*',
      Action: 'events:PutEvents',
      Resource: { 'Fn::GetAtt': ['Bus', 'Arn'] },
      Condition: {
        StringEquals: { 'aws:PrincipalOrgID': { Ref: 'OrganizationId' } },
        'ForAllValues:StringEquals': { 'events:source': ['aws.apprunner'] },
      },
    });
  });

  it('is a fixed name for each role that the member accounts trust', () => {
    const named = logicalIds(template, 'AWS::IAM::Role').filter((id) => 'RoleName' in properties(template, id));
    expect(named.map((id) => properties(template, id).RoleName)).toEqual(
      ['reconcile', 'api', 'sweep', 'sweep-region', 'report'].map((name) => ({
        'Fn::If': ['InOrganization', `apprunner-private-ingress-main-${name}`, { Ref: 'AWS::NoValue' }],
      })),
    );
  });
});

describe('the parameters', () => {
  it('have a default, but for the two that say what may be written', () => {
    const required = Object.entries(template.Parameters).filter(
      ([, parameter]) => !Object.hasOwn(Object(parameter), 'Default'),
    );
    expect(required.map(([name]) => name)).toEqual(['AllowedZones', 'AllowedNames']);
  });
});
