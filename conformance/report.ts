import { z } from 'zod';
import { type Facts, isOpen } from '../facts/schema.ts';
import { notAsked } from './contracts/all.ts';
import type { Result } from './runner.ts';

const resultSchema = z.object({
  contract: z.string(),
  fact: z.string(),
  certainty: z.array(z.string()),
  source: z.array(z.string()),
  asks: z.string(),
  expected: z.string(),
  outcome: z.enum(['holds', 'differs', 'not-asked', 'failed']),
  answer: z.string().optional(),
  reason: z.string().optional(),
});

export const reportSchema = z.object({
  format: z.literal('conformance report 1'),
  /** `aws` is a real account. */
  target: z.enum(['embedded', 'endpoint', 'aws']),
  region: z.string(),
  /** ISO 8601. */
  startedAt: z.iso.datetime(),
  seconds: z.number(),
  results: z.array(resultSchema),
  /** The open facts of docs/unverified.md. */
  questions: z.array(
    z.object({
      fact: z.string(),
      statement: z.string(),
      answers: z.array(z.object({ asks: z.string(), answer: z.string() })),
      /** Why there is no answer. */
      reason: z.string().optional(),
    }),
  ),
  /** What the run could not remove. */
  remaining: z.array(z.string()),
});
export type Report = z.output<typeof reportSchema>;

export function report(
  run: Pick<Report, 'target' | 'region' | 'startedAt' | 'seconds'> & { readonly remaining: readonly string[] },
  results: readonly Result[],
  { topics, sources }: Facts,
): Report {
  const facts = topics.flatMap((topic) => topic.facts);
  const factOf = new Map(facts.map((fact) => [fact.id, fact]));
  return {
    format: 'conformance report 1',
    ...run,
    remaining: [...run.remaining],
    results: results.map((result) => {
      const fact = factOf.get(result.fact);
      const source = (fact?.source ?? []).map((key) => sources[key]?.name ?? key);
      return { ...result, certainty: [...(fact?.certainty ?? [])], source };
    }),
    questions: facts
      .filter(({ certainty }) => isOpen(certainty))
      .map(({ id, statement }) => ({ fact: id, statement, ...answersOf(id, results) })),
  };
}

function answersOf(fact: string, results: readonly Result[]): Pick<Report['questions'][number], 'answers' | 'reason'> {
  const about = results.filter((result) => result.fact === fact);
  const answers = about.flatMap((result) => ('answer' in result ? [{ asks: result.asks, answer: result.answer }] : []));
  if (answers.length > 0) return { answers };
  const reason = about.map((result) => ('reason' in result ? result.reason : '')).find((one) => one !== '');
  return { answers, reason: reason ?? notAsked[fact] ?? 'no contract of this run asks it' };
}

const OUTCOMES = {
  holds: 'held',
  differs: 'differ',
  failed: 'could not be asked',
  'not-asked': 'were not asked',
} as const;

export const counted = ({ results }: Pick<Report, 'results'>, outcome: Result['outcome']): number =>
  results.filter((result) => result.outcome === outcome).length;

/** One line: how many contracts held, differ, and so on. */
export const summary = (of: Pick<Report, 'results'>): string =>
  (Object.keys(OUTCOMES) as readonly Result['outcome'][])
    .filter((outcome) => outcome === 'holds' || counted(of, outcome) > 0)
    .map((outcome) => `${counted(of, outcome)} ${OUTCOMES[outcome]}`)
    .join(', ');

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');

export function markdown(of: Report): string {
  const { target, region, startedAt, seconds, results, questions, remaining } = of;
  const section = (title: string, body: string) => `## ${title}\n\n${body}\n`;
  const rows = (outcome: Result['outcome'], row: (result: Report['results'][number]) => readonly string[]) =>
    results.filter((result) => result.outcome === outcome).map(row);
  const differing = rows('differs', (one) => [one.asks, one.expected, one.answer ?? '', one.fact]);
  const failed = [
    ...rows('failed', (one) => [one.asks, one.reason ?? '', one.fact]),
    ...rows('not-asked', (one) => [one.asks, one.reason ?? '', one.fact]),
  ];
  const held = rows('holds', (one) => [
    one.asks,
    one.answer ?? '',
    one.fact,
    one.certainty.join(', '),
    one.source.join('; '),
  ]);
  const asked = questions.map(({ statement, answers, reason, fact }) => [
    statement,
    answers.map(({ asks, answer }) => `${asks} ${answer}.`).join(' ') || `Not answered: ${reason}.`,
    fact,
  ]);
  return [
    '# Conformance report\n',
    `Target ${target}, region ${region}, started ${startedAt}, took ${seconds} s: ${summary(of)}.\n`,
    ...(differing.length > 0
      ? [section('What differs', table(['question', 'expected', 'answer', 'fact'], differing))]
      : []),
    section('Open questions', table(['question', 'answer', 'fact'], asked)),
    ...(failed.length > 0 ? [section('Not answered', table(['question', 'reason', 'fact'], failed))] : []),
    section('What held', table(['question', 'answer', 'fact', 'certainty', 'source'], held)),
    ...(remaining.length > 0 ? [section('Not removed', remaining.map((one) => `- ${one}`).join('\n'))] : []),
  ].join('\n');
}
