import { isAlias, isMap, isScalar, isSeq, type Node, parseDocument } from 'yaml';

/** Short forms that are not `Fn::` and their name. */
const WITHOUT_PREFIX = ['Ref', 'Condition'];

/**
 * A CloudFormation template in YAML as JSON: `!Ref X` is `{"Ref": "X"}`, `!GetAtt X.Arn` is
 * `{"Fn::GetAtt": ["X", "Arn"]}`, `!Sub …` is `{"Fn::Sub": …}`.
 * @throws YAMLParseError where it is not YAML.
 */
export function parseTemplate(text: string): unknown {
  // CloudFormation's tags are not YAML's, so each would be warned of.
  const document = parseDocument(text, { logLevel: 'error' });
  for (const error of document.errors) throw error;

  const plain = (node: unknown): unknown => {
    if (isAlias(node)) return plain(node.resolve(document));
    if (isMap<Node, Node>(node))
      return tagged(node, Object.fromEntries(node.items.map(({ key, value }) => [String(plain(key)), plain(value)])));
    if (isSeq(node)) return tagged(node, node.items.map(plain));
    return isScalar(node) ? tagged(node, node.value) : node;
  };
  return plain(document.contents);
}

function tagged({ tag }: { readonly tag?: string | undefined }, value: unknown): unknown {
  if (tag === undefined || !/^![A-Z]/.test(tag)) return value;
  const name = tag.slice(1);
  if (name === 'GetAtt' && typeof value === 'string') return { 'Fn::GetAtt': value.split(/\.(.*)/).slice(0, 2) };
  return { [WITHOUT_PREFIX.includes(name) ? name : `Fn::${name}`]: value };
}
