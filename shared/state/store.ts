import type { OwnedResources } from '../plan/ledger.ts';
import type { ServiceRow, ServiceState } from './row.ts';

export type LeaseResult =
  | { readonly kind: 'taken'; readonly row: ServiceRow }
  /** Another pass is on it, and the message has no token. `by` is what that pass took the lease as. */
  | { readonly kind: 'held'; readonly by: string }
  /** The message is not the next look any more, or there is no such row. */
  | { readonly kind: 'stale' }
  /**
   * Whether the message is the next look cannot be told yet: a pass is under way, or has just ended. A pass sends its
   * next look before it saves the token, so until then the token is nobody's.
   */
  | { readonly kind: 'early' };

export type SaveResult =
  | 'saved'
  /** An event came meanwhile: look again. The lease is still held. */
  | 'dirty'
  /** The lease ran out and somebody else has it (or nobody): write nothing. */
  | 'lost';

/** The rows, one per service, with the lease that makes one writer. Times are milliseconds since the epoch. */
export interface Store {
  /** An event: raises the generation, creating the row when there is none. */
  markDirty(serviceArn: string): Promise<void>;
  get(serviceArn: string): Promise<ServiceRow | undefined>;
  list(): AsyncIterable<ServiceRow>;
  /**
   * Takes the lease, unless another pass holds it.
   * @param message what the pass takes it as: different for every delivery of a message.
   * @param token of the message; the row is taken only if it is its token. `undefined`: taken in any case, and created.
   */
  acquireLease(
    serviceArn: string,
    take: { message: string; token: string | undefined; now: number; until: number },
  ): Promise<LeaseResult>;
  /**
   * Notes what is about to be written, if the lease is still held: nothing is written without it.
   * @throws LeaseLostError
   */
  writeAhead(serviceArn: string, lease: { message: string; now: number }, ledger: OwnedResources): Promise<void>;
  /**
   * Saves the pass and gives the lease back, on condition that the generation is the one seen; `outrun`: whatever it is,
   * so that the next look sees that it is another one.
   */
  save(
    serviceArn: string,
    lease: { message: string; now: number; generation: number; outrun?: boolean },
    state: ServiceState,
    next: { token: string | undefined; expiresAt: number | undefined },
  ): Promise<SaveResult>;
  /** Removes the row, on the same conditions as `save`. */
  remove(serviceArn: string, lease: { message: string; generation: number }): Promise<SaveResult>;
}
