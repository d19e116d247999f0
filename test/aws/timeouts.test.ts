import { createServer, type Server, type Socket } from 'node:net';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DeadlineHandler, withDeadline } from '../../shared/aws/deadline.ts';
import { isTransient } from '../../shared/aws/errors.ts';
import { lambdaClientConfig, observedClientConfig, withInvocationTimeout } from '../../shared/aws/timeouts.ts';

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
  sockets.clear();
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

describe('the time of one service', () => {
  const { requestHandler } = lambdaClientConfig;
  const client = (now: () => number) =>
    new SQSClient({
      endpoint,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
      maxAttempts: 1,
      requestHandler: new DeadlineHandler(requestHandler, now),
    });
  const ask = (sqs: SQSClient) =>
    sqs
      .send(new SendMessageCommand({ QueueUrl: `${endpoint}/123456789012/queue`, MessageBody: 'x' }))
      .catch((reason: unknown) => reason);

  it('ends its calls, as an error that is retried, and those of no other service', async () => {
    const now = () => 1_000;
    const [late, over] = await Promise.all([
      withDeadline(1_050, () => ask(client(now))),
      withDeadline(1_000, () => ask(client(now))),
    ]);
    expect([late, over].map(isTransient)).toEqual([true, true]);
    expect(late).toMatchObject({ name: 'TimeoutError' });
    expect(over).toMatchObject({ name: 'TimeoutError', message: expect.stringContaining('is over') });
    expect(sockets.size).toBe(1);
  });

  it('is known to the clients of what is observed, those of invocations too, and to no other', () => {
    expect(observedClientConfig).toMatchObject({ maxAttempts: 3, requestHandler: expect.any(DeadlineHandler) });
    expect(withInvocationTimeout(observedClientConfig)).toMatchObject({
      maxAttempts: 1,
      requestHandler: expect.any(DeadlineHandler),
    });
    expect(lambdaClientConfig.requestHandler).not.toBeInstanceOf(DeadlineHandler);
  });
});

it('ends a call whose answer stops in the middle', async () => {
  server.on('connection', (socket) =>
    socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{')),
  );
  const sqs = new SQSClient({
    endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    maxAttempts: 1,
    requestHandler: { ...lambdaClientConfig.requestHandler, socketTimeout: 50 },
  });
  const error: unknown = await sqs
    .send(new SendMessageCommand({ QueueUrl: `${endpoint}/123456789012/queue`, MessageBody: 'x' }))
    .catch((reason: unknown) => reason);
  expect(isTransient(error)).toBe(true);
});

it('waits longer for an invocation, once, and keeps a handler that the caller chose', () => {
  expect(withInvocationTimeout(lambdaClientConfig)).toMatchObject({
    maxAttempts: 1,
    requestHandler: { requestTimeout: 35_000, throwOnRequestTimeout: true },
  });
  expect(withInvocationTimeout({ region: 'eu-west-1' })).toEqual({ region: 'eu-west-1' });
});
