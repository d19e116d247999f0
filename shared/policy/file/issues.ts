import type { z } from 'zod';
import { similar } from '../../similar.ts';
import { itemsOf, type JsonSchema, keysOf, policyJsonSchema } from './json-schema.ts';
import type { Path, Positions } from './positions.ts';
import type { PolicyProblem } from './problems.ts';

type Issue = z.core.$ZodIssue;

/** The issues of zod → what is wrong, where, and what was expected. The issues have to carry their input. */
export function describeIssues(issues: readonly Issue[], places: Positions): readonly PolicyProblem[] {
  // A misspelt key is not missing as well.
  const meant = new Set<string>();
  const unknown = issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys') return [];
    const known = keysAt(issue.path);
    return issue.keys.map((key) => {
      const suggestion = similar(key, known);
      if (suggestion !== undefined) meant.add(pathText([...issue.path, suggestion]));
      const expected = suggestion === undefined ? `one of ${known.join(', ')}` : `"${suggestion}"`;
      return {
        ...places.key([...issue.path, key]),
        message: `"${abridged(key)}" is not a key here; expected ${expected}`,
      };
    });
  });
  const others = issues.flatMap((issue): readonly PolicyProblem[] => {
    const { path, input, message } = issue;
    if (issue.code === 'unrecognized_keys') return [];
    if (issue.code === 'invalid_key') {
      const expected = issue.issues.map(({ message }) => message).join(', ');
      return [{ ...places.key(path), message: `"${abridged(String(path.at(-1)))}" is invalid; expected ${expected}` }];
    }
    if (input === undefined) {
      if (meant.has(pathText(path))) return [];
      return [{ ...places.value(path), message: `"${String(path.at(-1))}" is missing; expected ${message}` }];
    }
    return [
      { ...places.value(path), message: `${whatIsWrong(issue, places)}; expected ${message}${suggestion(issue)}` },
    ];
  });
  return [...unknown, ...others];
}

function whatIsWrong({ code, input, path }: Issue, places: Positions): string {
  const source = places.written(path);
  const written = source === undefined ? undefined : abridged(source);
  if (input === null) return written === '' || written === undefined ? 'the value is empty' : `${written} is null`;
  if (Array.isArray(input)) {
    return code === 'too_big'
      ? `there are ${input.length}`
      : input.length === 0
        ? 'the list is empty'
        : 'this is a list';
  }
  switch (typeof input) {
    case 'object':
      return 'this is a mapping';
    case 'boolean':
      return `${written ?? input} is a boolean`;
    case 'number':
      return /^0\d/.test(written ?? '')
        ? `${written} is a number and loses its leading zero`
        : `${written ?? input} is a number`;
    default:
      return `"${abridged(String(input))}" is invalid`;
  }
}

/** What was meant, where that can be told. */
function suggestion({ code, input, path, ...issue }: Issue): string {
  if (code === 'invalid_value' && typeof input === 'string' && 'values' in issue) {
    const word = similar(input, issue.values.map(String));
    return word === undefined ? '' : `; did you mean ${word}?`;
  }
  return '';
}

function keysAt(path: Path): readonly string[] {
  let schema: JsonSchema | undefined = policyJsonSchema();
  for (const step of path) {
    schema = typeof step === 'number' ? schema && itemsOf(schema) : schema && new Map(keysOf(schema)).get(String(step));
  }
  return schema === undefined ? [] : keysOf(schema).map(([key]) => key);
}

function pathText(path: Path): string {
  return path.map(String).join('\0');
}

function abridged(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 60 ? `${line.slice(0, 57)}…` : line;
}
