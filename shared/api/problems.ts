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
    title: 'There is no such route',
    meaning: 'Nothing of the API is at the path.',
    remedy: 'See docs/openapi.json for every route. Paths are case-sensitive and have no final slash.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'The route does not take this method',
    meaning: 'There is a route at the path, for other methods. The header `Allow` names them.',
    remedy: 'Use one of the methods in the header Allow.',
  },
  'path-invalid': {
    status: 400,
    title: 'The path is malformed',
    meaning: 'A part of the path is not what stands there: an account, a region, a name or an id.',
    remedy:
      'Write /services/{account}/{region}/{name}/{id} as in the ARN of the service, and the id of a sweep as the list of sweeps has it.',
  },
  'query-invalid': {
    status: 400,
    title: 'The query is wrong',
    meaning: 'A query parameter is unknown, given twice, or has a value it does not take.',
    remedy: 'Correct the parameters named in errors.',
  },
  'cursor-invalid': {
    status: 400,
    title: 'The cursor is not one of this API',
    meaning: 'A cursor is what an earlier page had in `next`, unchanged.',
    remedy: 'Pass on the member next of the page before, or leave the cursor out to begin anew.',
  },
  'body-missing': {
    status: 400,
    title: 'The request has no body',
    meaning: 'The route takes a JSON object.',
    remedy: 'Send a JSON object with Content-Type: application/json.',
  },
  'body-not-json': {
    status: 400,
    title: 'The body is not JSON',
    meaning: 'The body cannot be read as JSON in UTF-8.',
    remedy: 'Send one JSON object in UTF-8.',
  },
  'body-unexpected': {
    status: 400,
    title: 'The route takes no body',
    meaning: 'A GET came with a body.',
    remedy: 'Leave the body out; filters are query parameters.',
  },
  'body-too-large': {
    status: 413,
    title: 'The body is too large',
    meaning: 'The body is larger than anything the route takes.',
    remedy: 'Send no more than the limit in detail.',
  },
  'content-type-unsupported': {
    status: 415,
    title: 'The body is not of a type that is read here',
    meaning: 'Bodies are JSON, not compressed.',
    remedy: 'Send Content-Type: application/json and no Content-Encoding.',
  },
  'body-invalid': {
    status: 422,
    title: 'The body is not what the route takes',
    meaning: 'A member is unknown, missing or of another form. `errors` points at each.',
    remedy: 'Correct what is named in errors. docs/openapi.json says what every body has to look like.',
  },
  'caller-unknown': {
    status: 403,
    title: 'Nobody is known to be asking',
    meaning: 'The request came without an IAM identity, which API Gateway adds to every signed request.',
    remedy: 'Call the API by its URL, with a request signed for execute-api (SigV4).',
  },
  'not-looked-after': {
    status: 422,
    title: 'This account or region is not looked after',
    meaning: 'The service would be in an account or region that is not in the policy of this installation.',
    remedy: 'Correct the path, or let the owner of the stack add the account or region.',
  },
  'service-not-found': {
    status: 404,
    title: 'There is no such service',
    meaning: 'App Runner neither describes nor lists the service, and this installation has never known it.',
    remedy: 'Compare the path with the ARN of the service. GET /services lists those that are known.',
  },
  'not-allowed': {
    status: 422,
    title: 'What is asked for is not allowed here',
    meaning:
      'With the tags asked for, the service would have findings of severity error at once: a name outside the allowed ones, a zone, a VPC. Nothing was written.',
    remedy: 'Ask for something that is allowed; each error says what is, and who can allow more.',
  },
  'policy-decides': {
    status: 409,
    title: 'The policy decides otherwise',
    meaning: 'What is asked for would not come of it, because the policy or the state of the service says otherwise.',
    remedy: 'See detail for what would come of it instead.',
  },
  'not-attached': {
    status: 409,
    title: 'The service is not attached',
    meaning: 'Only a service that is kept private has records to take over.',
    remedy: 'Attach it first: POST …/attach.',
  },
  'sweep-not-found': {
    status: 404,
    title: 'There is no such sweep',
    meaning: 'No sweep has this id. Sweeps are kept for thirty days.',
    remedy: 'GET /sweeps lists those that are known.',
  },
  'sweep-not-held': {
    status: 409,
    title: 'The sweep is not held',
    meaning: 'Only a sweep that wanted more than the limits allow waits to be confirmed.',
    remedy: 'GET /sweeps/{id} says how it is. What differs now is found by another one: POST /sweeps.',
  },
  'sweep-failed': {
    status: 502,
    title: 'The sweep function failed',
    meaning: 'The function that begins sweeps, and lets held ones go on, ended with an error.',
    remedy: 'Read the log of the sweep function.',
  },
  'sweep-late': {
    status: 503,
    title: 'The sweep function has not answered yet',
    meaning:
      'Enumerating the accounts, or asking for all the looks, takes longer than a request may. It goes on by itself.',
    remedy: 'GET /sweeps shows it as soon as it has begun, or gone on. Do not ask again before that.',
  },
  'service-busy': {
    status: 409,
    title: 'The service is busy',
    meaning: 'An operation runs on the service, and App Runner takes no change meanwhile.',
    remedy: 'Try again in half a minute.',
  },
  'aws-refused': {
    status: 422,
    title: 'AWS refused it',
    meaning: 'AWS refused the call for a reason that will not go away by itself, such as too many tags.',
    remedy: 'See detail for what AWS says.',
  },
  'aws-access-denied': {
    status: 502,
    title: 'The stack lacks a permission',
    meaning:
      'A role of the stack (not the caller) was denied something by AWS. Nothing is concluded from it: the service may well be there.',
    remedy: 'Let the owner of the stack grant the action named in detail.',
  },
  'aws-throttled': {
    status: 503,
    title: 'AWS asks to slow down',
    meaning: 'AWS throttled the calls this takes, also when they were tried again.',
    remedy: 'Try again after the seconds in the header Retry-After.',
  },
  'aws-unavailable': {
    status: 503,
    title: 'AWS could not be asked',
    meaning: 'An AWS API failed, or did not answer.',
    remedy: 'Try again after the seconds in the header Retry-After.',
  },
  internal: {
    status: 500,
    title: 'This is our mistake',
    meaning: 'Something happened that should not. The log of the function has it under the request id in `instance`.',
    remedy: 'Try again; if it stays so, look into the log of the api function.',
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

/** Thrown by whatever finds that a request cannot be answered as asked; the router makes the answer of it. */
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
