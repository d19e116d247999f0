/** A request to an HTTP API, whatever brought it: a socket, or a test in virtual time. */
export interface ApiRequest {
  readonly method: string;
  /** Path and query as on the request line: `/services?phase=ready`. */
  readonly target: string;
  /** Names in lower case; what was sent more than once joined by commas, cookies by `; `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** The caller's IP address; `127.0.0.1` when the transport has none. */
  readonly sourceAddress?: string;
}

export interface ApiResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** One Set-Cookie header each. */
  readonly cookies: readonly string[];
  readonly body: Uint8Array;
}

/** What API Gateway itself answers, as it answers it: `{"message":"Not Found"}`. */
export const plainResponse = (
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): ApiResponse => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  cookies: [],
  body: new TextEncoder().encode(JSON.stringify({ message })),
});
