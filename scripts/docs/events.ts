import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { readStackSource } from '../../build/stack-source.ts';
import type { GeneratedDocument } from './document.ts';
import { table } from './table.ts';

const ruleSchema = z.object({
  /** `${self:custom.name}-service-status`: the part after the stack's own name is what the rule is called here. */
  name: z.string().transform((name) => name.replace(/^\$\{[^}]*\}-/, '')),
  description: z.string(),
  pattern: z.strictObject({
    source: z.array(z.string()),
    'detail-type': z.array(z.string()),
    detail: z
      .strictObject({
        eventSource: z.array(z.string()),
        eventName: z.array(z.string()),
        errorCode: z.tuple([z.union([z.strictObject({ exists: z.literal(false) }), z.string()])]),
        errorMessage: z.tuple([z.strictObject({ wildcard: z.string() })]).optional(),
      })
      .optional(),
  }),
});

type Rule = z.infer<typeof ruleSchema>;

const rulesSchema = z.array(z.object({ eventBridge: ruleSchema }));

const samplesSchema = z.record(
  z.string(),
  z.strictObject({ rule: z.string().nullable(), subject: z.string().optional(), note: z.string().optional() }),
);

type Sample = readonly [file: string, about: z.infer<typeof samplesSchema>[string]];

/** `docs/events.md`, from `stack/event-rules.yml` and `events/index.json`. */
export async function eventsDocument(): Promise<GeneratedDocument> {
  const rules = (await readStackSource('stack/event-rules.yml', rulesSchema)).map(({ eventBridge }) => eventBridge);
  const index = await readFile(new URL('../../events/index.json', import.meta.url), 'utf8');
  const samples = Object.entries(samplesSchema.parse(JSON.parse(index)));
  const of = (rule: string | null) => samples.filter(([, about]) => about.rule === rule);
  const content = `<!-- Generated from stack/event-rules.yml and events/index.json by "npm run docs". -->
# Events

Events start a reconciliation before the next sweep does. An event is a hint, never a fact: it only names a service, and the
reconciliation reads everything else from AWS. Events may arrive twice, late, out of order or not at all; correctness never
depends on them.

Each rule delivers its events to the function \`on-service-event\`, which marks the service as changed and enqueues a
reconciliation. Tests hold every sample below to what its row says.

${rules.map((rule) => section(rule, of(rule.name))).join('\n')}
## The dead-letter queue

The dead-letter queue (output \`DeadLetterQueueUrl\`) receives an event that \`on-service-event\` cannot read, with the reason,
and every message that failed too often: five times, of a sweep twice. Read the messages to find the fault. None of them needs to be replayed: the next
sweep reconciles every service whose state differs from the policy, whatever became of its events. Purge the queue once the
fault is fixed:

\`\`\`sh
aws sqs purge-queue --queue-url <DeadLetterQueueUrl>
\`\`\`

## Events that no rule matches

${table(
  ['sample', 'reason'],
  of(null).map(([file, { note = '' }]) => [link(file), note]),
)}
`;
  return { path: 'docs/events.md', content };
}

function section({ name, description, pattern }: Rule, samples: readonly Sample[]): string {
  const { source, 'detail-type': detailTypes, detail } = pattern;
  const calls =
    detail === undefined
      ? ''
      : ` The call was made to ${list(detail.eventSource)} and is one of ${list(detail.eventName)}. ${endOf(detail)}`;
  return `## \`${name}\`

${description}

Source ${list(source)}, detail type ${list(detailTypes)}.${calls}

${table(
  ['sample', 'effect', 'note'],
  samples.map(([file, { subject = '', note = '' }]) => [link(file), follows(subject), note]),
)}
`;
}

function endOf({ errorCode: [code], errorMessage }: NonNullable<Rule['pattern']['detail']>): string {
  if (typeof code !== 'string') return 'It succeeded.';
  const text = errorMessage === undefined ? '' : `, with the text \`${errorMessage[0].wildcard}\``;
  return `It failed with \`${code}\`${text}.`;
}

function follows(subject: string): string {
  switch (subject) {
    case 'other':
    case 'no-news':
      return 'none';
    case 'malformed':
      return 'goes to the dead-letter queue, with the reason';
    default:
      return 'reconciles the service';
  }
}

const list = (values: readonly string[]): string => values.map((value) => `\`${value}\``).join(', ');
const link = (file: string): string => `[${file.replace(/\.json$/, '')}](../events/${file})`;
