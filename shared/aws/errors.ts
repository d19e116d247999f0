import { errorName } from '../errors.ts';

/**
 * What an error of AWS means, whatever the service. The clients' own classes do not help: each service spells it
 * differently, and a service may throw what its model lacks.
 */

/** Whether AWS sent the error: anything else is a fault of this program and is rethrown. */
export function isFromAws(error: unknown): boolean {
  return error instanceof Error && '$metadata' in error;
}

/** AccessDenied in the spellings of App Runner, EC2, Route 53, Lambda and DynamoDB. It is never "not found". */
export function isAccessDenied(error: unknown): boolean {
  return ['AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation', 'AuthorizationError'].includes(
    errorName(error),
  );
}

/** How services report a region that is not enabled: it does not know the credentials. */
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

/**
 * Errors about the service, the network or the rate, not about the request; also a success whose answer cannot be read, which the
 * client throws: what was asked for may have happened.
 */
export function isTransient(error: unknown): boolean {
  if (isThrottled(error) || ['TimeoutError', 'RequestTimeout', 'AbortError'].includes(errorName(error))) return true;
  if (!(error instanceof Error)) return false;
  if ('code' in error && typeof error.code === 'string' && /^(E[A-Z]+|ERR_SOCKET.*)$/.test(error.code)) return true;
  const status = metadataNumber(error, 'httpStatusCode');
  return status !== undefined && (status >= 500 || status < 400);
}

/** How many attempts the client made: the refusal may be about the second one only. */
export function attempts(error: unknown): number {
  return metadataNumber(error, 'attempts') ?? 1;
}

function metadataNumber(error: unknown, name: 'httpStatusCode' | 'attempts'): number | undefined {
  const metadata = error instanceof Error && '$metadata' in error ? error.$metadata : undefined;
  if (typeof metadata !== 'object' || metadata === null) return undefined;
  const value: unknown = Object.entries(metadata).find(([key]) => key === name)?.[1];
  return typeof value === 'number' ? value : undefined;
}
