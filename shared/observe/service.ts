import {
  type AppRunnerClient,
  DescribeServiceCommand,
  ListTagsForResourceCommand,
  paginateListServices,
  type Service,
} from '@aws-sdk/client-apprunner';
import { errorName, InconclusiveError } from '../errors.ts';
import type { ObservedService, ServiceStatus } from '../plan/observed.ts';
import { normalizeName } from '../records/names.ts';

/** What is asked about one service. */
export interface ServiceQuestions {
  describe(): Promise<Service | undefined>;
  tags(): Promise<Readonly<Record<string, string>>>;
  isListed(): Promise<boolean>;
}

/**
 * The service and its tags. It counts as deleted only when it is neither described nor listed: "not found" alone could be
 * another account's or region's answer, and AccessDenied is never "not found" (it is thrown).
 */
export async function observeService(serviceArn: string, ask: ServiceQuestions): Promise<ObservedService> {
  const service = await ask.describe();
  if (service === undefined) {
    if (await ask.isListed()) {
      throw new InconclusiveError(`${serviceArn} is listed but cannot be described: nothing can be concluded yet`);
    }
    return { kind: 'deleted' };
  }
  if (service.Status === 'DELETED') return { kind: 'deleted' };
  return {
    kind: 'present',
    status: statusOf(service.Status),
    // Public is the default of the API: only an explicit false is private.
    isPublic: service.NetworkConfiguration?.IngressConfiguration?.IsPubliclyAccessible !== false,
    dualStack: service.NetworkConfiguration?.IpAddressType === 'DUAL_STACK',
    createdAt: service.CreatedAt?.getTime() ?? 0,
    ...(service.ServiceUrl === undefined ? {} : { publicName: normalizeName(service.ServiceUrl) }),
    tags: await ask.tags(),
  };
}

export async function observeTags(
  appRunner: AppRunnerClient,
  serviceArn: string,
): Promise<Readonly<Record<string, string>>> {
  const { Tags = [] } = await appRunner.send(new ListTagsForResourceCommand({ ResourceArn: serviceArn }));
  return Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [Key, Value]));
}

/** The status as on the wire, or `deleted`. */
export function serviceStatusOf(service: Service | undefined): string {
  return service === undefined || service.Status === 'DELETED' ? 'deleted' : statusOf(service.Status);
}

export async function describeService(appRunner: AppRunnerClient, serviceArn: string): Promise<Service | undefined> {
  try {
    return (await appRunner.send(new DescribeServiceCommand({ ServiceArn: serviceArn }))).Service;
  } catch (error) {
    if (errorName(error) === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

export async function isListed(appRunner: AppRunnerClient, serviceArn: string): Promise<boolean> {
  for await (const page of paginateListServices({ client: appRunner }, {})) {
    for (const { ServiceArn, Status } of page.ServiceSummaryList ?? []) {
      if (ServiceArn === serviceArn) return Status !== 'DELETED';
    }
  }
  return false;
}

const STATUSES: readonly ServiceStatus[] = [
  'CREATE_FAILED',
  'RUNNING',
  'DELETE_FAILED',
  'PAUSED',
  'OPERATION_IN_PROGRESS',
];

function statusOf(status: string | undefined): ServiceStatus {
  return STATUSES.find((known) => known === status) ?? 'UNKNOWN';
}
