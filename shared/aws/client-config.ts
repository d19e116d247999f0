import type { SQSClientConfig } from '@aws-sdk/client-sqs';

/** The configuration of every AWS client. In a Lambda, region and credentials come from the environment. */
export type ClientConfig = Pick<
  SQSClientConfig,
  'region' | 'credentials' | 'endpoint' | 'requestHandler' | 'maxAttempts'
>;
