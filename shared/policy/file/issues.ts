import type { z } from 'zod';
import { similar } from '../../similar.ts';
import type { Path, Positions } from './positions.ts';
import type { PolicyProblem } from './problems.ts';

type Issue = z.core.$ZodIssue;

/**
 * The issues of zod → what is wrong, where, and what was expected. The issues have to carry their input; the message of
 * an unknown key is the list of the known ones (`mapping` in `formats.ts`).
 */
export function describeIssues(issues: readonly Issue[], places: Positions): readonly PolicyProblem[] {
  const unknown = issues.flatMap((issue) => {
    const known = issue.message.split(', ');
    const keys = issue.code === 'unrecognized_keys' ? issue.keys : [];
    return keys.map((key) => ({ path: [...issue.path, key], key, known, meant: similar(key, known) }));
  });
  const isMisspelt = (path: Path) =>
    unknown.some(({ path: at, meant }) => pathText([...at.slice(0, -1), meant ?? '']) === pathText(path));
  return [
    ...unknown.map(({ path, key, known, meant }) => {
      const expected = meant === undefined ? `one of ${known.join(', ')}` : `"${meant}"`;
      return { ...places.key(path), message: `"${abridged(key)}" is not a key here; expected ${expected}` };
    }),
    ...issues.flatMap((issue): readonly PolicyProblem[] => {
      const { code, path, input, message } = issue;
      const last = String(path.at(-1));
      if (code === 'unrecognized_keys') return [];
      if (code === 'invalid_key') {
        const expected = issue.issues.map((one) => one.message).join(', ');
        return [{ ...places.key(path), message: `"${abridged(last)}" is invalid; expected ${expected}` }];
      }
      // A misspelt key is not missing as well.
      if (input === undefined && isMisspelt(path)) return [];
      const wrong = input === undefined ? `"${last}" is missing` : whatIsWrong(issue, places);
      return [{ ...places.value(path), message: `${wrong}; expected ${message}${suggestion(issue)}` }];
    }),
  ];
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

/** The closest value, if one is close. */
function suggestion({ code, input, path, ...issue }: Issue): string {
  if (code === 'invalid_value' && typeof input === 'string' && 'values' in issue) {
    const word = similar(input, issue.values.map(String));
    return word === undefined ? '' : `; did you mean ${word}?`;
  }
  return '';
}

function pathText(path: Path): string {
  return path.map(String).join('\0');
}

function abridged(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 60 ? `${line.slice(0, 57)}…` : line;
}
