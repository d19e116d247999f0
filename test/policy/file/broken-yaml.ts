import type { BrokenFile } from './broken-file.ts';

/** Not YAML, or more of YAML than a policy uses. Whole files. */
export const brokenYaml: readonly BrokenFile[] = [
  { what: 'nothing', text: '', problems: ['1:1: the file is empty; expected a policy that begins with "version: 1"'] },
  { what: 'comments only', text: '# later\n', problems: ['1:1: the file is empty'] },
  { what: 'a single word', text: 'policy\n', problems: ['1:1: "policy" is invalid; expected a mapping'] },
  { what: 'a list', text: '- version: 1\n', problems: ['1:1: this is a list; expected a mapping'] },
  {
    what: 'a tab',
    text: 'version: 1\nregions:\n\t- eu-west-1\n',
    problems: ['3:1: tabs are not allowed as indentation; expected spaces'],
  },
  {
    what: 'a line too far to the left',
    text: 'version: 1\nlimits:\n  changes: 1\n detaches: 2\n',
    problems: ['4:1: all mapping items must start at the same column; expected the same number of spaces'],
  },
  {
    what: 'two keys on a line',
    text: 'version: 1\nowner: platform: two\n',
    problems: ['2:8: nested mappings are not allowed in compact mappings; expected one "key: value" on a line'],
  },
  {
    what: 'a quote that never ends',
    text: 'version: 1\nowner: "platform\nregions: [eu-west-1]\n',
    problems: ['4:1: missing closing "quote'],
  },
  {
    what: 'a list that never ends',
    text: 'version: 1\nregions: [eu-west-1\nowner: platform\n',
    problems: ['3:1: flow sequence in block collection must be sufficiently indented and end with a ]'],
  },
  {
    what: 'no colon',
    text: 'version 1\nowner: platform\n',
    problems: ['1:1: implicit keys need to be on a single line; expected "key: value"'],
  },
  {
    what: 'a template without quotes',
    text: 'version: 1\nrules:\n  - name: all\n    domains:\n      - {service}.corp.example.com\n',
    problems: ['5:18: a value that begins with { is read as a mapping, and more follows it; put it in quotes'],
  },
  {
    what: 'a pattern with a star in front, without quotes',
    text: 'version: 1\nrules:\n  - match:\n      services: [*api]\n',
    problems: ['4:18: *api is read as a reference; put a pattern that begins with * in quotes, "*api"'],
  },
  {
    what: 'a character that YAML keeps for itself',
    text: 'version: 1\nowner: @platform\n',
    problems: ['2:8: plain value cannot start with reserved character @; put the value in quotes'],
  },
  {
    what: 'anchor and alias',
    text: 'version: 1\nregions: &all [eu-west-1]\nexceptions: *all\n',
    problems: ['2:15: anchors (&all) are not used in a policy', '3:13: *all is read as a reference'],
  },
  {
    what: 'a merge key',
    text: 'version: 1\nlimits:\n  <<: { changes: 1 }\n',
    problems: ['3:3: merge keys (<<) are not used in a policy; expected the keys written out'],
  },
  {
    what: 'a tag of YAML',
    text: 'version: !!int 1\n',
    problems: ['1:16: tags (tag:yaml.org,2002:int) are not used in a policy; expected a plain value'],
  },
  {
    what: 'a directive',
    text: '%YAML 1.1\n---\nversion: 1\n',
    problems: ['1:1: directives (lines that begin with %) are not used in a policy'],
  },
  {
    what: 'two documents',
    text: 'version: 1\n---\nversion: 1\n',
    problems: ['2:1: a second document begins here; expected one policy in a file'],
  },
  {
    what: 'a list as a key',
    text: 'version: 1\n? [owner]\n: platform\n',
    problems: ['2:3: a key that is itself a list or mapping; expected a word'],
  },
  {
    what: 'nested without end',
    text: `version: ${'['.repeat(100_000)}`,
    problems: ['1:1: the file is nested too deeply to be read'],
  },
  {
    what: 'larger than any policy',
    text: `#${' '.repeat(500_000)}`,
    problems: ['1:1: the file has 500001 characters; expected at most 500000'],
  },
];
