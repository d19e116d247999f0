/** A request as the gateway takes it, whatever transport brought it. */
export interface WireRequest {
  readonly method: string;
  /** Percent-encoded, without the query. */
  readonly path: string;
  /** Decoded names and values. */
  readonly query: Readonly<Record<string, string | readonly string[]>>;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** The caller's IP address; `127.0.0.1` when the transport has none. */
  readonly sourceAddress?: string;
}

/** What the gateway answers. */
export interface WireResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export const bytesOf = (text: string): Uint8Array => encoder.encode(text);
export const textOf = (bytes: Uint8Array): string => decoder.decode(bytes);

/** The first value of a query parameter. */
export function queryValue(request: WireRequest, name: string): string | undefined {
  const value = request.query[name];
  return typeof value === 'string' ? value : value?.[0];
}

/** Header, status and body of an answer, with the request id every AWS answer carries. */
export function answer(
  status: number,
  contentType: string,
  body: Uint8Array,
  requestId: string,
  headers: Readonly<Record<string, string>> = {},
): WireResponse {
  return { status, headers: { 'content-type': contentType, 'x-amzn-requestid': requestId, ...headers }, body };
}
