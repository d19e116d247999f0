import type { Denial } from './denial.ts';
import { type AccessRequest, type Decision, evaluate } from './evaluate.ts';
import type { Statement } from './policy.ts';

/** What one kind of policy says. */
export interface Word {
  readonly by: Denial['by'];
  readonly decision: Decision;
}

export const said = (by: Denial['by'], statements: readonly Statement[], question: AccessRequest): Word => ({
  by,
  decision: evaluate(statements, question),
});

/** A Deny counts before a lacking Allow. */
export const refusal = (words: readonly Word[]): Word | undefined =>
  words.find(({ decision }) => decision === 'explicitly-denied') ??
  words.find(({ decision }) => decision === 'not-allowed');
