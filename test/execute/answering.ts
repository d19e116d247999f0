import { AppRunnerClient } from '@aws-sdk/client-apprunner';
import { HttpResponse } from '@smithy/core/protocols';

/** App Runner that answers every request so. @param name of the error that the body tells of, if it is one. */
export function appRunnerAnswering(statusCode: number, body: string, name?: string): AppRunnerClient {
  const headers = { 'content-type': 'application/x-amz-json-1.0', ...(name && { 'x-amzn-errortype': name }) };
  return new AppRunnerClient({
    region: 'ap-northeast-1',
    credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
    maxAttempts: 1,
    requestHandler: {
      handle: async () => ({ response: new HttpResponse({ statusCode, headers, body: Buffer.from(body) }) }),
    },
  });
}
