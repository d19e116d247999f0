import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { foreignRequest } from '../../wire/foreign-requests.ts';
import { bodyOf, type HttpServer, listenOn } from '../../wire/http-server.ts';
import type { HttpApis } from './http-apis.ts';
import { type ApiRequest, type ApiResponse, plainResponse } from './message.ts';

/** Bytes kept of a body, one more than an HTTP API takes. */
const MOST_READ = 10 * 1024 * 1024 + 1;

/**
 * Puts HTTP APIs on 127.0.0.1: the one that the Host header names (`<id>.execute-api.<region>.amazonaws.com`), else
 * the default one.
 *
 * @param options.port 0 for any free one.
 * @param options.defaultApi its id; `undefined` while there is none.
 * @throws PortInUseError
 */
export async function startApiServer(options: {
  readonly apis: Pick<HttpApis, 'handle' | 'byHost'>;
  readonly port: number;
  readonly defaultApi: () => string | undefined;
  /** Answers GET requests that are for no API's own host, before the default API does; `undefined`: it does not. */
  readonly page?: (target: string) => Promise<ApiResponse | undefined>;
}): Promise<HttpServer> {
  const { apis, port, defaultApi, page } = options;
  const server = createServer({ maxHeaderSize: 64 * 1024 }, async (incoming, outgoing) => {
    try {
      const foreign = foreignRequest(incoming.headers, (host) => apis.byHost(host) !== undefined);
      if (foreign !== undefined) return send(outgoing, plainResponse(403, foreign));
      const request = await apiRequest(incoming);
      const named = apis.byHost(request.headers.host ?? '')?.id;
      const shown = named === undefined && request.method === 'GET' ? await page?.(request.target) : undefined;
      if (shown !== undefined) return send(outgoing, shown);
      const apiId = named ?? defaultApi();
      send(outgoing, apiId === undefined ? plainResponse(404, 'Not Found') : await apis.handle(apiId, request));
    } catch {
      outgoing.destroy();
    }
  });
  return listenOn(server, port);
}

async function apiRequest(incoming: IncomingMessage): Promise<ApiRequest> {
  const headers = Object.entries(incoming.headersDistinct).map(([name, values = []]) => [
    name,
    values.join(name === 'cookie' ? '; ' : ','),
  ]);
  const { remoteAddress = '127.0.0.1' } = incoming.socket;
  return {
    method: incoming.method ?? 'GET',
    target: incoming.url ?? '/',
    headers: Object.fromEntries(headers),
    body: await bodyOf(incoming, MOST_READ),
    sourceAddress: remoteAddress,
  };
}

function send(outgoing: ServerResponse, { status, headers, cookies, body }: ApiResponse): void {
  outgoing.writeHead(status, {
    ...headers,
    ...(cookies.length === 0 ? {} : { 'set-cookie': [...cookies] }),
    'content-length': body.length,
  });
  outgoing.end(body);
}
