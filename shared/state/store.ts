import type { OwnedResources } from '../plan/ledger.ts';
import type { LeaseResult, Taking } from './lease.ts';
import type { ServiceRow, ServiceState } from './row.ts';

export type SaveResult =
  | 'saved'
  /** An event arrived meanwhile: observe again. The lease is still held. */
  | 'dirty'
  /** The lease expired: write nothing. */
  | 'lost';

/** The rows, one per service, with the lease that makes one writer. Times are milliseconds since the epoch. */
export interface Store {
  /** Notes the held sweep that holds the service, creating the row when there is none; `undefined`: none holds it. */
  hold(serviceArn: string, run: string | undefined): Promise<void>;
  /** Raises the generation, creating the row when there is none: whoever reconciles has to observe again. */
  markDirty(serviceArn: string): Promise<void>;
  get(serviceArn: string): Promise<ServiceRow | undefined>;
  list(): AsyncIterable<ServiceRow>;
  /**
   * Takes the lease, unless another reconciliation holds it.
   * @param message the name of the holder: different for every delivery of a message.
   */
  acquireLease(serviceArn: string, take: Taking & { message: string; until: number }): Promise<LeaseResult>;
  /**
   * Saves the ledger with what is about to be written, if the lease is still held: no write happens without it.
   * @throws LeaseLostError
   */
  writeAhead(serviceArn: string, lease: { message: string; now: number }, ledger: OwnedResources): Promise<void>;
  /**
   * Saves the state and returns the lease, on condition that the generation is the one seen; `outrun`: whatever it is, so
   * that the next reconciliation sees another one.
   */
  save(
    serviceArn: string,
    lease: { message: string; now: number; generation: number; outrun?: boolean },
    state: ServiceState,
    next: { token: string | undefined; expiresAt: number | undefined; correlation?: string | undefined },
  ): Promise<SaveResult>;
  /**
   * Names the token of the next message, on condition that the row still waits for this one, no event came and no
   * reconciliation runs. Until the next reconciliation saves, the lease is given to this message's token too: its process
   * may die before it sends the next one, and then it is delivered again.
   * @returns `stale`: the row waits for another message. `refused`: something happened, or a reconciliation runs.
   */
  renewToken(
    serviceArn: string,
    renew: { token: string; next: string; now: number },
  ): Promise<'renewed' | 'refused' | 'stale'>;
  /** Removes the row, on the same conditions as `save`. */
  remove(serviceArn: string, lease: { message: string; generation: number }): Promise<SaveResult>;
}
