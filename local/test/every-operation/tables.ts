import { appRunnerRows } from './apprunner.ts';
import { cloudFormationRows } from './cloudformation.ts';
import { cloudTrailRows } from './cloudtrail.ts';
import { dynamoDbRows } from './dynamodb.ts';
import { ec2Rows } from './ec2.ts';
import { ecrRows } from './ecr.ts';
import { eventsRows } from './events.ts';
import { iamRows } from './iam.ts';
import { lambdaRows } from './lambda.ts';
import { logsRows } from './logs.ts';
import { monitoringRows } from './monitoring.ts';
import { organizationsRows } from './organizations.ts';
import { quotasRows } from './quotas.ts';
import { route53Rows } from './route53.ts';
import { s3Rows } from './s3.ts';
import type { Rows } from './setting.ts';
import { snsRows } from './sns.ts';
import { sqsRows } from './sqs.ts';
import { ssmRows } from './ssm.ts';
import { stsRows } from './sts.ts';

/** The operations that the embedded cloud serves, by signing name. */
export const tables: Readonly<Record<string, Rows>> = {
  apprunner: appRunnerRows,
  cloudtrail: cloudTrailRows,
  cloudformation: cloudFormationRows,
  dynamodb: dynamoDbRows,
  ec2: ec2Rows,
  ecr: ecrRows,
  events: eventsRows,
  iam: iamRows,
  lambda: lambdaRows,
  logs: logsRows,
  monitoring: monitoringRows,
  organizations: organizationsRows,
  route53: route53Rows,
  servicequotas: quotasRows,
  s3: s3Rows,
  sns: snsRows,
  sqs: sqsRows,
  ssm: ssmRows,
  sts: stsRows,
};
