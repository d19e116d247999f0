import type { OperationType, ServiceStatus } from '@aws-sdk/client-apprunner';
import type { AppRunnerFault } from './faults.ts';
import type { OperationRecord, ServiceRecord } from './resources.ts';
import type { AppRunnerSetting } from './setting.ts';

/** How an operation on a service ends: each answers the status that the service then has. */
interface Endings {
  readonly fault: AppRunnerFault;
  succeed(): ServiceStatus;
  fail(): ServiceStatus;
  /** Status of the operation when it has failed; an update is rolled back (captured). */
  readonly failed?: 'FAILED' | 'ROLLBACK_SUCCEEDED';
}

/**
 * Begins an operation of minutes on a service (docs/facts.md#update-is-a-deployment):
 *
 *     RUNNING ──► OPERATION_IN_PROGRESS ──(profile.serviceOperation)──► what `endings` says
 *
 * @returns the OperationId
 */
export function beginOperation(
  { world, resources, faults, events }: AppRunnerSetting,
  service: ServiceRecord,
  type: OperationType,
  endings: Endings,
): string {
  const { clock, chance, profile } = world;
  const previous = service.status;
  const operation: OperationRecord = {
    order: resources.nextOrder(),
    id: chance.uuid(),
    type,
    status: 'IN_PROGRESS',
    startedAt: clock.now(),
    updatedAt: clock.now(),
  };
  service.operations.push(operation);
  service.status = 'OPERATION_IN_PROGRESS';
  service.updatedAt = clock.now();
  events.operation(service, type, 'Started');
  if (type !== 'CREATE_SERVICE') events.serviceStatus(service, previous, service.status);

  clock.schedule(profile.serviceOperation, () => {
    const failed = faults.meets(endings.fault);
    operation.endedAt = clock.now();
    operation.updatedAt = clock.now();
    operation.status = failed ? (endings.failed ?? 'FAILED') : 'SUCCEEDED';
    service.updatedAt = clock.now();
    service.status = failed ? endings.fail() : endings.succeed();
    events.operation(service, type, failed ? 'Failed' : 'CompletedSuccessfully');
    events.serviceStatus(service, 'OPERATION_IN_PROGRESS', service.status);
  });
  return operation.id;
}
