import { BlockList, isIP } from 'node:net';
import { AwsError } from '../../wire/errors.ts';

/**
 * Event patterns (documented: "Creating Amazon EventBridge event patterns").
 *
 *     pattern                                            matches a field that is
 *     ["RUNNING", "PAUSED"]                              one of these; in an array: any element
 *     [null]                                             there, and null
 *     [{"exists": false}]                                not there (leaves only)
 *     [{"prefix": "a"}], [{"suffix": "z"}]               a string that begins, ends so; also {"equals-ignore-case": "A"}
 *     [{"equals-ignore-case": "Running"}]                that string in any case
 *     [{"anything-but": ["a", "b"]}]                     there, and none of these; also prefix, suffix, wildcard, …
 *     [{"numeric": [">", 0, "<=", 5]}]                   a number in that range
 *     [{"cidr": "10.0.0.0/16"}]                          an address in that block
 *     [{"wildcard": "*.example.com"}]                    a string of that form; `\*` is a star
 *     {"$or": [{…}, {…}]}                                beside the other fields, one of these patterns
 */
export function matches(pattern: unknown, event: unknown): boolean {
  return isObject(pattern) && matchesObject(pattern, event);
}

/** @throws AwsError InvalidEventPatternException naming what is wrong and where. */
export function validatePattern(pattern: unknown): void {
  if (!isObject(pattern)) throw invalid('Filter is not an object');
  if (Object.keys(pattern).length === 0) throw invalid('Empty pattern is not allowed');
  validateObject(pattern, '');
}

type Json = Readonly<Record<string, unknown>>;
type Leaf = string | number | boolean | null;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isLeaf = (value: unknown): value is Leaf =>
  value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
const isText = (value: unknown): value is string => typeof value === 'string';
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

function invalid(reason: string): AwsError {
  return new AwsError('InvalidEventPatternException', `Event pattern is not valid. Reason: ${reason}`);
}

const isAlternatives = (field: string, expected: unknown): expected is readonly Json[] =>
  field === '$or' && Array.isArray(expected) && expected.every(isObject);

function matchesObject(pattern: Json, event: unknown): boolean {
  // An array of objects matches when one of its elements matches as a whole.
  if (Array.isArray(event) && event.length > 0) return event.some((element) => matchesObject(pattern, element));
  const fields = isObject(event) ? event : {};
  return Object.entries(pattern).every(([field, expected]) => {
    if (isAlternatives(field, expected)) return expected.some((alternative) => matchesObject(alternative, event));
    const actual = Object.hasOwn(fields, field) ? fields[field] : undefined;
    return Array.isArray(expected)
      ? matchesField(expected, actual)
      : isObject(expected) && matchesObject(expected, actual);
  });
}

function matchesField(expected: readonly unknown[], actual: unknown): boolean {
  const values = [actual].flat(Number.POSITIVE_INFINITY).filter(isLeaf);
  return expected.some((one) => {
    if (!isObject(one)) return values.some((value) => value === one);
    const [[name, argument] = ['', undefined]] = Object.entries(one);
    if (name === 'exists') return values.length > 0 === argument;
    const matcher = matchers[name];
    return matcher !== undefined && values.some((value) => matcher.matches(argument, value));
  });
}

interface Matcher {
  /** What is wrong with the argument, or `undefined`. */
  fault(argument: unknown): string | undefined;
  matches(argument: unknown, value: Leaf): boolean;
}

const ignoringCase = (argument: unknown): string | undefined => {
  const folded = isObject(argument) ? argument['equals-ignore-case'] : undefined;
  return isText(folded) ? folded.toLowerCase() : undefined;
};

/** prefix and suffix: a string, or `{"equals-ignore-case": string}`. */
function affix(name: string, test: (value: string, affix: string) => boolean): Matcher {
  return {
    fault: (argument) =>
      isText(argument) || ignoringCase(argument) !== undefined ? undefined : `${name} match pattern must be a string`,
    matches: (argument, value) => {
      if (!isText(value)) return false;
      const folded = ignoringCase(argument);
      return folded !== undefined ? test(value.toLowerCase(), folded) : isText(argument) && test(value, argument);
    },
  };
}

