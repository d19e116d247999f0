import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { foreignRequest } from './foreign-requests.ts';
import type { Gateway } from './gateway.ts';
import type { WireRequest } from './message.ts';

/** Something else listens on the port already. */
export class PortInUseError extends Error {
  override readonly name = 'PortInUseError';
  readonly port: number;

  constructor(port: number) {
    super(
      `port ${port} of 127.0.0.1 is taken by another program; stop that one, or ask for another port (0 is any free one)`,
    );
    this.port = port;
  }
}

/** A `GET /_embedded/…` endpoint: what it answers is sent as JSON. */
export type EmbeddedRoute = (query: URLSearchParams) => unknown;

export interface HttpServer {
  /** `http://127.0.0.1:4566` */
  readonly url: string;
  readonly port: number;
  /** Stops listening and drops the connections that are still open. */
  close(): Promise<void>;
}

const PREFIX = '/_embedded/';

/** The body, to its end; bytes after the first `most` are read and dropped. */
export async function bodyOf(incoming: IncomingMessage, most = Number.POSITIVE_INFINITY): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let left = most;
  for await (const chunk of incoming) {
    if (left > 0) chunks.push(chunk.subarray(0, left));
    left -= chunk.length;
  }
  return new Uint8Array(Buffer.concat(chunks));
}

function wireRequest(incoming: IncomingMessage, url: URL, path: string, body: Uint8Array): WireRequest {
  const query: Record<string, string | readonly string[]> = {};
  for (const name of new Set(url.searchParams.keys())) {
    const values = url.searchParams.getAll(name);
    query[name] = values.length === 1 ? (values[0] ?? '') : values;
  }
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  const { remoteAddress = '127.0.0.1' } = incoming.socket;
  return { method: incoming.method ?? 'GET', path, query, headers, body, sourceAddress: remoteAddress };
}

function json(outgoing: ServerResponse, status: number, value: unknown): void {
  outgoing.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(value, null, 2)}\n`);
}

/**
 * Puts the gateway on 127.0.0.1.
 *
 * @param options.port 0 for any free one.
 * @param options.routes by their name after `/_embedded/`; `health` is always there.
 * @throws PortInUseError
 */
export async function startHttpServer(options: {
  readonly gateway: Pick<Gateway, 'handle'>;
  readonly port: number;
  readonly routes?: Readonly<Record<string, EmbeddedRoute>>;
}): Promise<HttpServer> {
  const health: EmbeddedRoute = () => ({ status: 'ok' });
  const routes = new Map(Object.entries({ health, ...options.routes }));

  async function embedded(outgoing: ServerResponse, url: URL, name: string): Promise<void> {
    const route = routes.get(name);
    const endpoints = [...routes.keys()].map((each) => PREFIX + each);
    if (route === undefined) return json(outgoing, 404, { error: `there is no ${PREFIX}${name}`, endpoints });
    json(outgoing, 200, await route(url.searchParams));
  }

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const foreign = foreignRequest(incoming.headers);
    if (foreign !== undefined) return json(outgoing, 403, { error: foreign });
    const [path = '/', search = ''] = (incoming.url ?? '/').split(/\?(.*)/s);
    const url = new URL(`http://127.0.0.1/?${search}`);
    if (incoming.method === 'GET' && path.startsWith(PREFIX)) return embedded(outgoing, url, path.slice(PREFIX.length));
    // Only people and health checks ask for / without saying whom for.
    if (incoming.method === 'GET' && path === '/' && search === '' && incoming.headers.authorization === undefined) {
      return json(outgoing, 200, {
        message: 'This is the embedded AWS cloud. Point AWS_ENDPOINT_URL here.',
        endpoints: [...routes.keys()].map((each) => PREFIX + each),
      });
    }
    const response = await options.gateway.handle(wireRequest(incoming, url, path, await bodyOf(incoming)));
    // The answer to a HEAD has the length of the body that it does not send.
    outgoing.writeHead(response.status, { 'content-length': String(response.body.length), ...response.headers });
    outgoing.end(response.body);
  }

  const server = createServer((incoming, outgoing) => {
    answer(incoming, outgoing).catch((error: unknown) => {
      if (!outgoing.headersSent) json(outgoing, 500, { error: error instanceof Error ? error.message : String(error) });
      else outgoing.destroy();
    });
  });
  return listenOn(server, options.port);
}

/** Listens on 127.0.0.1. @throws PortInUseError */
export async function listenOn(server: Server, port: number): Promise<HttpServer> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? new PortInUseError(port) : error);
    });
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `http://127.0.0.1:${bound}`,
    port: bound,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
