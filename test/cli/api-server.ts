import { once } from 'node:events';
import { createServer } from 'node:http';
import { onTestFinished } from 'vitest';

export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: unknown;
}

export interface Answer {
  readonly status: number;
  readonly type?: string;
  readonly location?: string;
  readonly body: unknown;
}

/** A server with given answers, for those that a real API cannot be made to give. Sets keys to sign with in the environment. */
export async function serve(
  answer: (asked: ReceivedRequest) => Answer | Promise<Answer>,
): Promise<{ readonly url: string; readonly asked: readonly ReceivedRequest[] }> {
  const all: ReceivedRequest[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const url = new URL(incoming.url ?? '/', 'http://127.0.0.1');
    const text = Buffer.concat(chunks).toString();
    const asked: ReceivedRequest = {
      method: incoming.method ?? '',
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, value?.toString()])),
      body: text === '' ? undefined : JSON.parse(text),
    };
    all.push(asked);
    const { status, type = 'application/json', location, body } = await answer(asked);
    outgoing
      .writeHead(status, {
        ...(type === '' ? {} : { 'content-type': type }),
        ...(location === undefined ? {} : { location }),
      })
      .end(typeof body === 'string' ? body : JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, asked: all };
}