const matchers: Readonly<Record<string, Matcher>> = {
  exists: {
    fault: (argument) =>
      typeof argument === 'boolean' ? undefined : 'exists match pattern must be either true or false.',
    matches: (argument) => argument === true,
  },
  prefix: affix('prefix', (value, prefix) => value.startsWith(prefix)),
  suffix: affix('suffix', (value, suffix) => value.endsWith(suffix)),
  'equals-ignore-case': {
    fault: (argument) => (isText(argument) ? undefined : 'equals-ignore-case match pattern must be a string'),
    matches: (argument, value) => isText(value) && isText(argument) && value.toLowerCase() === argument.toLowerCase(),
  },
  wildcard: {
    fault: (argument) => {
      if (!isText(argument)) return 'wildcard match pattern must be a string';
      if (argument.replace(/\\./g, '').includes('**')) return 'Consecutive wildcard characters';
      return /\\(?![*\\])/.test(argument.replace(/\\\\/g, '')) ? 'Invalid escape character' : undefined;
    },
    matches: (argument, value) => isText(value) && isText(argument) && wildcard(argument).test(value),
  },
  cidr: {
    fault: (argument) =>
      isText(argument) && block(argument) !== undefined ? undefined : `Malformed CIDR, one '/' required`,
    matches: (argument, value) => {
      const version = isText(value) ? isIP(value) : 0;
      if (!isText(argument) || !isText(value) || version === 0) return false;
      return block(argument)?.check(value, version === 4 ? 'ipv4' : 'ipv6') ?? false;
    },
  },
  numeric: {
    fault: (argument) => {
      if (!Array.isArray(argument)) return 'Value of numeric must be an array.';
      return comparisons(argument) === undefined
        ? `Invalid numeric match expression: ${JSON.stringify(argument)}`
        : undefined;
    },
    matches: (argument, value) =>
      typeof value === 'number' &&
      Array.isArray(argument) &&
      (comparisons(argument)?.every(([operator, bound]) => compare[operator](value, bound)) ?? false),
  },
  'anything-but': {
    fault: (argument) => {
      if (isObject(argument)) return butFault(argument);
      const values = list(argument);
      if (values.length === 0) return 'Empty arrays are not allowed';
      const ofOneKind = values.every(isText) || values.every((value) => typeof value === 'number');
      return ofOneKind
        ? undefined
        : 'Inside anything but list, either all values are number or string, mixed type is not supported';
    },
    matches: (argument, value) => {
      if (!isObject(argument)) return !list(argument).includes(value);
      const [[name, excluded] = ['', undefined]] = Object.entries(argument);
      return !list(excluded).some((one) => matchers[name]?.matches(one, value));
    },
  },
};

function butFault(argument: Json): string | undefined {
  const [[name, excluded] = ['', undefined], ...others] = Object.entries(argument);
  if (others.length > 0) return 'Only one key allowed in match expression';
  const matcher = ['prefix', 'suffix', 'equals-ignore-case', 'wildcard'].includes(name) ? matchers[name] : undefined;
  if (matcher === undefined) return `Unsupported anything-but pattern: ${name}`;
  if (list(excluded).length === 0) return 'Empty arrays are not allowed';
  return list(excluded)
    .map((one) => matcher.fault(one))
    .find((fault) => fault !== undefined);
}

const compare = {
  '<': (value: number, bound: number) => value < bound,
  '<=': (value: number, bound: number) => value <= bound,
  '=': (value: number, bound: number) => value === bound,
  '>': (value: number, bound: number) => value > bound,
  '>=': (value: number, bound: number) => value >= bound,
} as const;
type Comparison = readonly [operator: keyof typeof compare, bound: number];

const isOperator = (value: unknown): value is keyof typeof compare => isText(value) && Object.hasOwn(compare, value);

/** `["=", n]`, one bound, or a lower bound and then a higher one; anything else is `undefined`. */
function comparisons(expression: readonly unknown[]): readonly Comparison[] | undefined {
  const found: Comparison[] = [];
  for (let at = 0; at < expression.length; at += 2) {
    const [operator, bound] = [expression[at], expression[at + 1]];
    if (!isOperator(operator) || typeof bound !== 'number' || Math.abs(bound) > 5e9) return undefined;
    found.push([operator, bound]);
  }
  const [first, second] = found;
  if (first === undefined || found.length > 2) return undefined;
  if (second === undefined) return found;
  return first[0].startsWith('>') && second[0].startsWith('<') && first[1] < second[1] ? found : undefined;
}

function wildcard(pattern: string): RegExp {
  const source = pattern.replace(/\\([*\\])|\*|[.+?^${}()|[\]\\]/g, (text, escaped: string | undefined) =>
    escaped !== undefined ? `\\${escaped}` : text === '*' ? '.*' : `\\${text}`,
  );
  return new RegExp(`^${source}$`, 's');
}

function block(cidr: string): BlockList | undefined {
  const [, address = '', bits = ''] = /^([^/]+)\/(\d{1,3})$/.exec(cidr) ?? [];
  const version = isIP(address);
  if (version === 0 || Number(bits) > (version === 4 ? 32 : 128)) return undefined;
  const blocks = new BlockList();
  blocks.addSubnet(address, Number(bits), version === 4 ? 'ipv4' : 'ipv6');
  return blocks;
}

function validateObject(pattern: Json, path: string): void {
  for (const [field, expected] of Object.entries(pattern)) {
    const where = path === '' ? field : `${path}.${field}`;
    if (isAlternatives(field, expected)) {
      if (expected.length < 2) throw invalid(`There must have at least 2 Objects in $or relationship (at "${where}")`);
      for (const alternative of expected) validateObject(alternative, path);
    } else if (Array.isArray(expected)) {
      validateField(expected, where);
    } else if (isObject(expected)) {
      if (Object.keys(expected).length === 0) throw invalid(`Empty objects are not allowed (at "${where}")`);
      validateObject(expected, where);
    } else {
      throw invalid(`"${where}" must be an object or an array`);
    }
  }
}

function validateField(expected: readonly unknown[], where: string): void {
  if (expected.length === 0) throw invalid(`Empty arrays are not allowed (at "${where}")`);
  for (const one of expected) {
    if (isLeaf(one)) continue;
    if (!isObject(one)) throw invalid(`Match value must be String, number, true, false, or null (at "${where}")`);
    const [[name, argument] = ['', undefined], ...others] = Object.entries(one);
    if (others.length > 0) throw invalid(`Only one key allowed in match expression (at "${where}")`);
    const matcher = matchers[name];
    if (matcher === undefined) throw invalid(`Unrecognized match type ${name} (at "${where}")`);
    const fault = matcher.fault(argument);
    if (fault !== undefined) throw invalid(`${fault} (at "${where}")`);
  }
}
