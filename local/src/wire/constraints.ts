import type { NormalizedSchema } from '@smithy/core/schema';
import { path } from './validation.ts';

/** What a value has to satisfy beside its type, as AWS's API models have it. */
export interface Constraint {
  readonly enum?: readonly string[];
  /** A regular expression that the whole string matches. */
  readonly pattern?: string;
  /** Of a number its value, of anything else its length. */
  readonly min?: number;
  readonly max?: number;
  /** Of the items of a list, or the values of a map. */
  readonly member?: Constraint;
  /** Of the keys of a map. */
  readonly key?: Constraint;
}

/** Of one service: by the name of the structure, by the name of its member. */
export type ServiceConstraints = Readonly<Record<string, Readonly<Record<string, Constraint>>>>;

export interface Violation {
  readonly kind: 'enum' | 'pattern' | 'length' | 'range';
  /** `tags.1.member.key`. */
  readonly path: string;
  /** The value as messages show it. */
  readonly value: string;
  /** `Member must have length less than or equal to 4`. */
  readonly rule: string;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** Lists and maps as Java prints them, which is what AWS's messages show. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`;
  if (value instanceof Uint8Array) return '[B';
  if (!isRecord(value)) return String(value);
  return `{${Object.entries(value)
    .map(([key, item]) => `${key}=${shown(item)}`)
    .join(', ')}}`;
}

const compiled = new Map<string, RegExp>();

/** The models' patterns are Java's. Most are a JavaScript pattern in Unicode mode; those with needless escapes are not. */
export function wholeMatch(pattern: string): RegExp {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  const source = `^(?:${pattern})$`;
  let made: RegExp;
  try {
    made = new RegExp(source, 'u');
  } catch {
    made = new RegExp(source);
  }
  compiled.set(pattern, made);
  return made;
}

type Rule = Pick<Violation, 'kind' | 'rule'>;

function bounds({ min, max }: Constraint, actual: number, kind: 'length' | 'range'): readonly Rule[] {
  const what = kind === 'length' ? 'length' : 'value';
  const rules: Rule[] = [];
  if (max !== undefined && actual > max)
    rules.push({ kind, rule: `Member must have ${what} less than or equal to ${max}` });
  if (min !== undefined && actual < min)
    rules.push({ kind, rule: `Member must have ${what} greater than or equal to ${min}` });
  return rules;
}

function brokenRules(constraint: Constraint, value: unknown): readonly Rule[] {
  if (typeof value === 'number') return bounds(constraint, value, 'range');
  if (typeof value === 'string') {
    const rules = [...bounds(constraint, [...value].length, 'length')];
    if (constraint.pattern !== undefined && !wholeMatch(constraint.pattern).test(value))
      rules.push({ kind: 'pattern', rule: `Member must satisfy regular expression pattern: ${constraint.pattern}` });
    if (constraint.enum !== undefined && !constraint.enum.includes(value))
      rules.push({ kind: 'enum', rule: `Member must satisfy enum value set: [${constraint.enum.join(', ')}]` });
    return rules;
  }
  if (Array.isArray(value) || value instanceof Uint8Array) return bounds(constraint, value.length, 'length');
  return isRecord(value) ? bounds(constraint, Object.keys(value).length, 'length') : [];
}

/** Rules that items or keys break, said of the list or map that holds them, as AWS says it. */
function brokenByElements(
  constraint: Constraint | undefined,
  elements: readonly unknown[],
  of: string,
): readonly Rule[] {
  if (constraint === undefined) return [];
  const [first] = elements.map((element) => brokenRules(constraint, element)).filter((rules) => rules.length > 0);
  const rules = first?.map(({ rule }) => rule).join(', ');
  return first?.[0] === undefined ? [] : [{ kind: first[0].kind, rule: `${of} must satisfy constraint: [${rules}]` }];
}

function ofMember(ns: NormalizedSchema, constraint: Constraint, value: unknown, at: string): readonly Violation[] {
  const elements = Array.isArray(value) ? value : ns.isMapSchema() && isRecord(value) ? Object.values(value) : [];
  const keys = ns.isMapSchema() && isRecord(value) ? Object.keys(value) : [];
  const of = ns.isMapSchema() ? 'Map value' : 'Member';
  return [
    ...brokenRules(constraint, value),
    ...brokenByElements(constraint.key, keys, 'Map keys'),
    ...brokenByElements(constraint.member, elements, of),
  ].map((rule) => ({ ...rule, path: at, value: shown(value) }));
}

/** Every constraint that `value` breaks, in the order of the model. */
export function violations(
  ns: NormalizedSchema,
  value: unknown,
  constraints: ServiceConstraints = {},
  at = '',
): readonly Violation[] {
  if (value === undefined || value === null) return [];
  if (ns.isStructSchema() && isRecord(value)) {
    const own = constraints[ns.getName() ?? ''] ?? {};
    return [...ns.structIterator()].flatMap(([name, member]) => {
      const item = value[name];
      if (item === undefined || item === null) return [];
      const place = path.member(at, name);
      const constraint = own[name];
      const broken = constraint === undefined ? [] : ofMember(member, constraint, item, place);
      return [...broken, ...violations(member, item, constraints, place)];
    });
  }
  if (ns.isListSchema() && Array.isArray(value)) {
    return value.flatMap((item, index) => violations(ns.getValueSchema(), item, constraints, path.item(at, index)));
  }
  if (ns.isMapSchema() && isRecord(value)) {
    return Object.entries(value).flatMap(([key, item]) =>
      violations(ns.getValueSchema(), item, constraints, path.value(at, key)),
    );
  }
  return [];
}

/** `2 validation errors detected: Value '' at 'name' failed to satisfy constraint: Member must …; Value …`. */
export function violationMessage(found: readonly Violation[]): string {
  const each = found.map(
    ({ path: at, value, rule }) => `Value '${value}' at '${at}' failed to satisfy constraint: ${rule}`,
  );
  return `${found.length} validation error${found.length === 1 ? '' : 's'} detected: ${each.join('; ')}`;
}
