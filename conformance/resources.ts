import {
  DeleteServiceCommand,
  DeleteVpcIngressConnectionCommand,
  DescribeServiceCommand,
  DescribeVpcIngressConnectionCommand,
  paginateListServices,
  paginateListVpcIngressConnections,
  type ServiceSummary,
} from '@aws-sdk/client-apprunner';
import {
  DeleteSecurityGroupCommand,
  DeleteVpcEndpointsCommand,
  paginateDescribeSecurityGroups,
  paginateDescribeVpcEndpoints,
  type Tag,
} from '@aws-sdk/client-ec2';
import { DeleteRuleCommand, ListRulesCommand, RemoveTargetsCommand } from '@aws-sdk/client-eventbridge';
import { DeleteOrganizationCommand } from '@aws-sdk/client-organizations';
import {
  ChangeResourceRecordSetsCommand,
  DeleteHostedZoneCommand,
  ListResourceRecordSetsCommand,
  type ListResourceRecordSetsCommandOutput,
  paginateListHostedZones,
  type ResourceRecordSet,
} from '@aws-sdk/client-route-53';
import { DeleteQueueCommand, ListQueuesCommand } from '@aws-sdk/client-sqs';
import type { Site } from './site.ts';
import { until, type Waiter, within } from './waiter.ts';

/** Every name of a resource that a run creates begins with this, and every tag value. */
export const PREFIX = 'pi-conf-';
export const TAG = 'private-ingress-conformance';

/** What `--clean` works with: everything that `Site` has but the resources of the contracts. */
export type CleaningSite = Pick<Site, 'clients' | 'waiter'> & {
  readonly publicZoneId: string | undefined;
};

/** In the order in which they can be removed. Each finds what a run made by its name or tag, and waits until it is gone. */
export const removals = {
  rule: removeRules,
  queue: removeQueues,
  connection: removeConnections,
  service: removeServices,
  endpoint: removeEndpoints,
  'security-group': removeSecurityGroups,
  records: removeRecords,
  zone: removeZones,
  organization: removeOrganization,
} as const satisfies Readonly<Record<string, (site: CleaningSite, prefix: string) => Promise<void>>>;
export type ResourceKind = keyof typeof removals;

/** Reads of one wait: 15 minutes on AWS. */
const LONG = 90;

async function removeRules({ clients: { events } }: CleaningSite, prefix: string): Promise<void> {
  const { Rules = [] } = await events.send(new ListRulesCommand({ NamePrefix: prefix }));
  for (const { Name } of Rules) {
    await events.send(new RemoveTargetsCommand({ Rule: Name, Ids: ['queue'] }));
    await events.send(new DeleteRuleCommand({ Name }));
  }
}

async function removeQueues({ clients: { sqs } }: CleaningSite, prefix: string): Promise<void> {
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({ QueueNamePrefix: prefix }));
  for (const QueueUrl of QueueUrls) await sqs.send(new DeleteQueueCommand({ QueueUrl }));
}

async function removeConnections({ clients: { appRunner }, waiter }: CleaningSite, prefix: string): Promise<void> {
  const arns: string[] = [];
  for await (const page of paginateListVpcIngressConnections({ client: appRunner }, {})) {
    arns.push(...(page.VpcIngressConnectionSummaryList ?? []).flatMap(({ VpcIngressConnectionArn: arn }) => arn ?? []));
  }
  for (const arn of arns.filter((one) => one.split('/')[1]?.startsWith(prefix))) {
    const request = { VpcIngressConnectionArn: arn };
    await removed(waiter, arn, {
      isGone: async () => {
        const found = await appRunner.send(new DescribeVpcIngressConnectionCommand(request));
        return found.VpcIngressConnection?.Status === 'DELETED';
      },
      remove: () => appRunner.send(new DeleteVpcIngressConnectionCommand(request)),
    });
  }
}

async function removeServices({ clients: { appRunner }, waiter }: CleaningSite, prefix: string): Promise<void> {
  const services: ServiceSummary[] = [];
  for await (const page of paginateListServices({ client: appRunner }, {}))
    services.push(...(page.ServiceSummaryList ?? []));
  for (const { ServiceArn } of services.filter(({ ServiceName }) => ServiceName?.startsWith(prefix))) {
    await removed(waiter, ServiceArn ?? '', {
      isGone: async () => {
        const { Service } = await appRunner.send(new DescribeServiceCommand({ ServiceArn }));
        return Service?.Status === 'DELETED';
      },
      remove: () => appRunner.send(new DeleteServiceCommand({ ServiceArn })),
    });
  }
}

