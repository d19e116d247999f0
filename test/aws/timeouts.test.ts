import { createServer, type Server, type Socket } from 'node:net';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isTransient } from '../../shared/aws/errors.ts';
import { lambdaClientConfig, withInvocationTimeout } from '../../shared/aws/timeouts.ts';

let server: Server;
let endpoint: string;
const sockets = new Set<Socket>();
beforeEach(async () => {
  // Accepts connections and never answers.
  server = createServer((socket) => sockets.add(socket));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  endpoint = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
});

it('ends a call whose answer never comes, as an error that is retried', async () => {
  const { requestHandler } = lambdaClientConfig;
  const sqs = new SQSClient({
    endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    maxAttempts: 1,
    // The stack's own handler, only quicker.
    requestHandler: { ...requestHandler, requestTimeout: 50 },
  });
  const error: unknown = await sqs
    .send(new SendMessageCommand({ QueueUrl: `${endpoint}/123456789012/queue`, MessageBody: 'x' }))
    .catch((reason: unknown) => reason);
  expect(error).toMatchObject({ name: 'TimeoutError' });
  expect(isTransient(error)).toBe(true);
});

it('waits longer for an invocation, once, and keeps a handler that the caller chose', () => {
  expect(withInvocationTimeout(lambdaClientConfig)).toMatchObject({
    maxAttempts: 1,
    requestHandler: { requestTimeout: 35_000, throwOnRequestTimeout: true },
  });
  expect(withInvocationTimeout({ region: 'eu-west-1' })).toEqual({ region: 'eu-west-1' });
});
