import type { ReconcileQueue } from '../reconcile/message.ts';
import type { Store } from '../state/store.ts';
import { type EventSubject, eventSubject } from './service-event.ts';

/** An event, whenever it comes: the row of its service is dirty, and a look is in the queue. */
export async function enqueueEvent(
  event: unknown,
  { store, queue }: { readonly store: Pick<Store, 'markDirty'>; readonly queue: ReconcileQueue },
): Promise<EventSubject> {
  const subject = eventSubject(event);
  if (subject.kind === 'service') {
    await store.markDirty(subject.serviceArn);
    await queue.send({ serviceArn: subject.serviceArn });
  }
  return subject;
}
