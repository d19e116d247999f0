import { attempts, isAccessDenied, isFromAws, isTransient } from '../aws/errors.ts';
import { errorMessage, errorName } from '../errors.ts';
import type { FindingCode } from '../findings.ts';
import type { ConnectionState } from '../plan/observed.ts';
import type { RecordSet } from '../records/record-set.ts';

/** The outcome of an action. Only `done` is success; an unknown outcome never is. */
export type ExecutionOutcome =
  | {
      readonly kind: 'done';
      /** Records that were to be deleted and that other services need. They are not this service's any more. */
      readonly kept?: readonly RecordSet[];
      /** The connection that was created, as App Runner describes it. */
      readonly connection?: ConnectionState;
    }
  /** The world differs from what was observed, or is busy: observe again. `maybeApplied`: the action may have taken effect. */
  | { readonly kind: 'retry'; readonly reason: string; readonly maybeApplied?: true }
  /** AWS refused for a permanent reason. */
  | { readonly kind: 'refused'; readonly code: FindingCode; readonly message: string; readonly maybeApplied?: true };

/** Errors that mean "not now" or "not as observed": the next observation decides which. */
const OBSERVE_AGAIN = new Set([
  // App Runner: an operation runs on the service, or the service, endpoint or domain does not exist (any more).
  'InvalidStateException',
  'ResourceNotFoundException',
  // EC2: an id that was just observed was deleted, or one just created is not known everywhere yet.
  'InvalidVpcEndpointId.NotFound',
  'InvalidSubnetID.NotFound',
  'InvalidGroup.NotFound',
  'InvalidGroupId.NotFound',
  'InvalidGroup.Duplicate',
  // Route 53: a change of the same zone is in progress; the zone was deleted.
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

/** The world differs from what was observed. */
export function retryLater(error: unknown, reason: string): ExecutionOutcome {
  return { kind: 'retry', reason, ...doubt(error) };
}

/** An earlier attempt of the client may have succeeded and its reply been lost: then the refusal is about the second attempt only. */
function doubt(error: unknown): { readonly maybeApplied?: true } {
  return attempts(error) > 1 ? { maybeApplied: true } : {};
}