async function removeEndpoints({ clients: { ec2 }, waiter }: CleaningSite, prefix: string): Promise<void> {
  const found = async () => {
    const ids: string[] = [];
    for await (const page of paginateDescribeVpcEndpoints({ client: ec2 }, tagged)) {
      for (const { VpcEndpointId: id, State, Tags } of page.VpcEndpoints ?? [])
        if (id !== undefined && State?.toLowerCase() !== 'deleted' && isOfRun(Tags, prefix)) ids.push(id);
    }
    return ids;
  };
  const ids = await found();
  if (ids.length === 0) return;
  await ec2.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: ids }));
  await until(waiter, `deletion of ${ids.join(', ')}`, LONG, async () =>
    (await found()).length === 0 ? true : undefined,
  );
}

async function removeSecurityGroups({ clients: { ec2 }, waiter }: CleaningSite, prefix: string): Promise<void> {
  for await (const page of paginateDescribeSecurityGroups({ client: ec2 }, tagged)) {
    for (const { GroupId, Tags } of page.SecurityGroups ?? []) {
      if (!isOfRun(Tags, prefix)) continue;
      // The interfaces of an endpoint go some time after it does.
      await removed(waiter, GroupId ?? '', { remove: () => ec2.send(new DeleteSecurityGroupCommand({ GroupId })) });
    }
  }
}

async function removeRecords({ clients: { route53 }, publicZoneId }: CleaningSite, prefix: string): Promise<void> {
  if (publicZoneId === undefined) return;
  await removeRecordsOf(route53, publicZoneId, (record) =>
    (record.Name ?? '').split('.').some((label) => label.startsWith(prefix)),
  );
}

async function removeZones({ clients: { route53 } }: CleaningSite, prefix: string): Promise<void> {
  for await (const page of paginateListHostedZones({ client: route53 }, {})) {
    for (const { Id = '', Name, Config } of page.HostedZones ?? []) {
      if (Config?.PrivateZone !== true || Name?.startsWith(prefix) !== true) continue;
      await removeRecordsOf(route53, Id, ({ Type }) => Type !== 'NS' && Type !== 'SOA');
      await route53.send(new DeleteHostedZoneCommand({ Id }));
    }
  }
}

async function removeOrganization({ clients: { organizations } }: CleaningSite): Promise<void> {
  try {
    await organizations.send(new DeleteOrganizationCommand({}));
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'AWSOrganizationsNotInUseException') throw error;
  }
}

async function removeRecordsOf(
  route53: CleaningSite['clients']['route53'],
  HostedZoneId: string,
  chosen: (record: ResourceRecordSet) => boolean,
): Promise<void> {
  const found: ResourceRecordSet[] = [];
  let next: { StartRecordName?: string | undefined; StartRecordType?: ResourceRecordSet['Type'] } | undefined = {};
  while (next !== undefined) {
    const page: ListResourceRecordSetsCommandOutput = await route53.send(
      new ListResourceRecordSetsCommand({ HostedZoneId, ...next }),
    );
    found.push(...(page.ResourceRecordSets ?? []).filter(chosen));
    next = page.IsTruncated
      ? { StartRecordName: page.NextRecordName, StartRecordType: page.NextRecordType }
      : undefined;
  }
  if (found.length === 0) return;
  const Changes = found.map((ResourceRecordSet) => ({ Action: 'DELETE' as const, ResourceRecordSet }));
  await route53.send(new ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch: { Changes } }));
}

const tagged = { Filters: [{ Name: 'tag-key', Values: [TAG] }] };

const isOfRun = (tags: readonly Tag[] | undefined, prefix: string): boolean =>
  tags?.some(({ Key, Value }) => Key === TAG && Value?.startsWith(prefix)) === true;

const BUSY = ['InvalidStateException', 'DependencyViolation'];
const GONE = ['ResourceNotFoundException'];

/**
 * Repeats a deletion while AWS answers that the resource is in use, and waits until it is gone.
 * @param isGone what a deletion that takes time ends with; by default it is gone once the call is accepted
 */
async function removed(
  waiter: Waiter,
  what: string,
  { isGone, remove }: { isGone?(): Promise<boolean>; remove(): Promise<unknown> },
): Promise<void> {
  let isAccepted = false;
  let last = 'it is still there';
  const gone = await within(waiter, LONG, async () => {
    try {
      if (isGone === undefined ? isAccepted : await isGone()) return true;
      if (!isAccepted) await remove();
      isAccepted = true;
      return isGone === undefined ? true : undefined;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (GONE.includes(error.name)) return true;
      if (!BUSY.includes(error.name)) throw error;
      last = error.message;
      return undefined;
    }
  });
  if (gone === undefined) throw new Error(`${what} cannot be deleted: ${last}`);
}
