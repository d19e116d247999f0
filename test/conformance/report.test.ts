import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readReport, record, withDate } from '../../conformance/record.ts';
import { markdown, report, reportSchema, summary } from '../../conformance/report.ts';
import type { Result } from '../../conformance/runner.ts';
import { readFacts } from '../../facts/read.ts';

const facts = await readFacts();
const common = { expected: 'no', asks: 'Does it?' };
const results: readonly Result[] = [
  { ...common, contract: 'a', fact: 'service-arn', outcome: 'holds', answer: 'no' },
  { ...common, contract: 'b', fact: 'tag-events', outcome: 'differs', answer: 'yes' },
  { ...common, contract: 'c', fact: 'domain-validation-event', outcome: 'not-asked', reason: 'it needs a zone' },
  { ...common, contract: 'd', fact: 'not-ready-error', outcome: 'failed', reason: 'late' },
];
const run = {
  target: 'aws',
  region: 'eu-west-1',
  startedAt: '2026-03-02T04:00:00.000Z',
  seconds: 9,
  remaining: [],
} as const;
const made = report(run, results, facts);

describe('a report', () => {
  it('answers each open fact, or says why not', () => {
    const about = (id: string) => made.questions.find(({ fact }) => fact === id);
    expect(about('tag-events')?.answers).toEqual([{ asks: 'Does it?', answer: 'yes' }]);
    expect(about('domain-validation-event')).toMatchObject({ answers: [], reason: 'it needs a zone' });
    expect(about('not-ready-error')).toMatchObject({ answers: [], reason: 'late' });
    expect(about('zone-record-limit')).toMatchObject({ answers: [], reason: 'it needs 10,000 records' });
    expect(about('service-arn')).toBeUndefined();
  });

  it('names certainty and source of each contract', () => {
    expect(made.results[0]).toMatchObject({ certainty: ['captured'], source: [expect.stringContaining('captured')] });
  });

  it('is Markdown for people', () => {
    const text = markdown({ ...made, remaining: ['zone of pi-conf-1: denied'] });
    expect(text).toContain('1 held, 1 differ, 1 could not be asked, 1 were not asked');
    expect(text).toContain('| Does it? | no | yes | tag-events |');
    expect(text).toContain('| Does it? | late | not-ready-error |');
    expect(text).toContain('- zone of pi-conf-1: denied');
    expect(summary({ results: made.results.slice(0, 1) })).toBe('1 held');
  });

  it('is read back from JSON', () => {
    expect(reportSchema.parse(JSON.parse(JSON.stringify(made)))).toEqual(made);
  });
});

describe('recording a report', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'record-'));
  });
  afterEach(() => rm(folder, { recursive: true }));
  const yaml = (seen: string) =>
    `facts:\n  - id: service-arn\n    seenOnAws: ${seen}\n  - id: tag-events\n    seenOnAws: never\n`;

  it('writes the date to what held, and names what a person has to edit', async () => {
    const path = join(folder, 'a.yml');
    await writeFile(path, yaml('undated'));
    const recorded = await record(made, folder);
    expect(recorded).toEqual({
      seen: ['service-arn'],
      toEdit: [{ fact: 'tag-events', asks: 'Does it?', answer: 'yes' }],
    });
    expect(await readFile(path, 'utf8')).toBe(yaml('2026-03-02'));
  });

  it.each([
    ['never', '2026-03-02'],
    ['2022-11', '2026-03-02'],
    ['2026-03-03', '2026-03-03'],
  ])('of a fact seen %s leaves %s', (before, after) => {
    expect(withDate(yaml(before), 'service-arn', '2026-03-02')).toBe(yaml(after));
  });

  it('changes nothing for a fact of another file', () => {
    expect(withDate(yaml('never'), 'service', '2026-03-02')).toBe(yaml('never'));
  });

  it.each([
    ['{', 'is not JSON'],
    ['{}', 'is not a report'],
    [JSON.stringify({ ...made, target: 'endpoint' }), 'Only a report of AWS shows what AWS does'],
  ])('refuses %s', async (content, message) => {
    const path = join(folder, 'report.json');
    await writeFile(path, content);
    await expect(readReport(path)).rejects.toThrow(message);
  });
});
