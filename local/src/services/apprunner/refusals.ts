import { AwsError } from '../../wire/errors.ts';

/** The modelled refusals of App Runner. Messages marked C are captured from live AWS, the others only follow their tone (inferred). */
export const invalidRequest = (message: string): AwsError => new AwsError('InvalidRequestException', message);

export const invalidState = (message: string): AwsError => new AwsError('InvalidStateException', message);

export const quotaExceeded = (message: string): AwsError => new AwsError('ServiceQuotaExceededException', message);

export const notFound = (arn: string | undefined): AwsError =>
  new AwsError('ResourceNotFoundException', `Resource not found for the provided ARN: ${arn ?? ''}.`);

/** `1 validation error detected …`: what AWS's frameworks answer for a member that breaks its modelled constraint (inferred). */
export const constraint = (value: string | number, member: string, rule: string): AwsError =>
  invalidRequest(
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must ${rule}`,
  );
