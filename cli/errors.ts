import { denialRemedy } from '../shared/aws/denial.ts';
import { isAccessDenied, isTransient } from '../shared/aws/errors.ts';
import { errorMessage, errorName, SettingsError } from '../shared/errors.ts';
import { PolicyFileError } from '../shared/policy/file/problems.ts';
import { ApiError } from './api/problem.ts';
import { type Layout, plainLayout } from './terminal/output.ts';

/** The command line is not valid: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** AWS, the stack or its API cannot be reached, or refused: exit code 1. */
export class ConnectError extends Error {
  override readonly name = 'ConnectError';
}

/** There is no stack, or one without an API. */
export class NoApiError extends ConnectError {}

/** Whether what was typed is wrong: exit code 2. */
export function isUsage(error: unknown): boolean {
  return error instanceof UsageError || (error instanceof ApiError && error.isUsage);
}

/** Their messages need no name of the error. */
const EXPLAINED = [UsageError, ConnectError, SettingsError, PolicyFileError];

/** An error as data, for `--json`. */
export function errorData(error: unknown, typed: Typed): object {
  const problem = error instanceof ApiError ? error.problem : undefined;
  return { error: explainError(error, typed), ...(problem === undefined ? {} : { problem }) };
}

/** What to type for a next command. */
type Typed = Layout['typed'];

/** What is wrong and what to do. */
export function explainError(error: unknown, typed: Typed = plainLayout.typed): string {
  if (error instanceof ApiError) return error.text(typed);
  if (EXPLAINED.some((kind) => error instanceof kind)) return errorMessage(error);
  if (errorName(error) === 'CredentialsProviderError') {
    return `No AWS credentials were found: ${errorMessage(error)}\nSet AWS_PROFILE, log in with "aws sso login", or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.`;
  }
  const said = `${errorName(error)}: ${errorMessage(error)}`;
  const advice = adviceFor(error);
  return advice === undefined ? said : `${said}\n${advice}`;
}

/** AWS was asked with the user's own credentials. */
function adviceFor(error: unknown): string | undefined {
  if (isAccessDenied(error)) {
    const remedy = denialRemedy(errorMessage(error)) ?? 'They need the permission that the message names.';
    return `The call was made with your own credentials ("aws sts get-caller-identity" shows whose they are). ${remedy}`;
  }
  return isTransient(error) ? 'AWS did not answer as it should, which may pass: try again in a minute.' : undefined;
}
