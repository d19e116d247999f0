import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { readStackSource } from '../stack-source.ts';
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
        errorCode: z.tuple([z.strictObject({ exists: z.literal(false) })]),
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

/** `docs/events.md`, from `stack/rules.yml` and `events/index.json`. */
export async function eventsDocument(): Promise<GeneratedDocument> {
  const rules = (await readStackSource('stack/rules.yml', rulesSchema)).map(({ eventBridge }) => eventBridge);
  const index = await readFile(new URL('../../events/index.json', import.meta.url), 'utf8');
  const samples = Object.entries(samplesSchema.parse(JSON.parse(index)));
  const of = (rule: string | null) => samples.filter(([, about]) => about.rule === rule);
  const content = `<!-- Generated from stack/rules.yml and events/index.json by "npm run docs". -->
# Events

What wakes the loop before the sweep does. Events are hints, never facts: each says only that a service is to be looked at,
and everything else is asked of AWS. They come twice, late, in any order or not at all, and nothing depends on it.

Each rule gives its events to the function \`on-service-event\`, which notes that the service has changed and puts a look into
the queue of \`reconcile\`. What each sample below leads to is tested.

${rules.map((rule) => section(rule, of(rule.name))).join('\n')}
## What no rule takes

${table(
  ['sample', 'why'],
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
      : ` The call was made to ${list(detail.eventSource)} and succeeded, and is one of ${list(detail.eventName)}.`;
  return `## \`${name}\`

${description}

Source ${list(source)}, detail type ${list(detailTypes)}.${calls}

${table(
  ['sample', 'what follows', 'note'],
  samples.map(([file, { subject = '', note = '' }]) => [link(file), follows(subject), note]),
)}
`;
}

function follows(subject: string): string {
  switch (subject) {
    case 'other':
      return 'nothing';
    case 'malformed':
      return 'it is kept in the dead-letter queue, with the reason';
    default:
      return 'the service is looked at';
  }
}

const list = (values: readonly string[]): string => values.map((value) => `\`${value}\``).join(', ');
const link = (file: string): string => `[${file.replace(/\.json$/, '')}](../events/${file})`;
