import * as apprunner from '@aws-sdk/client-apprunner';
import * as dynamodb from '@aws-sdk/client-dynamodb';
import * as ec2 from '@aws-sdk/client-ec2';
import * as lambda from '@aws-sdk/client-lambda';
import * as organizations from '@aws-sdk/client-organizations';
import * as route53 from '@aws-sdk/client-route-53';
import * as sqs from '@aws-sdk/client-sqs';
import * as ssm from '@aws-sdk/client-ssm';
import * as sts from '@aws-sdk/client-sts';
import { HttpResponse } from '@smithy/core/protocols';

/** What AWS answers. */
export interface Answer {
  readonly client: keyof typeof calls;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Credentials come from the environment, as in a function. */
const config = (answer: Answer) => ({
  region: 'ap-northeast-1',
  maxAttempts: 1,
  requestHandler: {
    handle: async () => ({
      response: new HttpResponse({
        statusCode: answer.status,
        headers: { ...answer.headers },
        body: new TextEncoder().encode(answer.body),
      }),
    }),
  },
});

/** One call of each client of the functions. */
const calls = {
  apprunner: (answer: Answer) =>
    new apprunner.AppRunnerClient(config(answer)).send(new apprunner.ListServicesCommand({})),
  dynamodb: (answer: Answer) => new dynamodb.DynamoDBClient(config(answer)).send(new dynamodb.ListTablesCommand({})),
  ec2: (answer: Answer) => new ec2.EC2Client(config(answer)).send(new ec2.DescribeVpcsCommand({})),
  lambda: (answer: Answer) =>
    new lambda.LambdaClient(config(answer)).send(new lambda.InvokeCommand({ FunctionName: 'f' })),
  organizations: (answer: Answer) =>
    new organizations.OrganizationsClient(config(answer)).send(new organizations.ListAccountsCommand({})),
  route53: (answer: Answer) => new route53.Route53Client(config(answer)).send(new route53.ListHostedZonesCommand({})),
  sqs: (answer: Answer) => new sqs.SQSClient(config(answer)).send(new sqs.ListQueuesCommand({})),
  ssm: (answer: Answer) => new ssm.SSMClient(config(answer)).send(new ssm.GetParameterCommand({ Name: 'p' })),
  sts: (answer: Answer) =>
    new sts.STSClient(config(answer)).send(new sts.AssumeRoleCommand({ RoleArn: 'r', RoleSessionName: 's' })),
};

/** @returns what the SDK makes of the answer. */
export async function handler(answer: Answer): Promise<unknown> {
  try {
    return await calls[answer.client](answer);
  } catch (error) {
    return error;
  }
}
