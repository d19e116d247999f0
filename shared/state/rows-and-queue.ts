import { SQSClient } from '@aws-sdk/client-sqs';
import type { ClientConfig } from '../aws/client-config.ts';
import type { ReconcileQueue } from '../reconcile/message.ts';
import { sqsQueue } from '../reconcile/sqs-queue.ts';
import type { TableSettings } from '../settings.ts';
import type { Store } from './store.ts';
import { createStore } from './tables.ts';

/** The rows and the queue of reconciliations: what every function but the probe uses. */
export interface StateDependencies {
  readonly store: Store;
  readonly queue: ReconcileQueue;
}

export function createState({ tableName, queueUrl }: TableSettings, config: ClientConfig = {}): StateDependencies {
  return { store: createStore(tableName, config), queue: sqsQueue(new SQSClient(config), queueUrl) };
}
