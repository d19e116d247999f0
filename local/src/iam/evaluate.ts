import { holds } from './condition.ts';
import { type ConditionValues, matches, matchesAction } from './pattern.ts';
import type { Patterns, Statement } from './policy.ts';

export type Decision = 'allowed' | 'explicitly-denied' | 'not-allowed';

const fits = (patterns: Patterns, fit: (pattern: string) => boolean): boolean =>
  patterns.patterns.some(fit) !== patterns.except;

/** What is asked of a set of statements. */
export interface AccessRequest {
  readonly action: string;
  /** An ARN, or `*` for an action that knows no resource. Left out for trust policies. */
  readonly resource?: string;
  readonly conditions: ConditionValues;
  /** Whether one entry of a Principal element means the caller; left out for identity policies. */
  readonly isCaller?: (kind: string, value: string) => boolean;
}

/** Whether a statement is about the action and the resource, whoever asks and under whichever conditions. */
const isAbout = (statement: Statement, { action, resource = '*', conditions }: AccessRequest): boolean =>
  fits(statement.actions, (pattern) => matchesAction(pattern, action)) &&
  (statement.resources === undefined || fits(statement.resources, (pattern) => matches(pattern, resource, conditions)));

function applies(statement: Statement, question: AccessRequest): boolean {
  const { conditions, isCaller } = question;
  return (
    isAbout(statement, question) &&
    (isCaller === undefined ||
      Object.entries(statement.principals).some(([kind, values]) => values.some((value) => isCaller(kind, value)))) &&
    statement.conditions.every((condition) => holds(condition, conditions))
  );
}

/**
 * The decision of IAM over all statements that speak to a caller:
 *
 * | a Deny applies | an Allow applies | decision          |
 * |----------------|------------------|-------------------|
 * | yes            | either           | explicitly-denied |
 * | no             | yes              | allowed           |
 * | no             | no               | not-allowed       |
 */
export function evaluate(statements: readonly Statement[], question: AccessRequest): Decision {
  const effects = statements.filter((statement) => applies(statement, question)).map(({ effect }) => effect);
  if (effects.includes('Deny')) return 'explicitly-denied';
  return effects.includes('Allow') ? 'allowed' : 'not-allowed';
}

/** The condition keys that statements about the question ask for and that it has no value of, in lower case. */
export const missingKeys = (statements: readonly Statement[], question: AccessRequest): readonly string[] => [
  ...new Set(
    statements
      .filter((statement) => isAbout(statement, question))
      .flatMap(({ conditions }) => conditions.map(({ key }) => key))
      .filter((key) => !question.conditions.has(key)),
  ),
];

/** Condition keys and values as a question wants them. */
export const conditionValues = (
  ...sources: readonly Readonly<Record<string, readonly string[] | string | undefined>>[]
): ConditionValues =>
  new Map(
    sources.flatMap((source) =>
      Object.entries(source).flatMap(([key, value]) =>
        value === undefined ? [] : [[key.toLowerCase(), typeof value === 'string' ? [value] : value] as const],
      ),
    ),
  );
