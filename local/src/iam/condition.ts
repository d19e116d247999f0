import { type ConditionValues, matches, matchesArn } from './pattern.ts';

type Compare = (policy: string, request: string, values: ConditionValues) => boolean;

interface Operator {
  readonly compare: Compare;
  /** Negated operators hold when no value of the policy fits, and when the key is missing. */
  readonly negated: boolean;
}

const exactly = (compare: (policy: string, request: string) => boolean): Compare => {
  // Equality knows policy variables, but no wildcards.
  return (policy, request, values) => {
    const plain = policy.replace(/\$\{([^}]*)\}/g, (whole, name: string) =>
      /^[*?$]$/.test(name) ? name : (values.get(name.toLowerCase())?.[0] ?? whole),
    );
    return compare(plain, request);
  };
};
const equal = exactly((policy, request) => policy === request);
const equalIgnoringCase = exactly((policy, request) => policy.toLowerCase() === request.toLowerCase());

const operators: Readonly<Record<string, Operator>> = {
  StringEquals: { compare: equal, negated: false },
  StringNotEquals: { compare: equal, negated: true },
  StringEqualsIgnoreCase: { compare: equalIgnoringCase, negated: false },
  StringNotEqualsIgnoreCase: { compare: equalIgnoringCase, negated: true },
  StringLike: { compare: matches, negated: false },
  StringNotLike: { compare: matches, negated: true },
  ArnEquals: { compare: matchesArn, negated: false },
  ArnLike: { compare: matchesArn, negated: false },
  ArnNotEquals: { compare: matchesArn, negated: true },
  ArnNotLike: { compare: matchesArn, negated: true },
  Bool: { compare: equalIgnoringCase, negated: false },
};

/** One line of a Condition block, taken apart: `ForAnyValue:StringLikeIfExists`. */
export interface Condition {
  readonly operator: string;
  readonly set: 'all' | 'any' | undefined;
  readonly ifExists: boolean;
  /** The condition key, in lower case. */
  readonly key: string;
  readonly values: readonly string[];
}

/** Whether this embedded IAM can evaluate the operator; those it cannot are refused when the policy is made. */
export const knowsOperator = (operator: string): boolean => operator === 'Null' || Object.hasOwn(operators, operator);

export function holds(condition: Condition, values: ConditionValues): boolean {
  const found = values.get(condition.key) ?? [];
  if (condition.operator === 'Null') {
    return condition.values.some((value) => (value.toLowerCase() === 'true') === (found.length === 0));
  }
  const operator = operators[condition.operator];
  if (operator === undefined) return false;
  const fits = (value: string): boolean =>
    condition.values.some((policy) => operator.compare(policy, value, values)) !== operator.negated;
  if (found.length === 0)
    return condition.ifExists || condition.set === 'all' || (operator.negated && condition.set !== 'any');
  if (condition.set === 'all' || (condition.set === undefined && operator.negated)) return found.every(fits);
  return found.some(fits);
}
