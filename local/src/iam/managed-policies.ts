const LOGS = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];
const INTERFACES = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];
const QUEUES = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];

const allow = (...actions: string[]) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }],
});

/** Policies that AWS keeps and stacks of Lambda functions name (documented: AWS managed policy reference). */
export const awsManagedPolicies: Readonly<Record<string, object>> = {
  'arn:aws:iam::aws:policy/AdministratorAccess': allow('*'),
  'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole': allow(...LOGS),
  'arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole': allow(...LOGS, ...INTERFACES),
  'arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole': allow(...QUEUES, ...LOGS),
  'arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess': allow(
    'xray:PutTraceSegments',
    'xray:PutTelemetryRecords',
    'xray:GetSamplingRules',
    'xray:GetSamplingTargets',
    'xray:GetSamplingStatisticSummaries',
  ),
};
