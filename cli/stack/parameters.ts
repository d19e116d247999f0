import { similar } from '../../shared/similar.ts';
import { UsageError } from '../errors.ts';
import type { ParameterDefinition } from './template.ts';

type Definitions = Readonly<Record<string, ParameterDefinition>>;

/** What the stack's parameters will be: what was given, else what the stack has, else the default. `undefined`: required, and not given. */
export interface ParameterValues {
  readonly given: Readonly<Record<string, string>>;
  /** What is not given and the stack has: a deployment keeps it. */
  readonly kept: Readonly<Record<string, string>>;
  value(name: string): string | undefined;
  /** Of a CommaDelimitedList; empty for an empty one, and for one that is not there. */
  list(name: string): readonly string[];
}

const listOf = (text: string): readonly string[] => text.split(',').map((item) => item.trim());

/** @param deployed the parameters of the stack, if it is there. */
export function parameterValues(
  definitions: Definitions,
  given: Readonly<Record<string, string>>,
  deployed: Readonly<Record<string, string>> = {},
): ParameterValues {
  const kept = Object.fromEntries(
    Object.entries(deployed).filter(([name]) => definitions[name] !== undefined && given[name] === undefined),
  );
  const value = (name: string) => given[name] ?? kept[name] ?? definitions[name]?.Default?.toString();
  return { given, kept, value, list: (name) => listOf(value(name) ?? '').filter((item) => item !== '') };
}

/**
 * `NAME=VALUE`, as `--param` takes it, checked against the template as CloudFormation would.
 * @throws UsageError that names everything that is wrong.
 */
export function parseParameters(words: readonly string[], definitions: Definitions): Readonly<Record<string, string>> {
  const pairs = words.map((word): readonly [string, string | undefined] => {
    const at = word.indexOf('=');
    return at === -1 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
  });
  const problems = pairs.flatMap(([name, value], index) => {
    const definition = definitions[name];
    if (definition === undefined) return [unknownName(name, Object.keys(definitions))];
    if (value === undefined) return [`${name} has no value: write --param '${name}=…'.`];
    if (pairs.findIndex(([earlier]) => earlier === name) !== index) return [`${name} is given twice.`];
    const problem = problemOf(definition, value);
    return problem === undefined ? [] : [`${name} is "${value}": it takes ${problem}.`];
  });
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
  return Object.fromEntries(pairs.map(([name, value]) => [name, value ?? '']));
}

/**
 * Checks what no single parameter shows.
 * @throws UsageError that names the required parameters that have no value, and those that need another.
 */
export function requireParameters(definitions: Definitions, values: ParameterValues): void {
  const missing = missingParameters(definitions, values);
  if (missing.length > 0) {
    const words = missing.map((name) => `--param '${name}=…'`).join(' ');
    throw new UsageError(`The stack needs ${missing.join(' and ')}: add ${words} (docs/parameters.md).`);
  }
  if (values.value('OrganizationId') && !values.value('MemberExternalId')) {
    throw new UsageError(
      'OrganizationId needs MemberExternalId, the ExternalId of stack/member/template.yml (docs/organization.md).',
    );
  }
}

/** Names of the parameters that have no default and were not given. */
export function missingParameters(definitions: Definitions, values: ParameterValues): readonly string[] {
  return Object.keys(definitions).filter(
    (name) => (values.value(name) ?? '') === '' && definitions[name]?.Default === undefined,
  );
}

function unknownName(name: string, known: readonly string[]): string {
  const meant = similar(name, known);
  return meant === undefined
    ? `There is no parameter ${name}; there are ${known.join(', ')} (docs/parameters.md).`
    : `There is no parameter ${name}; did you mean ${meant}? All of them are in docs/parameters.md.`;
}

/** What the value should have been, or `undefined`. */
function problemOf(definition: ParameterDefinition, value: string): string | undefined {
  const { Type, AllowedPattern, AllowedValues, MinValue, MaxValue, ConstraintDescription } = definition;
  const items = Type === 'CommaDelimitedList' ? listOf(value) : [value];
  if (AllowedValues !== undefined && !AllowedValues.map(String).includes(value)) {
    const meant = similar(value, AllowedValues.map(String));
    return `one of ${AllowedValues.join(', ')}${meant === undefined ? '' : `; did you mean ${meant}?`}`;
  }
  if (Type === 'Number' && (value.trim() === '' || Number.isNaN(Number(value)))) return 'a number';
  if (MinValue !== undefined && Number(value) < MinValue) return `a number, ${MinValue} or more`;
  if (MaxValue !== undefined && Number(value) > MaxValue) return `a number, ${MaxValue} or less`;
  const pattern = AllowedPattern === undefined ? undefined : new RegExp(`^(?:${AllowedPattern})$`);
  const wrong = items.find((item) => pattern !== undefined && !pattern.test(item));
  if (wrong === undefined) return undefined;
  const description = ConstraintDescription?.replace(/\.$/, '') ?? `what matches ${AllowedPattern}`;
  return items.length > 1 ? `${description}, and "${wrong}" is none` : description;
}
