import { denialRemedy } from '../aws/denial.ts';
import { isAccessDenied, isFromAws, isTransient } from '../aws/errors.ts';
import { errorMessage, errorName } from '../errors.ts';
import { RequestProblem } from './problems.ts';

/** Seconds after which it may well go. */
const RETRY_AFTER = { 'service-busy': 30, 'aws-throttled': 5, 'aws-unavailable': 5 } as const;

/** The problem that an error means to the caller. An unknown error is internal, and its text stays hidden. */
export function problemOf(error: unknown): RequestProblem {
  if (error instanceof RequestProblem) return error;
  const said = `${errorName(error)}: ${errorMessage(error)}`;
  if (isAccessDenied(error)) {
    const remedy = denialRemedy(said);
    return new RequestProblem('aws-access-denied', said, { cause: error, ...(remedy === undefined ? {} : { remedy }) });
  }
  if (isTransient(error)) {
    const throttled = /throttl|toomany|limitexceeded|slowdown/i.test(errorName(error));
    return later(throttled ? 'aws-throttled' : 'aws-unavailable', said, error);
  }
  if (!isFromAws(error)) return new RequestProblem('internal', 'The request could not be answered.', { cause: error });
  switch (errorName(error)) {
    case 'InvalidStateException':
      return later('service-busy', said, error);
    case 'ResourceNotFoundException':
      return new RequestProblem('service-not-found', said, { cause: error });
    default:
      return new RequestProblem('aws-refused', said, { cause: error });
  }
}

function later(problem: keyof typeof RETRY_AFTER, detail: string, cause: unknown): RequestProblem {
  return new RequestProblem(problem, detail, { cause, headers: { 'retry-after': String(RETRY_AFTER[problem]) } });
}
