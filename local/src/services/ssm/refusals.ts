import { AwsError } from '../../wire/errors.ts';

export const validation = (message: string): AwsError => new AwsError('ValidationException', message);

/** The constraint in the words of AWS's validation. */
export const constraint = (value: string | number, member: string, needs: string): AwsError =>
  validation(
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must ${needs}`,
  );

export const notFound = (name: string): AwsError => new AwsError('ParameterNotFound', `Parameter ${name} not found.`);

export const accessDenied = (message: string): AwsError => new AwsError('AccessDeniedException', message);
