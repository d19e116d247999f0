import { type Document, isNode, isScalar, LineCounter, parseAllDocuments, visit, type YAMLError } from 'yaml';
import { errorMessage } from '../../errors.ts';
import { type Positions, positionsIn } from './positions.ts';
import type { PolicyProblem } from './problems.ts';

export interface YamlFile {
  readonly problems: readonly PolicyProblem[];
  /** `undefined` if the text cannot be interpreted. */
  readonly document?: { readonly value: unknown; readonly places: Positions };
}

const TOO_DEEP = 'the file is nested too deeply to be read; expected a policy';

/** Characters; the largest organisation's policy is far below. */
const MAX_FILE_BYTES = 500_000;

/**
 * YAML 1.2, of which a policy file is: one document, in which every value is written where it stands (no anchors, aliases,
 * merge keys, tags or directives), so that what is read is what is meant. A key that is given twice is a problem, and
 * the rest is read all the same.
 */
export function readYaml(text: string): YamlFile {
  // Counted here: the library's parser skips some lines of a text that is broken.
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (const { index } of text.matchAll(/\n/g)) lines.addNewLine(index + 1);
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const refuse = (message: string): YamlFile => ({ problems: [{ ...at(0), message }] });
  if (text.length > MAX_FILE_BYTES)
    return refuse(`the file has ${text.length} characters; expected at most ${MAX_FILE_BYTES}`);
  try {
    const options = { prettyErrors: false, version: '1.2', keepSourceTokens: false } as const;
    const documents: readonly Document.Parsed[] = parseAllDocuments(text, options);
    const [document, second] = documents;
    const errors = documents.flatMap((one) => one.errors);
    if (document === undefined || (isNothing(document) && errors.length === 0)) {
      return refuse('the file is empty; expected a policy that begins with "version: 1"');
    }
    if (errors.some(({ code }) => code === 'RESOURCE_EXHAUSTION')) return refuse(TOO_DEEP);
    const toProblem = (error: YAMLError) => ({ ...at(error.pos[0]), message: syntaxMessage(error, text) });
    const doubled = errors.filter(({ code }) => code === 'DUPLICATE_KEY').map(toProblem);
    const others = errors.filter(({ code }) => code !== 'DUPLICATE_KEY').map(toProblem);
    const broken = [
      ...firstOfEachLine(others),
      ...strangeParts(document).map(({ offset, message }) => ({ ...at(offset), message })),
      ...(second === undefined
        ? []
        : [{ ...at(second.range[0]), message: 'a second document begins here; expected one policy in a file' }]),
    ];
    const problems = [...broken, ...doubled];
    // The value of a broken text is meaningless.
    if (broken.length > 0) return { problems };
    return { problems, document: { value: document.toJS(), places: positionsIn(document, at) } };
  } catch (error) {
    if (error instanceof RangeError) return refuse(TOO_DEEP);
    return refuse(`the file cannot be read (${errorMessage(error)}); expected a policy`);
  }
}

function isNothing({ contents }: Document): boolean {
  return contents === null || (isScalar(contents) && contents.value === null);
}

/** What was expected instead, by the library's code of the error. */
const EXPECTED: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'expected spaces',
  DUPLICATE_KEY: 'expected each key once',
  BAD_INDENT: 'expected the same number of spaces as on the lines it belongs to',
  BLOCK_AS_IMPLICIT_KEY: 'expected one "key: value" on a line; put a value that has ": " in it in quotes',
  BAD_SCALAR_START: 'put the value in quotes',
  BAD_DQ_ESCAPE: 'in single quotes a backslash is only a backslash',
  MULTILINE_IMPLICIT_KEY: 'expected "key: value"',
  MISSING_CHAR: 'expected it on this line or before',
};

function syntaxMessage({ code, message, pos: [offset] }: YAMLError, text: string): string {
  const [before, after] = [text.slice(0, offset), text.slice(offset)];
  if (code === 'UNEXPECTED_TOKEN' && before.endsWith('}')) {
    return 'a value that begins with { is read as a mapping, and more follows it; put it in quotes, such as "{service}.corp.example.com"';
  }
  if (code === 'DUPLICATE_KEY') {
    const key = /^[^:\n]+/.exec(after)?.[0].trim() ?? '';
    return `the key ${key} is given twice; ${EXPECTED[code]}`;
  }
  const wrong = message.charAt(0).toLowerCase() + message.slice(1);
  return `${wrong}; ${EXPECTED[code] ?? 'expected YAML, "key: value" or "- item" on each line'}`;
}

/** One mistake makes several errors, of which the first is the most useful. */
function firstOfEachLine(problems: readonly PolicyProblem[]): PolicyProblem[] {
  return problems.filter(({ line }, index) => problems.findIndex((other) => other.line === line) === index);
}

/** Parts of YAML that a policy does without. */
function strangeParts(document: Document.Parsed): readonly { readonly offset: number; readonly message: string }[] {
  const parts: { readonly offset: number; readonly message: string }[] = [];
  const add = (node: unknown, message: string) =>
    void parts.push({ offset: (isNode(node) ? node.range?.[0] : undefined) ?? 0, message });
  if (document.directives.yaml.explicit === true || Object.keys(document.directives.tags).length > 1) {
    add(document, 'directives (lines that begin with %) are not used in a policy; expected "version: 1"');
  }
  visit(document, {
    Alias(_, node) {
      const written = `put a pattern that begins with * in quotes, "*${node.source}", or write the value itself`;
      add(node, `*${node.source} is read as a reference; ${written}`);
    },
    Node(_, node) {
      const anchor = 'anchor' in node && node.anchor ? node.anchor : undefined;
      if (anchor !== undefined)
        add(node, `anchors (&${anchor}) are not used in a policy; expected the value written where it is needed`);
      if (node.tag !== undefined) add(node, `tags (${node.tag}) are not used in a policy; expected a plain value`);
    },
    Pair(_, { key }) {
      if (!isScalar(key)) add(key, 'a key that is itself a list or mapping; expected a word');
      else if (key.value === '<<') add(key, 'merge keys (<<) are not used in a policy; expected the keys written out');
    },
  });
  return parts;
}
