import type { Action } from '../plan/action.ts';
import type { ConnectionState } from '../plan/observed.ts';
import type { Phase, Plan } from '../plan/plan.ts';
import { Observer, type ObserverSources } from './observe.ts';
import {
  forget,
  forgetUnreliable,
  type Kept,
  type KeptPages,
  nothingKept,
  type ReconciliationMemory,
  reconciliationMemory,
} from './reconciliation-memory.ts';

/** An observer that remembers what it read, and what others of its process did: for reconciliations. */
export class ReconcilingObserver extends Observer {
  readonly #sources: ObserverSources;
  readonly #pages: KeptPages;
  readonly #kept: Kept;
  readonly #memory: ReconciliationMemory | undefined;

  /**
   * @param pages of hosted zones that the process has read.
   * @param memory of one reconciliation; without it nothing is remembered.
   */
  constructor(sources: ObserverSources, pages: KeptPages, kept = nothingKept(), memory?: ReconciliationMemory) {
    super(sources, memory);
    this.#sources = sources;
    this.#pages = pages;
    this.#kept = kept;
    this.#memory = memory;
  }

  /**
   * An observer for one reconciliation: it reads again only what `forget` names.
   * @param isFresh takes nothing from earlier reconciliations. Otherwise, what no event reports may be minutes old.
   */
  forOneReconciliation({ isFresh }: { readonly isFresh: boolean }): ReconcilingObserver {
    const memory = reconciliationMemory(this.#kept, this.#pages, () => this.now(), isFresh);
    return new ReconcilingObserver(this.#sources, this.#pages, this.#kept, memory);
  }

  /** Forgets what an action may have changed; without one, everything. */
  forget(change?: Action | 'claims'): void {
    if (this.#memory !== undefined) forget(this.#memory, change);
  }

  /** Takes a connection that App Runner has just created for the only one of its service, without asking. */
  rememberConnection(serviceArn: string, connection: ConnectionState): void {
    const { arn } = connection;
    this.#memory?.connectionLists.put(serviceArn, [{ arn, serviceArn }]);
    this.#memory?.connections.put(arn, connection);
  }

  /** Forgets what the plan must not rely on. @returns whether there was something: then it is to be made again. */
  forgetUnreliable(plan: Plan, before: Phase | undefined): boolean {
    return this.#memory !== undefined && forgetUnreliable(this.#memory, plan, before);
  }
}
