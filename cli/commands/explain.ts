import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { ServiceExplanation } from '../../shared/api/service-schemas.ts';
import { errorMessage } from '../../shared/errors.ts';
import { type EventPlan, planEvent } from '../../shared/events/event-plan.ts';
import type { CommandDefinition, Session } from '../command.ts';
import { UsageError } from '../errors.ts';
import { serviceText } from '../service-text.ts';
import type { Layout } from '../terminal/output.ts';
import { hanging } from '../terminal/width.ts';
import { planningCommand } from './plan.ts';

export const explainCommand: CommandDefinition = (run) =>
  planningCommand('explain', [
    {
      line: 'explain events/cloudtrail.tag-resource.json',
      does: 'whether a rule takes it, which service it is about, and what follows',
    },
    { line: 'explain - < event.json', does: 'an event from standard input' },
    { line: 'explain event.json --live', does: 'and, asking AWS, the plan that would be made of it now' },
  ])
    .summary('what an event of EventBridge would lead to; asks nobody')
    .description(
      'Takes an event as EventBridge delivers it, and tells which rule of the stack takes it (or why none does), which service it is about and what would follow. Nothing is asked of AWS, unless with --live, which makes the plan of the service as "plan" does. Ends with 0 whatever would follow.',
    )
    .argument('<file>', 'a JSON file with one event, or - for standard input')
    .option('--live', 'ask AWS, and tell the plan that would be made now')
    .action((file, options) =>
      run(options, async ({ output, environment }) => {
        const plan = planEvent(await eventIn(file, environment));
        const { match, service, isLook, follows } = plan;
        const live =
          options.live === true && isLook && service !== undefined
            ? await liveOf(service, options, environment)
            : undefined;
        const data = {
          event: match,
          ...(service === undefined ? {} : { serviceArn: service.arn }),
          follows,
          ...(live === undefined ? {} : { service: live }),
        };
        output.say(data, (layout) => explainText(plan, live, layout, environment.now()));
        return 'fine';
      }),
    );

async function liveOf(...planned: Parameters<typeof import('../live-plan.ts').livePlan>) {
  const { livePlan } = await import('../live-plan.ts');
  return livePlan(...planned);
}

/** @throws UsageError */
async function eventIn(
  file: string,
  { readInput }: Session['environment'],
): Promise<Readonly<Record<string, unknown>>> {
  const name = file === '-' ? 'Standard input' : file;
  let event: unknown;
  try {
    event = JSON.parse(file === '-' ? await readInput() : await readFile(file, 'utf8'));
  } catch (error) {
    throw new UsageError(
      error instanceof SyntaxError
        ? `${name} is not JSON: ${error.message}. It takes one event, as EventBridge delivers it; events/ has samples.`
        : `${name} cannot be read: ${errorMessage(error)}`,
    );
  }
  const parsed = z.record(z.string(), z.unknown()).safeParse(event);
  if (parsed.success) return parsed.data;
  throw new UsageError(
    `${name} is not an event but ${Array.isArray(event) ? 'an array' : JSON.stringify(event)?.slice(0, 40)}: it takes one JSON object.`,
  );
}

function explainText(
  { match, service, follows }: EventPlan,
  live: (ServiceExplanation & { readonly settingsFrom: string }) | undefined,
  layout: Layout,
  now: number,
): string {
  const { style, width } = layout;
  const fact = (name: string, text: string) => hanging(`${style('dim', name.padEnd(10))}`, text, width);
  return [
    fact('rule', match.rule === undefined ? style('yellow', 'none takes it') : style('green', match.rule)),
    // Why the others do not is worth reading only when none does.
    ...(match.rule === undefined ? match.mismatches : []).map(({ rule, because }) => fact('', `${rule}: ${because}`)),
    fact('service', service?.arn ?? 'none'),
    fact('follows', follows),
    ...(live === undefined ? [] : ['', serviceText(live, layout, now, live.settingsFrom)]),
  ].join('\n');
}
