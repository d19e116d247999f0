import { request as httpRequest } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** A request as it goes out. */
export interface OutgoingRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** @throws TypeError with the cause, when there is no answer. */
export type Send = (url: string, outgoing: OutgoingRequest) => Promise<Response>;

/** With `fetch`, which sends the host of the URL as Host, whatever the headers say. */
export const sendByFetch: Send = (url, outgoing) => fetch(url, { ...outgoing, redirect: 'manual' });

/** With the Host of the headers, for the embedded cloud, which serves many hosts at one address over plain HTTP. */
export const sendWithHost: Send = (url, { method, headers, body = '' }) =>
  new Promise((resolve, reject) => {
    const failed = (cause: Error) => reject(new TypeError('request failed', { cause }));
    const outgoing = httpRequest(url, { method, headers }, (incoming) => {
      const given = Object.entries(incoming.headersDistinct).flatMap(([name, values = []]) =>
        values.map((value): [string, string] => [name, value]),
      );
      buffer(incoming).then(
        (content) =>
          resolve(
            new Response(content.length === 0 ? null : content, { status: incoming.statusCode ?? 0, headers: given }),
          ),
        failed,
      );
    });
    outgoing.on('error', failed);
    outgoing.end(body);
  });
