import * as z from 'zod';
import { SECOND } from '../duration.ts';
import type { ServiceRow } from './row.ts';

/**
 * How long one reconciliation may hold the lease, in milliseconds: longer than the function's time-out (60 s), shorter than the
 * queue's visibility timeout (120 s), so that a redelivered message finds it expired
 * (docs/architecture.md#the-queue-is-the-clock).
 */
export const LEASE_MS = 90 * SECOND;

export type LeaseResult =
  | { readonly kind: 'taken'; readonly row: ServiceRow }
  /** Another reconciliation holds the lease, and the message has no token. `by` names the holder. */
  | { readonly kind: 'held'; readonly by: string }
  /** The message's token is not the row's, there is no such row, or what it reports was seen. */
  | { readonly kind: 'stale' }
  /**
   * It is too early to compare the token: a reconciliation is running or has just ended. A reconciliation sends its next
   * message before it saves the token, so until then no row has that token.
   */
  | { readonly kind: 'early' };

/** What a message asks of a row. */
export interface Taking {
  /** Of the message: the row is taken only if it waits for it. `undefined`: taken in any case, and created. */
  readonly token: string | undefined;
  /** Taken only if there was an event that no reconciliation has seen. */
  readonly onlyUnseen?: boolean | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** What an item that refused to be taken says. Pure. */
export function whyNotTaken(item: Record<string, unknown> | undefined, { token, now }: Taking): LeaseResult {
  const lease = leaseOf(item);
  const isHeld = lease !== undefined && lease.expiresAt > now;
  if (token === undefined) return isHeld ? { kind: 'held', by: lease.message } : { kind: 'stale' };
  const isNext = item?.token === token || item?.previousToken === token;
  // Not held, and still the row's token: it was noted meanwhile.
  return isHeld || isNext ? { kind: 'early' } : { kind: 'stale' };
}

const leased = z.object({ lease: z.object({ message: z.string(), expiresAt: z.number() }) });

/** The lease in an item of the table, if it holds one. */
export function leaseOf(item: Record<string, unknown> | undefined): z.infer<typeof leased>['lease'] | undefined {
  return leased.safeParse(item).data?.lease;
}
