import { errorName } from '../errors.ts';

/**
 * What an error of AWS means, whatever service it is of. The clients' own classes do not tell: each service spells it
 * otherwise, and what a service throws need not be in its model.
 */

/** Whether the error came from AWS at all: anything else is a fault of this program and is thrown on. */
export function isFromAws(error: unknown): boolean {
  return error instanceof Error && '$metadata' in error;
}

/** AccessDenied in the spellings of App Runner, EC2, Route 53, Lambda and DynamoDB. It is never "not found". */
export function isAccessDenied(error: unknown): boolean {
  return ['AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation', 'AuthorizationError'].includes(
    errorName(error),
  );
}

/** How the services say that a region is not enabled: credentials are not known there. */
export function isRegionDisabled(error: unknown): boolean {
  return [
    'RegionDisabledException',
    'OptInRequired',
    'UnrecognizedClientException',
    'InvalidClientTokenId',
    'AuthFailure',
  ].includes(errorName(error));
}

/** `Throttling`, `ThrottlingException`, `RequestThrottled`, `TooManyRequestsException`, EC2's and S3's own. */
export function isThrottled(error: unknown): boolean {
  return /Throttl|TooManyRequests|RequestLimitExceeded|SlowDown/.test(errorName(error));
}

/** Errors that say nothing about the request: the service, the network or the rate. */
export function isTransient(error: unknown): boolean {
  if (isThrottled(error) || ['TimeoutError', 'RequestTimeout', 'AbortError'].includes(errorName(error))) return true;
  if (!(error instanceof Error)) return false;
  if ('code' in error && typeof error.code === 'string' && /^(E[A-Z]+|ERR_SOCKET.*)$/.test(error.code)) return true;
  const status = metadataNumber(error, 'httpStatusCode');
  return status !== undefined && status >= 500;
}

/** How often the client has tried: its "no" may be about the second try only. */
export function attempts(error: unknown): number {
  return metadataNumber(error, 'attempts') ?? 1;
}

function metadataNumber(error: unknown, name: 'httpStatusCode' | 'attempts'): number | undefined {
  const metadata = error instanceof Error && '$metadata' in error ? error.$metadata : undefined;
  if (typeof metadata !== 'object' || metadata === null) return undefined;
  const value: unknown = Object.entries(metadata).find(([key]) => key === name)?.[1];
  return typeof value === 'number' ? value : undefined;
}
