import { parseDocument } from 'yaml';
import { z } from 'zod';

export const certainties = [
  'model',
  'documentation',
  'field-report',
  'captured',
  'measured',
  'inference',
  'unknown',
] as const;
export type Certainty = (typeof certainties)[number];

const KEBAB_CASE = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const SEEN_ON_AWS = 'must be "never", "undated", or the date of a report (YYYY, YYYY-MM or YYYY-MM-DD)';

const id = z.string().regex(KEBAB_CASE, 'must be in kebab-case');
const sentence = z
  .string()
  .min(1)
  .max(1000)
  .regex(/^[^\n]*[.)]$/, 'must be one line that ends in a full stop');

const factSchema = z
  .strictObject({
    /** Never changes: links in code and docs end in it. */
    id,
    statement: sentence,
    certainty: z.array(z.enum(certainties)).min(1, 'must name at least one certainty'),
    /** Keys of `facts/sources.yml`. */
    source: z.array(id).min(1, 'must name at least one source'),
    /** What the product does about it. */
    product: sentence.optional(),
    /** What the embedded cloud plays, and the switch of `local/src/profile.ts` if it can play both. */
    embedded: z
      .union([
        sentence.transform((plays) => ({ plays })),
        z.strictObject({ plays: sentence, switch: z.string().min(1) }),
      ])
      .optional(),
    /** What happens if the statement is wrong. */
    ifWrong: sentence.optional(),
    /** `undated`: a public report whose date is not recorded here. */
    seenOnAws: z.preprocess(
      (value) => (typeof value === 'number' ? String(value) : value),
      z.string(SEEN_ON_AWS).regex(/^(never|undated|\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?)$/, SEEN_ON_AWS),
    ),
  })
  .refine(
    ({ certainty, product, ifWrong }) => !isOpen(certainty) || product !== undefined || ifWrong !== undefined,
    'is an inference or unknown: it needs "product" (what the product does in either case) or "ifWrong"',
  );

const topicSchema = z.strictObject({ title: z.string().min(1), about: sentence, facts: z.array(z.unknown()).min(1) });
const sourcesSchema = z.record(
  id,
  z.strictObject({ name: z.string().min(1), url: z.url({ protocol: /^https$/ }).optional() }),
);

export type Fact = z.output<typeof factSchema>;
export type FactSource = z.output<typeof sourcesSchema>[string];

export interface Topic {
  readonly title: string;
  readonly about: string;
  readonly facts: readonly Fact[];
}

export interface Facts {
  readonly topics: readonly Topic[];
  readonly sources: Readonly<Record<string, FactSource>>;
}

export interface FactsFile {
  readonly path: string;
  readonly content: string;
}

/** Whether AWS may behave otherwise, because no source shows it. */
export const isOpen = (certainty: readonly Certainty[]): boolean =>
  certainty.includes('inference') || certainty.includes('unknown');

/** Every problem of the files, one a line: the file, the fact, the member, what is wrong. */
export class FactsError extends Error {
  override readonly name = 'FactsError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(
      `The facts have ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:\n${problems.join('\n')}`,
    );
    this.problems = problems;
  }
}

/** @throws FactsError */
export function parseFacts(sourcesFile: FactsFile, topicFiles: readonly FactsFile[]): Facts {
  const problems: string[] = [];
  const sources = checked(sourcesSchema, readYaml(sourcesFile, problems), sourcesFile.path, problems) ?? {};
  const topics = topicFiles.map((file) => parseTopic(file, problems)).filter((topic) => topic !== undefined);
  if (problems.length === 0) problems.push(...problemsAcross(topics, sources, sourcesFile.path));
  if (problems.length > 0) throw new FactsError(problems);
  return { topics, sources };
}

function parseTopic(file: FactsFile, problems: string[]): Topic | undefined {
  const topic = checked(topicSchema, readYaml(file, problems), file.path, problems);
  if (topic === undefined) return undefined;
  const facts = topic.facts.map((fact, index) =>
    checked(factSchema, fact, `${file.path}: ${nameOf(fact) ?? `fact ${index + 1}`}`, problems),
  );
  return { ...topic, facts: facts.filter((fact) => fact !== undefined) };
}

function problemsAcross(topics: readonly Topic[], sources: Facts['sources'], path: string): readonly string[] {
  const facts = topics.flatMap((topic) => topic.facts);
  const used = new Set(facts.flatMap(({ source }) => source));
  const ids = facts.map((fact) => fact.id);
  return [
    ...[...new Set(ids.filter((one, index) => ids.indexOf(one) !== index))].map(
      (one) => `${one}: this id is used twice; ids are unique over all files`,
    ),
    ...facts.flatMap((fact) =>
      fact.source.filter((key) => !(key in sources)).map((key) => `${fact.id}: source "${key}" is not in ${path}`),
    ),
    ...Object.keys(sources)
      .filter((key) => !used.has(key))
      .map((key) => `${path}: ${key}: no fact names this source; delete it`),
  ];
}

function readYaml({ path, content }: FactsFile, problems: string[]): unknown {
  const document = parseDocument(content);
  problems.push(...document.errors.map(({ message }) => `${path}: ${message.split('\n', 1)[0]}`));
  return document.errors.length === 0 ? document.toJS() : undefined;
}

function checked<Output>(
  schema: z.ZodType<Output>,
  input: unknown,
  where: string,
  problems: string[],
): Output | undefined {
  if (input === undefined) return undefined;
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  problems.push(
    ...result.error.issues.map(
      ({ path, message }) => `${where}: ${path.length > 0 ? `${path.join('.')}: ` : ''}${message}`,
    ),
  );
  return undefined;
}

const nameOf = (fact: unknown): string | undefined => z.object({ id: z.string() }).safeParse(fact).data?.id;
