import type { ServiceStatus } from '@aws-sdk/client-apprunner';
import { invalidState } from './refusals.ts';
import type { ServiceRecord } from './resources.ts';

/**
 * From which states an operation may begin (documented, captured), and what that refusal calls it.
 *
 *     CreateService ─► OPERATION_IN_PROGRESS ─► RUNNING ⇄ PAUSED ─► DELETED
 *                                           └─► CREATE_FAILED ─(UpdateService rebuilds)─► RUNNING
 *                                           └─► DELETE_FAILED ─(DeleteService again)────► DELETED
 */
const allowed = {
  updated: ['RUNNING', 'PAUSED', 'CREATE_FAILED'],
  deleted: ['RUNNING', 'PAUSED', 'CREATE_FAILED', 'DELETE_FAILED'],
  paused: ['RUNNING'],
  resumed: ['PAUSED'],
  deployed: ['RUNNING'],
} as const satisfies Readonly<Record<string, readonly ServiceStatus[]>>;

/** @throws AwsError InvalidStateException; "Service cannot be updated in the current state: …." is captured, the others are like it (inferred). */
export function demand(service: ServiceRecord, what: keyof typeof allowed): void {
  const states: readonly ServiceStatus[] = allowed[what];
  if (!states.includes(service.status)) {
    throw invalidState(`Service cannot be ${what} in the current state: ${service.status}.`);
  }
}
