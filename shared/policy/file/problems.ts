import { PrivateIngressError } from '../../errors.ts';

/** One thing that is wrong with a policy file, and what was expected instead. */
export interface PolicyProblem {
  /** Both count from 1. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** A policy file that is wrong. The message has a line for each problem, `file:line:column: what is wrong; what was expected`. */
export class PolicyFileError extends PrivateIngressError {
  override readonly name = 'PolicyFileError';
  readonly file: string;
  /** In the order of the file; at least one. */
  readonly problems: readonly PolicyProblem[];

  constructor(file: string, problems: readonly PolicyProblem[]) {
    // Two checks may report the same problem.
    const inOrder = [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()].sort(
      (a, b) => a.line - b.line || a.column - b.column,
    );
    super(inOrder.map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`).join('\n'));
    this.file = file;
    this.problems = inOrder;
  }
}
