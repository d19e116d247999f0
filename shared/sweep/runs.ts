import type { Failure } from './failure.ts';
import type { RunSummary, SweepRun, SweepStatus, TargetResult } from './run.ts';

/** The sweeps, and what their targets have answered. Everything may be said twice: the queue delivers at least once. */
export interface SweepRuns {
  begin(
    run: Pick<SweepRun, 'id' | 'startedAt' | 'by' | 'targets' | 'zonesReadBy'> & {
      readonly failures: readonly Failure[];
    },
  ): Promise<void>;
  /** Notes what a target has answered. Answers the run as it is then. @param at milliseconds since the epoch. */
  answer(id: string, result: TargetResult, at: number): Promise<SweepRun | undefined>;
  get(id: string): Promise<SweepRun | undefined>;
  /** The latest first. @param before id of a run: only those that began before it. */
  latest(count: number, before?: string): Promise<readonly SweepRun[]>;
  results(id: string): Promise<readonly TargetResult[]>;
  /** @returns whether it was in one of the states it may come from. */
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
