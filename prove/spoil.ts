import type { Draw } from './seeded.ts';

/** What a stranger may write into any text. */
export const HOSTILE: readonly unknown[] = [
  '',
  ' ',
  '\u0000',
  '\u202e',
  '\ud800',
  '=HYPERLINK("https://example.com")',
  '<script>alert(1)</script>',
  '../../etc/passwd',
  '%s%n',
  "'; DROP TABLE services; --",
  '*.com',
  '*',
  'com',
  'xn--ls8h.example.com',
  'a'.repeat(300),
  `${'a.'.repeat(130)}example.com`,
  'hello.example.com.',
  'HELLO.example.com',
  'hello.example.com hello.example.com',
  'hello.example.com\nevil.test',
  '_private-ingress.hello.example.com',
  '__proto__',
  'constructor',
  null,
  true,
  -1,
  0,
  Number.MAX_SAFE_INTEGER,
  1e308,
  [],
  {},
  [[[[]]]],
  { __proto__: { polluted: true } },
];

/** The same value with one to three places in it made hostile. */
export function spoilt(value: unknown, draw: Draw): unknown {
  let result = value;
  for (let times = 1 + draw(3); times > 0; times--) result = spoil(result, draw);
  return result;
}

export function spoil(value: unknown, draw: Draw): unknown {
  const hostile = HOSTILE[draw(HOSTILE.length)];
  if (typeof value !== 'object' || value === null) {
    if (typeof value !== 'string' || draw(2) === 0) return hostile;
    const at = draw(value.length + 1);
    return `${value.slice(0, at)}${String(hostile)}${value.slice(at)}`;
  }
  const keys = Object.keys(value);
  const key = keys[draw(keys.length + 1)];
  if (key === undefined) return Array.isArray(value) ? [...value, hostile] : { ...value, [String(hostile)]: hostile };
  if (draw(6) === 0) {
    const { [key]: _, ...rest } = Object.fromEntries(Object.entries(value));
    return rest;
  }
  const inner: unknown = Object.entries(value).find(([name]) => name === key)?.[1];
  const changed = spoil(inner, draw);
  return Array.isArray(value)
    ? value.map((one, index) => (String(index) === key ? changed : one))
    : { ...value, [key]: changed };
}

/** The body of a reply, in JSON or XML, with one to three places in it made hostile, or cut. */
export function spoiltBody(body: string, draw: Draw): string {
  if (draw(20) === 0) return body.slice(0, draw(body.length + 1));
  if (!body.startsWith('<')) return JSON.stringify(spoilt(parsed(body), draw)) ?? '';
  let result = body;
  for (let times = 1 + draw(3); times > 0; times--) result = spoilXml(result, draw);
  return result;
}

/** Another text in an element, or one element less or twice. */
function spoilXml(xml: string, draw: Draw): string {
  const leaves = [...xml.matchAll(/<(\w+)>([^<]*)<\/\1>/g)];
  const leaf = leaves[draw(Math.max(1, leaves.length))];
  if (leaf === undefined) return xml;
  const [element, name = '', text = ''] = leaf;
  const around = (middle: string) => `${xml.slice(0, leaf.index)}${middle}${xml.slice(leaf.index + element.length)}`;
  switch (draw(6)) {
    case 0:
      return around('');
    case 1:
      return around(`${element}${element}`);
    default:
      return around(`<${name}>${escaped(String(spoil(text, draw)))}</${name}>`);
  }
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
