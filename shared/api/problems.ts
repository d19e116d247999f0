import * as z from 'zod';

interface ProblemDefinition {
  readonly status: number;
  /** The same for every occurrence (RFC 9457 §3.1.3). */
  readonly title: string;
  readonly meaning: string;
  /** What to do, unless the occurrence knows better. */
  readonly remedy: string;
}

/** Every error the API answers with: a closed list, from which `docs/api-errors.md` is generated. */
export const problemDefinitions = {
  'route-unknown': {
    status: 404,
    title: 'Route not found',
    meaning: 'The API has no route at this path.',
    remedy: 'See docs/openapi.json for every route. Paths are case-sensitive and have no final slash.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'Method not allowed',
    meaning: 'The route at this path takes other methods. The header `Allow` lists them.',
    remedy: 'Use one of the methods in the header Allow.',
  },
  'path-invalid': {
    status: 400,
    title: 'Invalid path',
    meaning: 'A part of the path is not a valid account, region, name or id.',
    remedy:
      'Take the account, region, name and id from the ARN of the service, and the id of a sweep from GET /sweeps.',
  },
  'query-invalid': {
    status: 400,
    title: 'Invalid query',
    meaning: 'A query parameter is unknown, given twice, or has a value it does not take.',
    remedy: 'Correct the parameters named in errors.',
  },
  'cursor-invalid': {
    status: 400,
    title: 'Invalid cursor',
    meaning: 'A cursor is the unchanged `next` of an earlier page.',
    remedy: 'Send the member next of the previous page as cursor, or omit cursor to start with the first page.',
  },
  'body-missing': {
    status: 400,
    title: 'Missing body',
    meaning: 'The route takes a JSON object.',
    remedy: 'Send a JSON object with Content-Type: application/json.',
  },
  'body-not-json': {
    status: 400,
    title: 'Body is not JSON',
    meaning: 'The body cannot be read as JSON in UTF-8.',
    remedy: 'Send one JSON object in UTF-8.',
  },
  'body-unexpected': {
    status: 400,
    title: 'Unexpected body',
    meaning: 'A GET request has a body.',
    remedy: 'Send no body; filters are query parameters.',
  },
  'body-too-large': {
    status: 413,
    title: 'Body too large',
    meaning: 'The body exceeds the limit of the route.',
    remedy: 'Stay below the limit that detail names.',
  },
  'content-type-unsupported': {
    status: 415,
    title: 'Unsupported content type',
    meaning: 'The API reads uncompressed JSON only.',
    remedy: 'Send Content-Type: application/json and no Content-Encoding.',
  },
  'body-invalid': {
    status: 422,
    title: 'Invalid request body',
    meaning: 'A member is unknown, missing or invalid. `errors` points at each.',
    remedy: 'Correct the members that errors names. docs/openapi.json has the schema of every body.',
  },
  'caller-unknown': {
    status: 403,
    title: 'Unknown caller',
    meaning: 'The request has no IAM identity. API Gateway adds one to every signed request.',
    remedy: 'Call the API by its URL, with a request signed for execute-api (SigV4).',
  },
  'out-of-scope': {
    status: 422,
    title: 'Account or region out of scope',
    meaning: 'The policy of this installation does not include the account or the region.',
    remedy: 'Correct the path, or ask the owner of the stack to add the account or region to the policy.',
  },
  'service-not-found': {
    status: 404,
    title: 'Service not found',
    meaning: 'App Runner neither describes nor lists the service, and this installation has no record of it.',
    remedy: 'Compare the path with the ARN of the service. GET /services lists the known services.',
  },
  'not-allowed': {
    status: 422,
    title: 'Request not allowed',
    meaning:
      'The requested tags would cause findings of severity error: a name, a zone or a VPC that is not allowed. Nothing was written.',
    remedy: 'Request what is allowed; each error says what is allowed, and who can allow more.',
  },
  'network-not-found': {
    status: 422,
    title: 'Network not found',
    meaning:
      'The request names a VPC or an endpoint that is not in the account and region of the service. Nothing was written.',
    remedy: 'Name one that is there.',
  },
  'policy-decides': {
    status: 409,
    title: 'Overruled by the policy',
    meaning:
      'The request would not have its effect, because the policy or the state of the service overrules it. Nothing was written.',
    remedy: 'Read in detail what would happen instead.',
  },
  'not-attached': {
    status: 409,
    title: 'Service not attached',
    meaning: 'Only an attached service can adopt records.',
    remedy: 'Attach it first: POST …/attach.',
  },
  'sweep-not-found': {
    status: 404,
    title: 'Sweep not found',
    meaning: 'No sweep has this id. Sweeps are kept for thirty days.',
    remedy: 'GET /sweeps lists the known sweeps.',
  },
  'sweep-not-held': {
    status: 409,
    title: 'Sweep not held',
    meaning: 'Only a held sweep, which exceeds the limits of the policy, can be confirmed.',
    remedy: 'Read its state with GET /sweeps/{id}. Start another sweep with POST /sweeps.',
  },
  'sweep-failed': {
    status: 502,
    title: 'Sweep function failed',
    meaning: 'The function that starts and confirms sweeps ended with an error.',
    remedy: 'Read the log of the sweep function.',
  },
  'sweep-late': {
    status: 503,
    title: 'Sweep function has not answered yet',
    meaning:
      'Reading the accounts, or enqueueing the reconciliations, takes longer than a request may. The function continues.',
    remedy: 'Wait until GET /sweeps shows the sweep; do not repeat the request before that.',
  },
  'report-not-found': {
    status: 404,
    title: 'Report not found',
    meaning: 'A report is written some seconds after a sweep has ended, and kept for thirty days.',
    remedy: 'Try again in a minute, or begin a sweep with POST /sweeps and wait until it has ended.',
  },
  'report-failed': {
    status: 502,
    title: 'Report function failed',
    meaning: 'The function that says where reports are ended with an error.',
    remedy: 'Read the log of the report function.',
  },
  'service-busy': {
    status: 409,
    title: 'Service busy',
    meaning: 'An App Runner operation is in progress on the service, which refuses changes until it ends.',
    remedy: 'Try again in half a minute.',
  },
  'aws-refused': {
    status: 422,
    title: 'Refused by AWS',
    meaning: 'AWS refused the call for a lasting reason, such as too many tags.',
    remedy: 'Read the message of AWS in detail.',
  },
  'aws-access-denied': {
    status: 502,
    title: 'Stack lacks a permission',
    meaning:
      'AWS denied a call to a role of the stack (not to the caller). This says nothing about the service: it may exist.',
    remedy: 'Ask the owner of the stack to grant the action that detail names.',
  },
  'aws-throttled': {
    status: 503,
    title: 'Throttled by AWS',
    meaning: 'AWS throttled the calls of this request, retries included.',
    remedy: 'Try again after the seconds in the header Retry-After.',
  },
  'aws-unavailable': {
    status: 503,
    title: 'AWS unavailable',
    meaning: 'An AWS API failed, or did not answer.',
    remedy: 'Try again after the seconds in the header Retry-After.',
  },
  internal: {
    status: 500,
    title: 'Internal error',
    meaning: 'An unexpected error. The log of the api function has it under the request id in `instance`.',
    remedy: 'Try again. If it fails again, read the log of the api function.',
  },
} as const satisfies Readonly<Record<string, ProblemDefinition>>;

