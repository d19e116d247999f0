import { z } from 'zod';
import { type Layout, plainLayout } from '../terminal/output.ts';
import { argumentAt } from './argument-words.ts';

/** Problem details (RFC 9457) as the API of this product answers them. */
const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  detail: z.string(),
  instance: z.string(),
  remedy: z.string(),
  errors: z
    .array(
      z.object({
        pointer: z.string().optional(),
        parameter: z.string().optional(),
        header: z.string().optional(),
        detail: z.string(),
      }),
    )
    .default([]),
});
type Problem = z.output<typeof problemSchema>;

/** The API refused the request. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  /** Absent if API Gateway or a proxy answered, not the API. */
  readonly problem: Problem | undefined;

  private constructor(message: string, status: number, problem: Problem | undefined) {
    super(message);
    this.status = status;
    this.problem = problem;
  }

  static async of(request: Request, response: Response): Promise<ApiError> {
    const body = await response.text();
    const asked = `${request.method} ${decodeURI(new URL(request.url).pathname)}`;
    const problem = problemSchema.safeParse(parsed(body)).data;
    const message =
      problem === undefined ? withoutProblem(asked, response, body) : problemText(problem, plainLayout.typed);
    return new ApiError(message, response.status, problem);
  }

  /** What is wrong and what to do. @param typed what to type for a next command. */
  text(typed: Layout['typed']): string {
    return this.problem === undefined ? this.message : problemText(this.problem, typed);
  }

  /** Whether what was typed is wrong: it names something that cannot be, or is not there. */
  get isUsage(): boolean {
    return this.problem !== undefined && USAGE.includes(nameOf(this.problem));
  }

  /** Whether the same request may succeed later. */
  get isPassing(): boolean {
    return this.status === 429 || this.status >= 500;
  }
}

/** Problems of what was typed, by their names. */
const USAGE = [
  'path-invalid',
  'query-invalid',
  'body-invalid',
  'service-not-found',
  'network-not-found',
  'sweep-not-found',
];

/** What is wrong with what was typed, where the API's own title speaks of requests. */
const TITLES: Readonly<Record<string, string>> = {
  'path-invalid': 'Invalid argument',
  'query-invalid': 'Invalid option',
  'body-invalid': 'Invalid argument',
};

/** What to do at the command line, where the API's own remedy speaks of requests. */
const REMEDIES: Readonly<Record<string, (typed: Layout['typed']) => string>> = {
  'path-invalid': (typed) => `"${typed('list')}" prints the services, "${typed('sweep list')}" the sweeps.`,
  'query-invalid': () => 'Correct what is named above.',
  'body-invalid': () => 'Correct what is named above.',
  'service-not-found': (typed) => `"${typed('list')}" prints the services that the stack knows.`,
  'not-attached': () => 'Attach it first with "attach".',
  'sweep-not-found': (typed) => `"${typed('sweep list')}" prints the sweeps of the last thirty days.`,
  'sweep-not-held': (typed) => `"${typed('sweep show latest')}" prints the state of the latest one.`,
  'report-not-found': (typed) => `Try again in a minute, or begin a sweep with "${typed('sweep')}".`,
  'sweep-late': (typed) => `Wait until "${typed('sweep list')}" shows it, and do not begin another one before that.`,
};

/** `not-allowed` */
const nameOf = ({ type }: Pick<Problem, 'type'>): string => type.slice(type.lastIndexOf(':') + 1);

/** What is wrong, where, and what to do, in the words of the command line. */
function problemText(problem: Problem, typed: Layout['typed']): string {
  const { title, detail, instance, errors } = problem;
  const name = nameOf(problem);
  const where = errors.map(({ pointer, parameter, header, detail: wrong }) => {
    const at = pointer ?? parameter;
    const place = at === undefined ? header && `header ${header}` : at === '#' ? undefined : argumentAt(at, name);
    return `  ${place === undefined ? '' : `${place}: `}${wrong}`;
  });
  // The detail repeats the listed errors.
  const what = errors.length === 0 ? detail : (TITLES[name] ?? title);
  const about = USAGE.includes(name) ? [] : [`(${name} in docs/api-errors.md, ${instance})`];
  return [what, ...where, REMEDIES[name]?.(typed) ?? problem.remedy, ...about].join('\n');
}

/** API Gateway refuses requests before they reach the API: `{"message":"Forbidden"}`. */
const messageSchema = z.object({ message: z.string() });

function withoutProblem(asked: string, { status, headers }: Response, body: string): string {
  const said = messageSchema.safeParse(parsed(body)).data?.message ?? body.trim().slice(0, 200);
  const requestId = headers.get('apigw-requestid');
  // AWS never says why; the embedded cloud does.
  const why = headers.get('x-embedded-reason');
  const about = `(${asked}: ${status}${requestId === null ? '' : `, request ${requestId}`})`;
  switch (status) {
    case 403:
      return `API Gateway refused the request: ${said}${why === null ? '' : ` (${why})`}\nThe credentials in use lack execute-api:Invoke on this route, or are invalid. The stack brings two managed policies, <stack>-api-read and <stack>-api-change (docs/api.md). "aws sts get-caller-identity" shows whose they are.\n${about}`;
    case 404:
      return `The server there is not an API of this product: ${said}\nCompare the URL with the output ApiUrl of the stack.\n${about}`;
    default:
      return `The API answered with ${status}: ${said}\n${about}`;
  }
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
