import type { SQSClientConfig } from '@aws-sdk/client-sqs';

/** What every AWS client is made with; nothing in a Lambda, where the environment says it all. */
export type ClientConfig = Pick<
  SQSClientConfig,
  'region' | 'credentials' | 'endpoint' | 'requestHandler' | 'maxAttempts'
>;
