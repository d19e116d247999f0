import type { Failure } from './failure.ts';
import type { RunSummary, SweepRun, SweepStatus, TargetResult } from './run.ts';

/** Sweeps and the answers of their targets. Every call may come twice: the queue delivers at least once. */
export interface SweepRuns {
  begin(
    run: Pick<SweepRun, 'id' | 'startedAt' | 'by' | 'targets' | 'zonesReadBy'> & {
      readonly failures: readonly Failure[];
    },
  ): Promise<void>;
  /** Records the answer of a target. @param at milliseconds since the epoch. @returns the run after it. */
  answer(id: string, result: TargetResult, at: number): Promise<SweepRun | undefined>;
  get(id: string): Promise<SweepRun | undefined>;
  /** The latest first. @param before id of a run: only earlier ones. */
  latest(count: number, before?: string): Promise<readonly SweepRun[]>;
  results(id: string): Promise<readonly TargetResult[]>;
  /** @returns whether the run had one of the `from` states. */
  end(
    id: string,
    from: readonly SweepStatus[],
    to: {
      readonly status: SweepStatus;
      readonly at: number;
      readonly summary: RunSummary;
      readonly confirmedBy?: string;
    },
  ): Promise<boolean>;
}
