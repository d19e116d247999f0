import type { Violation } from '../../wire/constraints.ts';
import { AwsError } from '../../wire/errors.ts';

/** What Organizations says no with, in its own words where public code shows them (captured). */
export const notInUse = (): AwsError =>
  new AwsError('AWSOrganizationsNotInUseException', 'Your account is not a member of an organization.');

export const accessDenied = (): AwsError =>
  new AwsError('AccessDeniedException', "You don't have permissions to access this resource.");

export const invalidInput = (
  reason: string,
  message = 'You provided invalid values for one or more parameters.',
): AwsError => new AwsError('InvalidInputException', message, { members: { Reason: reason } });

/**
 * The answer to an input that breaks the model. The text of a pattern is captured from AWS
 * (https://github.com/RoadieHQ/roadie-backstage-plugins/issues/1391), the others are not seen.
 */
export function brokenInput([first]: readonly Violation[]): AwsError {
  switch (first?.kind) {
    case 'pattern':
      return invalidInput('INVALID_PATTERN', 'You provided a value that does not match the required pattern.');
    case 'enum':
      return invalidInput('INVALID_ENUM', 'You specified an invalid value.');
    case 'length':
      return first.rule.includes('less than')
        ? invalidInput('MAX_LENGTH_EXCEEDED', 'You exceeded the maximum length of a value.')
        : invalidInput('MIN_LENGTH_EXCEEDED', 'You provided a value that is too short.');
    default:
      return invalidInput('INVALID_PATTERN', 'You provided a value that is out of range.');
  }
}

export const constraint = (reason: string, message: string): AwsError =>
  new AwsError('ConstraintViolationException', message, { members: { Reason: reason } });

/** `You specified an account that doesn't exist.` under the code of what was requested. */
export const missing = (code: string, what: string): AwsError =>
  new AwsError(code, `You specified ${what} that doesn't exist.`);
