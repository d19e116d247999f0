import { z } from 'zod';

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
    const message = problem === undefined ? withoutProblem(asked, response, body) : problemText(asked, problem);
    return new ApiError(message, response.status, problem);
  }

  /** Whether the same request may succeed later. */
  get isPassing(): boolean {
    return this.status === 429 || this.status >= 500;
  }
}

/** What is wrong, where, and what to do. */
function problemText(asked: string, { type, title, status, detail, instance, remedy, errors }: Problem): string {
  const where = errors.map(({ pointer, parameter, header, detail: wrong }) => {
    const place = pointer ?? parameter ?? (header === undefined ? undefined : `header ${header}`);
    return `  ${place === undefined ? '' : `${place}: `}${wrong}`;
  });
  const name = type.slice(type.lastIndexOf(':') + 1);
  // The detail repeats the listed errors.
  const what = errors.length === 0 ? detail : title;
  return [what, ...where, remedy, `(${asked}: ${status} ${name}, ${instance})`].join('\n');
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
