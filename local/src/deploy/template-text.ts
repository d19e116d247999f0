import { type Document, isAlias, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import { TemplateError } from './template.ts';

/** A template as text, JSON or YAML with CloudFormation's short forms (`!Sub`), as the object it means. @throws TemplateError */
export function parseTemplate(text: string): unknown {
  if (/^\s*\{/.test(text)) {
    try {
      return JSON.parse(text);
    } catch (error) {
      throw new TemplateError(`Template format error: JSON not well-formed. (${reasonOf(error)})`);
    }
  }
  const document = parseDocument(text, { logLevel: 'error' });
  const [error] = document.errors;
  if (error !== undefined) throw new TemplateError(`Template format error: YAML not well-formed. (${reasonOf(error)})`);
  return plain(document.contents, document);
}

const reasonOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';

function plain(node: unknown, document: Document): unknown {
  if (isAlias(node)) return plain(node.resolve(document), document);
  if (isMap(node)) {
    const entries = node.items.map(({ key, value }) => [String(plain(key, document)), plain(value, document)]);
    return expanded(node.tag, Object.fromEntries(entries));
  }
  if (isSeq(node)) {
    const items = node.items.map((item) => plain(item, document));
    return expanded(node.tag, items);
  }
  return isScalar(node) ? expanded(node.tag, node.value) : null;
}

/** `!Ref x` is `{Ref: x}`, `!Condition x` is `{Condition: x}`, and `!Sub x` is `{"Fn::Sub": x}`. */
function expanded(tag: string | undefined, value: unknown): unknown {
  const [, name] = /^!([A-Za-z0-9]+)$/.exec(tag ?? '') ?? [];
  if (name === undefined) return value;
  return { [name === 'Ref' || name === 'Condition' ? name : `Fn::${name}`]: value };
}
