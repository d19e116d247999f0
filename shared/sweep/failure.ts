import { isAccessDenied, isRegionDisabled, isThrottled, isTransient } from '../aws/errors.ts';
import { errorMessage, errorName } from '../errors.ts';
import type { FindingDefinition } from '../findings.ts';

/** Why something could not be compared: a closed list, from which `docs/sweep.md` is generated. */
export const failureDefinitions = {
  'role-refused': {
    severity: 'error',
    meaning: 'The role by which the account is read is missing, or does not trust this stack.',
    remedy:
      'Deploy the member template in the account (for hosted zones the one for zones, for the organisation the one for organisations) with the OrganizationId and ExternalId of the hub: docs/organization.md.',
  },
  'permission-missing': {
    severity: 'error',
    meaning: 'The role by which the account is read lacks a permission.',
    remedy:
      'Update the member stack in the account (docs/organization.md), and check whether a service control policy denies the action.',
  },
  'region-disabled': {
    severity: 'error',
    meaning: 'The region is not enabled in the account, or the account was just closed.',
    remedy: 'Enable the region in the account, or take it out of the policy.',
  },
  throttled: {
    severity: 'warning',
    meaning: 'AWS throttled the calls. The next sweep tries again.',
    remedy:
      'None, if the next sweep succeeds. Otherwise find out what else calls AWS in the account, or sweep less often.',
  },
  unavailable: {
    severity: 'warning',
    meaning: 'AWS did not answer, or answered with a server error. The next sweep tries again.',
    remedy: 'None, if the next sweep succeeds.',
  },
  'not-answered': {
    severity: 'error',
    meaning: 'The comparison started, and its answer never arrived.',
    remedy: 'Read the log of the sweep-region function and the dead-letter queue.',
  },
  failed: {
    severity: 'error',
    meaning: 'AWS refused a call for another reason.',
    remedy: 'See the message.',
  },
} as const satisfies Record<string, FindingDefinition>;

export type FailureCode = keyof typeof failureDefinitions;

/** Something that could not be read. It never counts as in sync. */
export interface Failure {
  readonly code: FailureCode;
  /** An ARN or an id, or `account/region`. */
  readonly resource: string;
  readonly message: string;
}

/** EC2 puts an encoded text of more than a thousand characters into a denial. */
const MAX_MESSAGE_LENGTH = 400;

export function failureOf(error: unknown, resource: string): Failure {
  const message = `${errorName(error)}: ${errorMessage(error)}`;
  const kept = message.length > MAX_MESSAGE_LENGTH ? `${message.slice(0, MAX_MESSAGE_LENGTH)}…` : message;
  return { code: codeOf(error), resource, message: kept };
}

function codeOf(error: unknown): FailureCode {
  if (isAccessDenied(error))
    return errorMessage(error).includes('sts:AssumeRole') ? 'role-refused' : 'permission-missing';
  if (isRegionDisabled(error)) return 'region-disabled';
  if (isThrottled(error)) return 'throttled';
  return isTransient(error) ? 'unavailable' : 'failed';
}
