import { Readable } from 'node:stream';
import { HttpResponse } from '@smithy/core/transport';
import type { Gateway } from './gateway.ts';
import { bytesOf } from './message.ts';

/** The part of an SDK's HttpRequest that reaches the wire. */
interface SdkRequest {
  readonly hostname?: string;
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** A `requestHandler` for any SDK client: its calls go straight to the gateway, without socket, port or timer. */
export interface InProcessRequestHandler {
  handle(
    request: SdkRequest,
    options?: { readonly abortSignal?: { readonly aborted: boolean } },
  ): Promise<{ response: HttpResponse }>;
  updateHttpClientConfig(): void;
  httpHandlerConfigs(): Record<string, never>;
}

async function bodyOf(body: unknown): Promise<Uint8Array> {
  if (body === undefined || body === null) return new Uint8Array();
  if (typeof body === 'string') return bytesOf(body);
  if (body instanceof Uint8Array) return body;
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
  if (body instanceof Readable) return new Uint8Array(Buffer.concat(await body.toArray()));
  throw new TypeError(`the in-process handler cannot send a body of type ${typeof body}`);
}

/**
 * `new AppRunnerClient({ requestHandler: inProcessHandler(gateway), region, credentials })`
 *
 * The client needs no endpoint: the address of its requests is ignored.
 */
export function inProcessHandler(
  gateway: Pick<Gateway, 'handle'>,
  sourceAddress = '127.0.0.1',
): InProcessRequestHandler {
  return {
    async handle(request, options) {
      if (options?.abortSignal?.aborted) throw Object.assign(new Error('Request aborted'), { name: 'AbortError' });
      const query: Record<string, string | readonly string[]> = {};
      for (const [name, value] of Object.entries(request.query ?? {})) query[name] = value ?? '';
      const headers: Record<string, string> = {};
      for (const [name, value] of Object.entries(request.headers)) headers[name.toLowerCase()] = value;
      const { method, path } = request;
      const answer = await gateway.handle({
        method,
        path,
        query,
        headers,
        body: await bodyOf(request.body),
        sourceAddress,
      });
      // What can be asked for in ranges (an object of S3) is handed to its caller as a stream.
      const body = answer.headers['accept-ranges'] === undefined ? answer.body : Readable.from([answer.body]);
      return { response: new HttpResponse({ statusCode: answer.status, headers: { ...answer.headers }, body }) };
    },
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
  };
}
