import { AwsError } from '../../wire/errors.ts';

/** What Organizations says no with, in its own words where public code shows them (C). */
export const notInUse = (): AwsError =>
  new AwsError('AWSOrganizationsNotInUseException', 'Your account is not a member of an organization.');

export const accessDenied = (): AwsError =>
  new AwsError('AccessDeniedException', "You don't have permissions to access this resource.");

export const invalidInput = (
  reason: string,
  message = 'You provided invalid values for one or more parameters.',
): AwsError => new AwsError('InvalidInputException', message, { members: { Reason: reason } });

export const constraint = (reason: string, message: string): AwsError =>
  new AwsError('ConstraintViolationException', message, { members: { Reason: reason } });

/** `You specified an account that doesn't exist.` under the code of what was looked for. */
export const missing = (code: string, what: string): AwsError =>
  new AwsError(code, `You specified ${what} that doesn't exist.`);
