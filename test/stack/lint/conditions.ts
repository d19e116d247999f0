import { isJson, json, type LintedValue, type Mistake } from './template.ts';

/** Which conditions hold, in one way it can turn out. */
export type ConditionOutcome = ReadonlyMap<string, boolean>;

/** That a condition holds, or does not. */
export interface Assumption {
  readonly condition: string;
  readonly holds: boolean;
}

/** More comparisons than this make too many combinations. */
const MOST_COMPARISONS = 16;

/** Conditions that are not there, go in circles or are no conditions. */
export function conditionMistakes(template: LintedValue): readonly Mistake[] {
  const conditions = json(template.Conditions);
  return Object.keys(conditions).flatMap((name) => {
    try {
      holds(name, conditions, () => true, []);
      holds(name, conditions, () => false, []);
      return [];
    } catch (error) {
      return [{ path: `Conditions/${name}`, message: error instanceof Error ? error.message : String(error) }];
    }
  });
}

/**
 * Every way the conditions can turn out, each comparison being free to hold or not.
 * @throws Error where {@link conditionMistakes} finds something.
 */
export function outcomes(template: LintedValue): readonly ConditionOutcome[] {
  const conditions = json(template.Conditions);
  const comparisons = [...new Set(comparisonsIn(conditions))];
  if (comparisons.length > MOST_COMPARISONS) throw new Error(`${comparisons.length} comparisons in the conditions`);
  return Array.from({ length: 2 ** comparisons.length }, (_, bits) => {
    const compare = (comparison: string) => (bits & (1 << comparisons.indexOf(comparison))) !== 0;
    return new Map(Object.keys(conditions).map((name) => [name, holds(name, conditions, compare, [])]));
  });
}

function comparisonsIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(comparisonsIn);
  if (!isJson(value)) return [];
  return 'Fn::Equals' in value ? [JSON.stringify(value)] : Object.values(value).flatMap(comparisonsIn);
}

function holds(
  name: string,
  conditions: LintedValue,
  compare: (comparison: string) => boolean,
  above: readonly string[],
): boolean {
  if (!Object.hasOwn(conditions, name)) throw new Error(`there is no condition ${name}`);
  if (above.includes(name)) throw new Error(`goes in a circle: ${[...above, name].join(', ')}`);
  const decide = (expression: unknown): boolean => {
    const [[operator, argument] = ['', undefined]] = Object.entries(json(expression));
    const operands = Array.isArray(argument) ? argument : [];
    switch (operator) {
      case 'Fn::Equals':
        if (operands.length !== 2) throw new Error('Fn::Equals compares two values');
        return compare(JSON.stringify(expression));
      case 'Fn::Not':
        if (operands.length !== 1) throw new Error('Fn::Not takes one condition');
        return !decide(operands[0]);
      case 'Fn::And':
      case 'Fn::Or': {
        if (operands.length < 2 || operands.length > 10) throw new Error(`${operator} takes 2 to 10 conditions`);
        // All of them are checked: each may have a mistake.
        const decided = operands.map(decide);
        return operator === 'Fn::And' ? decided.every(Boolean) : decided.some(Boolean);
      }
      case 'Condition':
        return holds(String(argument), conditions, compare, [...above, name]);
      default:
        throw new Error(`${JSON.stringify(expression)} is no condition`);
    }
  };
  return decide(conditions[name]);
}
