import createClient, { type Client } from 'openapi-fetch';
import { reason } from '../aws-access.ts';
import { ConnectError } from '../errors.ts';
import { checkArguments } from './arguments.ts';
import type { paths } from './paths.ts';
import { ApiError } from './problem.ts';
import { signedFetch } from './signed-fetch.ts';
import type { ApiTarget } from './target.ts';

export type ApiClient = Client<paths>;
export type { Schemas } from './paths.ts';

/**
 * The API of a stack, as `docs/openapi.json` describes it. A call without a successful answer throws.
 * @param now milliseconds since the epoch, the time of signatures.
 */
export function apiClient(target: ApiTarget, now: () => number): ApiClient {
  const client = createClient<paths>({ baseUrl: target.url, fetch: signedFetch(target, now) });
  client.use({
    // Wrong arguments are the person's own: no request says so better than the command line can.
    onRequest: async ({ request, schemaPath, params }) => {
      const body = await request.clone().text();
      checkArguments({
        method: request.method,
        path: schemaPath,
        params,
        body: body === '' ? undefined : JSON.parse(body),
      });
    },
    onResponse: async ({ request, response }) => {
      // A redirect is an answer: its address is for the caller to read.
      if (!response.ok && response.status !== 302) throw await ApiError.of(request, response);
      const type = response.headers.get('content-type') ?? 'nothing';
      if (!type.startsWith('application/json')) {
        throw new ConnectError(
          `${request.url} answers with ${type}, not with JSON: that is not the API of this product.`,
        );
      }
    },
    onError: ({ error }) =>
      // What `fetch` throws when there is no answer.
      error instanceof TypeError
        ? new ConnectError(`The API does not answer at ${target.url}: ${reason(error)}`)
        : undefined,
  });
  return client;
}

/** Where an answer redirects to. */
export async function addressOf(call: Promise<{ readonly response: Response }>): Promise<string> {
  const { response } = await call;
  const address = response.headers.get('location');
  if (address !== null) return address;
  throw new ConnectError(
    `${response.url} answered ${response.status} without an address: that is not the API of this product.`,
  );
}

/** The data of an answer. It exists, because a call without an answer throws. */
export async function dataOf<Data>(
  call: Promise<{ readonly data?: Data; readonly response: Response }>,
): Promise<Data> {
  const { data, response } = await call;
  if (data !== undefined) return data;
  throw new ConnectError(
    `${response.url} answered ${response.status} without content: that is not the API of this product.`,
  );
}