export type ProblemName = keyof typeof problemDefinitions;

/** `type` of a problem: stable, and documented in docs/api-errors.md. */
export function problemType(name: ProblemName): string {
  return `urn:apprunner-private-ingress:problem:${name}`;
}

/** Where something is wrong: one of `pointer` (into the body, RFC 6901 as a fragment), `parameter` or `header`. */
export const problemError = z.object({
  pointer: z.string().optional().describe('JSON pointer into the body, as a URI fragment: #/domains/0'),
  parameter: z.string().optional().describe('Name of a query or path parameter'),
  header: z.string().optional(),
  detail: z.string().describe('What is wrong there, and what was expected'),
});
export type ProblemError = z.infer<typeof problemError>;

/** Problem details (RFC 9457), media type `application/problem+json`. */
export const problem = z.object({
  type: z.string().describe('Stable; one of docs/api-errors.md'),
  title: z.string(),
  status: z.number().int(),
  detail: z.string().describe('What is wrong, this time'),
  instance: z.string().describe('urn:request: and the id of the request, to be found in the logs'),
  remedy: z.string().describe('What to do'),
  errors: z.array(problemError).readonly().optional(),
});
export type Problem = z.infer<typeof problem>;

/** The app turns it into the answer. */
export class RequestProblem extends Error {
  override readonly name = 'RequestProblem';
  readonly problem: ProblemName;
  readonly remedy: string;
  readonly errors: readonly ProblemError[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    problem: ProblemName,
    detail: string,
    more: {
      readonly remedy?: string;
      readonly errors?: readonly ProblemError[];
      readonly headers?: Readonly<Record<string, string>>;
      readonly cause?: unknown;
    } = {},
  ) {
    super(detail, { cause: more.cause });
    this.problem = problem;
    this.remedy = more.remedy ?? problemDefinitions[problem].remedy;
    this.errors = more.errors ?? [];
    this.headers = more.headers ?? {};
  }
}
