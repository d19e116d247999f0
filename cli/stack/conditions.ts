import type { ParameterValues } from './parameters.ts';
import type { StackTemplate } from './template.ts';

/** A condition that cannot be evaluated here; the message names the function. */
class ConditionError extends Error {
  override readonly name = 'ConditionError';
}

/**
 * Logical ids of the resources that will be there with these parameters.
 * @throws ConditionError for a function that conditions of this template do not use.
 */
export function presentResources(template: StackTemplate, parameters: ParameterValues): readonly string[] {
  const holds = (condition: unknown): boolean => {
    const [name, value] = functionOf(condition);
    const all = Array.isArray(value) ? value : [value];
    switch (name) {
      case 'Condition':
        return holds(template.Conditions[String(value)]);
      case 'Fn::Not':
        return !holds(all[0]);
      case 'Fn::And':
        return all.every(holds);
      case 'Fn::Or':
        return all.some(holds);
      case 'Fn::Equals':
        return text(all[0]) === text(all[1]);
      default:
        throw new ConditionError(`Conditions with ${name} are not supported.`);
    }
  };
  const text = (value: unknown): string => {
    if (typeof value !== 'object') return String(value);
    const [name, argument] = functionOf(value);
    if (name === 'Ref') return parameters.value(String(argument)) ?? '';
    if (name === 'Fn::Join' && Array.isArray(argument)) {
      const [separator, list] = argument;
      const items = Array.isArray(list) ? list.map(text) : text(list).split(',');
      return items.join(String(separator));
    }
    throw new ConditionError(`Values with ${name} are not supported in conditions.`);
  };
  return Object.entries(template.Resources)
    .filter(([, { Condition }]) => Condition === undefined || holds({ Condition }))
    .map(([id]) => id);
}

function functionOf(value: unknown): readonly [string, unknown] {
  const [entry] = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return entry ?? [String(value), undefined];
}
