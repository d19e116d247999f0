import {
  ListOperations$,
  type ListOperationsCommandInput,
  type ListOperationsCommandOutput,
  type OperationType,
  PauseService$,
  type PauseServiceCommandInput,
  type PauseServiceCommandOutput,
  ResumeService$,
  type ResumeServiceCommandInput,
  type ResumeServiceCommandOutput,
  type ServiceStatus,
  StartDeployment$,
  type StartDeploymentCommandInput,
  type StartDeploymentCommandOutput,
} from '@aws-sdk/client-apprunner';
import { type OperationDefinition, operation } from '../../wire/service.ts';
import type { AppRunnerFault } from './faults.ts';
import { beginOperation } from './long-operations.ts';
import { page } from './pages.ts';
import { permission } from './permissions.ts';
import type { AppRunnerPlace, ServiceRecord } from './resources.ts';
import { demand } from './service-states.ts';
import { described } from './services.ts';
import type { AppRunnerSetting } from './setting.ts';

const MOST_ON_A_PAGE = 20;

interface Shift {
  readonly type: OperationType;
  readonly fault: AppRunnerFault;
  readonly after: ServiceStatus;
}

const shifts = {
  paused: { type: 'PAUSE_SERVICE', fault: 'service-pause', after: 'PAUSED' },
  resumed: { type: 'RESUME_SERVICE', fault: 'service-resume', after: 'RUNNING' },
  deployed: { type: 'START_DEPLOYMENT', fault: 'deployment', after: 'RUNNING' },
} as const satisfies Readonly<Record<string, Shift>>;

/** Operations on a service that leave its configuration alone, and the list of all that were. */
export function serviceLifecycleOperations(setting: AppRunnerSetting): readonly OperationDefinition[] {
  const { resources } = setting;

  /** From one state to another, and back where it was when that fails. */
  const shift = (
    context: AppRunnerPlace,
    arn: string | undefined,
    what: keyof typeof shifts,
  ): { readonly service: ServiceRecord; readonly operationId: string } => {
    const service = resources.service(context, arn);
    demand(service, what);
    const before = service.status;
    const { type, fault, after } = shifts[what];
    const operationId = beginOperation(setting, service, type, {
      fault,
      succeed: () => {
        service.paused = after === 'PAUSED';
        return after;
      },
      fail: () => before,
    });
    return { service, operationId };
  };

  return [
    operation<PauseServiceCommandInput, PauseServiceCommandOutput>(PauseService$, {
      writes: true,
      permissions: ({ ServiceArn }, context) => permission(resources, context, 'PauseService', ServiceArn),
      run: ({ ServiceArn }, context) => {
        const { service, operationId } = shift(context, ServiceArn, 'paused');
        return { Service: described(service), OperationId: operationId };
      },
    }),

    operation<ResumeServiceCommandInput, ResumeServiceCommandOutput>(ResumeService$, {
      writes: true,
      permissions: ({ ServiceArn }, context) => permission(resources, context, 'ResumeService', ServiceArn),
      run: ({ ServiceArn }, context) => {
        const { service, operationId } = shift(context, ServiceArn, 'resumed');
        return { Service: described(service), OperationId: operationId };
      },
    }),

    operation<StartDeploymentCommandInput, StartDeploymentCommandOutput>(StartDeployment$, {
      writes: true,
      permissions: ({ ServiceArn }, context) => permission(resources, context, 'StartDeployment', ServiceArn),
      run: ({ ServiceArn }, context) => ({ OperationId: shift(context, ServiceArn, 'deployed').operationId }),
    }),

    operation<ListOperationsCommandInput, ListOperationsCommandOutput>(ListOperations$, {
      permissions: ({ ServiceArn }, context) => permission(resources, context, 'ListOperations', ServiceArn),
      run: (input, context) => {
        const service = resources.service(context, input.ServiceArn);
        const newestFirst = page(service.operations, ({ order }) => -order, input, {
          scope: `ListOperations ${service.arn}`,
          limit: MOST_ON_A_PAGE,
        });
        return {
          OperationSummaryList: newestFirst.items.map((record) => ({
            Id: record.id,
            Type: record.type,
            Status: record.status,
            TargetArn: service.arn,
            StartedAt: new Date(record.startedAt),
            UpdatedAt: new Date(record.updatedAt),
            ...(record.endedAt === undefined ? {} : { EndedAt: new Date(record.endedAt) }),
          })),
          ...newestFirst.next,
        };
      },
    }),
  ];
}
