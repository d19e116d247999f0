import { defaultSwitches } from 'apprunner-embedded-cloud/profile';
import { describe, expect, it } from 'vitest';
import { readFacts } from '../../facts/read.ts';
import { FactsError, parseFacts } from '../../facts/schema.ts';
import { factsDocument, fidelityDocument, unverifiedDocument } from '../../scripts/docs/facts.ts';

const SOURCES = 'guide:\n  name: the guide\n  url: https://docs.aws.amazon.com/guide\n';
const GOOD = `title: Topic
about: What it is about.
facts:
  - id: one-fact
    statement: AWS does it.
    certainty: [documentation]
    source: [guide]
    seenOnAws: never
`;

function problems(topic: string, sources = SOURCES): readonly string[] {
  try {
    parseFacts({ path: 'facts/sources.yml', content: sources }, [{ path: 'facts/topic.yml', content: topic }]);
    return [];
  } catch (error) {
    if (error instanceof FactsError) return error.problems;
    throw error;
  }
}

const changed = (from: string, to: string): string => GOOD.replace(from, to);

describe('the schema of the facts', () => {
  it('takes a fact with all that is required', () => expect(problems(GOOD)).toEqual([]));

  it.each([
    ['an id in capitals', changed('one-fact', 'One'), 'facts/topic.yml: One: id: must be in kebab-case'],
    [
      'no statement',
      changed('    statement: AWS does it.\n', ''),
      /^facts\/topic.yml: one-fact: statement: .*undefined/,
    ],
    [
      'a statement without full stop',
      changed('does it.', 'does it'),
      /statement: must be one line that ends in a full/,
    ],
    ['no certainty', changed('[documentation]', '[]'), /certainty: must name at least one certainty/],
    ['a certainty of its own', changed('[documentation]', '[sure]'), /certainty\.0: .*"model"/],
    ['no source', changed('[guide]', '[]'), /source: must name at least one source/],
    ['a date that is none', changed('never', 'last year'), /seenOnAws: must be "never", "undated", or the date/],
    ['a month that is none', changed('never', '2022-13'), /seenOnAws: must be "never"/],
    ['a member of its own', changed('    seenOnAws', '    seen: never\n    seenOnAws'), /one-fact: .*"seen"/],
    [
      'an unknown without what is done',
      changed('documentation', 'unknown'),
      /one-fact: is an inference or unknown: it needs/,
    ],
    ['a mistake of YAML', changed('title: Topic', 'title: ["'), /^facts\/topic.yml: .* line \d/],
    ['no facts', 'title: Topic\nabout: It.\nfacts: []\n', /^facts\/topic.yml: facts: /],
  ])('refuses %s, and says where', (_, topic, expected) => {
    expect(problems(topic)).toContainEqual(typeof expected === 'string' ? expected : expect.stringMatching(expected));
  });

  it('refuses an id that is used twice', () => {
    const twice = GOOD + GOOD.slice(GOOD.indexOf('  - id'));
    expect(problems(twice)).toEqual(['one-fact: this id is used twice; ids are unique over all files']);
  });

  it('refuses a source that is not listed, and one that no fact names', () => {
    expect(problems(changed('[guide]', '[book]'))).toEqual([
      'one-fact: source "book" is not in facts/sources.yml',
      'facts/sources.yml: guide: no fact names this source; delete it',
    ]);
  });

  it('refuses a URL without TLS', () => {
    expect(problems(GOOD, SOURCES.replace('https', 'http'))).toContainEqual(
      expect.stringMatching(/^facts\/sources.yml: guide\.url: /),
    );
  });
});

describe('the facts', async () => {
  const { topics } = await readFacts();
  const facts = topics.flatMap((topic) => topic.facts);

  it('name every switch of the embedded cloud, and no other', () => {
    const named = facts.flatMap(({ embedded }) => (embedded && 'switch' in embedded ? [embedded.switch] : []));
    expect(named.toSorted()).toEqual(Object.keys(defaultSwitches).toSorted());
  });

  it('an unknown is never seen on AWS', () => {
    const unknown = facts.filter(({ certainty }) => certainty.every((one) => one === 'unknown'));
    expect(unknown.length).toBeGreaterThan(4);
    expect(unknown.filter(({ seenOnAws }) => seenOnAws !== 'never')).toEqual([]);
  });

  it('one seen on AWS rests on a report', () => {
    const reported = facts.filter(({ seenOnAws }) => seenOnAws !== 'never');
    expect(reported.length).toBeGreaterThan(20);
    expect(
      reported.filter(({ certainty }) => !certainty.includes('captured') && !certainty.includes('field-report')),
    ).toEqual([]);
  });

  it('each has its anchor in docs/facts.md, and the open ones are in docs/unverified.md', async () => {
    const { content } = await factsDocument();
    const anchors = [...content.matchAll(/<a id="([^"]+)">/g)].map(([, anchor]) => anchor);
    expect(anchors).toEqual(facts.map(({ id }) => id));
    const { content: unverified } = await unverifiedDocument();
    const open = facts.filter(({ certainty }) => certainty.includes('unknown') || certainty.includes('inference'));
    expect(open.filter(({ id }) => !unverified.includes(`(facts.md#${id})`))).toEqual([]);
  });

  it('each that the embedded cloud plays is in docs/fidelity.md with when it was seen', async () => {
    const { content } = await fidelityDocument();
    const row = content.split('\n').find((line) => line.includes('(facts.md#delete-service-with-connection)'));
    expect(row).toMatch(/Switch: `deleteServiceWithConnection`.*captured \| 2025-01-13 \|$/);
    expect(facts.filter(({ id, embedded }) => embedded && !content.includes(`(facts.md#${id})`))).toEqual([]);
  });
});
