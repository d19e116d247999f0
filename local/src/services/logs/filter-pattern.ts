import { AwsError } from '../../wire/errors.ts';

type Matches = (message: string) => boolean;

/**
 * A filter pattern (documented: "Filter pattern syntax"): terms that all have to occur (`ERROR timed`), `?` before terms of which
 * one is enough, `-` before those that must not, `"quoted text"`, and `{ $.level = "ERROR" }` with `=`, `!=`, `&&` and `||`. Numbers,
 * `IS` and space-delimited patterns are not here: they are refused.
 */
export function filterPattern(pattern: string): Matches {
  const text = pattern.trim();
  if (text === '') return () => true;
  if (text.startsWith('{')) return jsonPattern(text);
  if (text.startsWith('[') || text.startsWith('%')) throw refused(pattern);
  const terms = [...text.matchAll(/([?-]?)(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))/g)].map(
    ([, sign = '', quoted, word = '']) => ({
      sign,
      term: quoted?.replace(/\\(.)/g, '$1') ?? word,
    }),
  );
  const of = (wanted: string) => terms.filter(({ sign }) => sign === wanted).map(({ term }) => term);
  const [all, any, none] = [of(''), of('?'), of('-')];
  if (all.some((term) => /[^\w"]/.test(term) && !text.includes(`"${term}`))) throw refused(pattern);
  return (message) =>
    all.every((term) => message.includes(term)) &&
    (any.length === 0 || any.some((term) => message.includes(term))) &&
    !none.some((term) => message.includes(term));
}

function jsonPattern(text: string): Matches {
  const body = /^\{(.*)\}$/s.exec(text)?.[1];
  if (body === undefined) throw refused(text);
  const alternatives = body.split('||').map((part) => part.split('&&').map((one) => comparison(one.trim(), text)));
  return (message) => {
    let document: unknown;
    try {
      document = JSON.parse(message);
    } catch {
      return false;
    }
    return alternatives.some((all) => all.every((holds) => holds(document)));
  };
}

function comparison(text: string, pattern: string): (document: unknown) => boolean {
  const [, path, operator, quoted, bare] =
    /^\(?\s*\$((?:\.[\w-]+|\[\d+\])+)\s*(=|!=)\s*(?:"((?:[^"\\]|\\.)*)"|([^\s"()]+))\s*\)?$/.exec(text) ?? [];
  if (path === undefined) throw refused(pattern);
  const steps = [...path.matchAll(/\.([\w-]+)|\[(\d+)\]/g)].map(([, name, index]) => name ?? index ?? '');
  const glob = (quoted ?? bare ?? '').split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  const expected = new RegExp(`^${glob.join('.*')}$`, 's');
  return (document) => {
    const value = steps.reduce<unknown>((found, step) => Object(found ?? {})[step], document);
    const fits = value !== undefined && value !== null && expected.test(String(value));
    return operator === '=' ? fits : value !== undefined && !fits;
  };
}

const refused = (pattern: string): AwsError =>
  new AwsError(
    'InvalidParameterException',
    `Invalid filter pattern, or one that the embedded cloud does not know: ${pattern}`,
  );
