import { readFacts } from '../../facts/read.ts';
import { type Fact, type Facts, isOpen } from '../../facts/schema.ts';
import type { GeneratedDocument } from './document.ts';
import { table } from './table.ts';

/** `docs/facts.md`: every fact, with the anchor that code and docs link to. */
export async function factsDocument(): Promise<GeneratedDocument> {
  const facts = await readFacts();
  const content = `${head('Facts')}
What is known of AWS, and how sure it is. Code, tests and the embedded cloud rest on these facts, and their comments link to
them. Nothing here was seen on AWS by this project itself; the dates are those of reports.

${certaintyTable}

${facts.topics
  .map(
    ({ title, about, facts: rows }) => `## ${title}

${about}

${table(
  ['fact', 'certainty', 'source', 'the product'],
  rows.map((fact) => [
    `<a id="${fact.id}"></a>${fact.statement}`,
    fact.certainty.join(', '),
    sourcesOf(fact, facts),
    fact.product ?? '',
  ]),
)}`,
  )
  .join('\n\n')}
`;
  return { path: 'docs/facts.md', content };
}

/** `docs/fidelity.md`: what the embedded cloud plays, and why it should be right. */
export async function fidelityDocument(): Promise<GeneratedDocument> {
  const facts = await readFacts();
  const content = `${head('Fidelity of the embedded cloud')}
What the embedded cloud plays, fact by fact, and what this rests on. "Seen on AWS" is the date of a public report, "undated" a
public report whose date is not recorded, "never" what no report shows. Where the embedded cloud can play two answers, the switch of
[local/src/profile.ts](../local/src/profile.ts) is named, and the tests run with both.

${facts.topics
  .map(({ title, facts: rows }) => ({ title, rows: rows.flatMap((fact) => fidelityRow(fact, facts)) }))
  .filter(({ rows }) => rows.length > 0)
  .map(
    ({ title, rows }) => `## ${title}

${table(['fact', 'behaviour', 'source', 'certainty', 'seen on AWS'], rows)}`,
  )
  .join('\n\n')}
`;
  return { path: 'docs/fidelity.md', content };
}

/** `docs/unverified.md`: the facts that AWS may contradict. */
export async function unverifiedDocument(): Promise<GeneratedDocument> {
  const facts = await readFacts();
  const all = facts.topics.flatMap((topic) => topic.facts);
  const open = all.filter(({ certainty }) => isOpen(certainty));
  const believed = all.filter(({ certainty, ifWrong }) => !isOpen(certainty) && ifWrong !== undefined);
  const content = `${head('Not seen on AWS')}
This project was built and tested against its embedded cloud. The facts below rest on the sources named, and were not seen on AWS
by this project. Where two answers are possible, the product handles both, and both are tested.
[npm run conformance](conformance.md) asks AWS, and a report of it answers these questions.

## Unknown or inferred

${unverifiedTable(open, facts)}

## Documented or reported by others

${unverifiedTable(believed, facts)}
`;
  return { path: 'docs/unverified.md', content };
}

const head = (title: string): string => `<!-- Generated from facts/*.yml by "npm run docs". -->
# ${title}
`;

const certaintyTable = table(
  ['certainty', 'meaning'],
  Object.entries({
    model: 'the public API model',
    documentation: 'AWS documentation',
    'field-report': 'the report that this project started from: live AWS, ap-northeast-1, November 2022',
    captured: 'captured from live AWS, in public code or a public issue',
    measured: 'measured by this project on its own tools',
    inference: 'concluded from the others, not seen',
    unknown: 'no source answers it: a switch of the embedded cloud, or handled both ways',
  } satisfies Record<Fact['certainty'][number], string>),
);

const unverifiedTable = (facts: readonly Fact[], { sources }: Pick<Facts, 'sources'>): string =>
  table(
    ['fact', 'certainty', 'source', 'seen on AWS', 'what the product does', 'if it is not so'],
    facts.map((fact) => [
      `${fact.statement} ([${fact.id}](facts.md#${fact.id}))`,
      fact.certainty.join(', '),
      sourcesOf(fact, { sources }),
      fact.seenOnAws,
      fact.product ?? '',
      fact.ifWrong ?? '',
    ]),
  );

function fidelityRow(fact: Fact, facts: Facts): readonly string[][] {
  if (fact.embedded === undefined) return [];
  const { plays } = fact.embedded;
  const switched = 'switch' in fact.embedded ? ` Switch: \`${fact.embedded.switch}\`.` : '';
  return [
    [
      `[${fact.id}](facts.md#${fact.id})`,
      `${plays}${switched}`,
      sourcesOf(fact, facts),
      fact.certainty.join(', '),
      fact.seenOnAws,
    ],
  ];
}

const sourcesOf = ({ source }: Fact, { sources }: Pick<Facts, 'sources'>): string =>
  source
    .map((key) => sources[key])
    .filter((found) => found !== undefined)
    .map(({ name, url }) => (url === undefined ? name : `[${name}](${url})`))
    .join('; ');
