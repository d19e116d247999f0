import {
  type AppRunnerClient,
  paginateListServices,
  paginateListVpcIngressConnections,
} from '@aws-sdk/client-apprunner';
import { observeTags } from '../observe/service.ts';
import type { LookQueue } from '../pass/message.ts';
import type { Store } from '../state/store.ts';
import { TAG } from '../tags.ts';

export interface SweepParts {
  readonly store: Store;
  readonly queue: LookQueue;
  readonly appRunner: AppRunnerClient;
}

export interface SweepResult {
  /** Services listed in this account and region. */
  readonly services: number;
  /** Rows known from before. */
  readonly rows: number;
  /** Services that are looked at now. */
  readonly enqueued: number;
}

/**
 * Every service that is managed, and every one that should be but of which no event told.
 * What was given back or let go is left in peace; the tag brings it back. A service that is gone but has a connection
 * left is looked at too: the connection may be ours.
 */
export async function sweep({ store, queue, appRunner }: SweepParts): Promise<SweepResult> {
  let rows = 0;
  const due: string[] = [];
  for await (const { serviceArn, phase, findings } of store.list()) {
    rows++;
    if ((phase !== 'detached' && phase !== 'released') || findings.length > 0) due.push(serviceArn);
  }
  const listed = new Set<string>();
  for await (const page of paginateListServices({ client: appRunner }, {})) {
    for (const { ServiceArn: serviceArn, Status } of page.ServiceSummaryList ?? []) {
      if (serviceArn === undefined || Status === 'DELETED') continue;
      listed.add(serviceArn);
      if (due.includes(serviceArn)) continue;
      if ((await observeTags(appRunner, serviceArn))[TAG] === 'enabled') due.push(serviceArn);
    }
  }
  for await (const page of paginateListVpcIngressConnections({ client: appRunner }, {})) {
    for (const { ServiceArn: serviceArn } of page.VpcIngressConnectionSummaryList ?? []) {
      if (serviceArn !== undefined && !listed.has(serviceArn) && !due.includes(serviceArn)) due.push(serviceArn);
    }
  }
  for (const serviceArn of due) {
    await store.markDirty(serviceArn);
    await queue.send({ serviceArn });
  }
  return { services: listed.size, rows, enqueued: due.length };
}
