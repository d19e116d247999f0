import type { Gateway } from './gateway.ts';
import type { CallRecord } from './service.ts';

/** Calls of one operation since the mark. */
export interface OperationCount {
  /** `apprunner:DescribeService` */
  readonly operation: string;
  readonly writes: boolean;
  readonly calls: number;
  /** How many of them were answered with an error. */
  readonly failed: number;
}

/** Counts reads and writes on the wire. A call counts as what its operation is, also when it fails. */
export class WireCounter {
  readonly #calls = new Map<string, OperationCount>();
  readonly #counts: (call: CallRecord) => boolean;
  readonly stop: () => void;

  /** @param counts which calls to count; all of them when left out. */
  constructor(gateway: Pick<Gateway, 'observe'>, counts: (call: CallRecord) => boolean = () => true) {
    this.#counts = counts;
    this.stop = gateway.observe((call) => this.#count(call));
  }

  /** Starts again from nothing. */
  mark(): void {
    this.#calls.clear();
  }

  /** Since the mark, in the order of service and operation. */
  get operations(): readonly OperationCount[] {
    return [...this.#calls.values()].sort((a, b) => (a.operation < b.operation ? -1 : 1));
  }

  get reads(): number {
    return this.#sum(false);
  }

  get writes(): number {
    return this.#sum(true);
  }

  /** `12 reads, 2 writes`, then one line per operation, writes marked with a star. */
  toString(): string {
    const lines = this.operations.map(({ operation, writes, calls, failed }) => {
      const failures = failed === 0 ? '' : ` (${failed} failed)`;
      return `${writes ? '*' : ' '} ${String(calls).padStart(5)} ${operation}${failures}`;
    });
    return [`${this.reads} reads, ${this.writes} writes`, ...lines].join('\n');
  }

  #sum(writes: boolean): number {
    return this.operations.filter((one) => one.writes === writes).reduce((sum, { calls }) => sum + calls, 0);
  }

  #count(call: CallRecord): void {
    if (!this.#counts(call)) return;
    const operation = `${call.service}:${call.operation}`;
    const { calls, failed } = this.#calls.get(operation) ?? { calls: 0, failed: 0 };
    this.#calls.set(operation, {
      operation,
      writes: call.writes,
      calls: calls + 1,
      failed: failed + (call.outcome.ok ? 0 : 1),
    });
  }
}
