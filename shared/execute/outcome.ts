import { attempts, isAccessDenied, isFromAws, isTransient } from '../aws/errors.ts';
import { errorMessage, errorName } from '../errors.ts';
import type { FindingCode } from '../findings.ts';

/** What became of an action. Only `done` is success; nothing unknown ever is. */
export type ExecutionOutcome =
  | { readonly kind: 'done' }
  /** The world is not as it was observed, or busy: observe again. `uncertain`: it may have been done all the same. */
  | { readonly kind: 'retry'; readonly reason: string; readonly maybeApplied?: true }
  /** AWS said no for a reason that does not pass by itself. */
  | { readonly kind: 'refused'; readonly code: FindingCode; readonly message: string; readonly maybeApplied?: true };

/** Errors that mean "not now" or "not as you think": only the next observation may decide which. */
const OBSERVE_AGAIN = new Set([
  // App Runner: an operation runs on the service, or the service, endpoint or domain is not there (any more).
  'InvalidStateException',
  'ResourceNotFoundException',
  // EC2: an id that was just observed is gone, or one just created is not yet known everywhere.
  'InvalidVpcEndpointId.NotFound',
  'InvalidSubnetID.NotFound',
  'InvalidGroup.NotFound',
  'InvalidGroupId.NotFound',
  'InvalidGroup.Duplicate',
  // Route 53: a change of the same zone is under way; the zone is gone.
  'PriorRequestNotComplete',
  'NoSuchHostedZone',
]);

/**
 * The outcome an error stands for.
 * @param refusal the finding code for a refusal that has no better one.
 * @throws the error itself when it is a fault of this program.
 */
export function outcomeOf(error: unknown, refusal: FindingCode = 'refused'): ExecutionOutcome {
  if (isTransient(error)) {
    return { kind: 'retry', reason: `${errorName(error)}: ${errorMessage(error)}`, maybeApplied: true };
  }
  if (!isFromAws(error)) throw error;
  if (isAccessDenied(error)) return { kind: 'refused', code: 'access-denied', message: errorMessage(error) };
  if (OBSERVE_AGAIN.has(errorName(error))) return retryLater(error, errorMessage(error));
  return { kind: 'refused', code: refusal, message: `${errorName(error)}: ${errorMessage(error)}`, ...doubt(error) };
}

/** The world is not as it was observed. */
export function retryLater(error: unknown, reason: string): ExecutionOutcome {
  return { kind: 'retry', reason, ...doubt(error) };
}

/** The client may have tried before, with success, and lost the answer: then "no" is about the second try only. */
function doubt(error: unknown): { readonly maybeApplied?: true } {
  return attempts(error) > 1 ? { maybeApplied: true } : {};
}
