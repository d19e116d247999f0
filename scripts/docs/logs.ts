import { readdir, readFile } from 'node:fs/promises';
import type { GeneratedDocument } from './document.ts';
import { table } from './table.ts';

const FUNCTIONS = new URL('../../functions/', import.meta.url);

/** What the fields of log lines mean. A field of the functions that is missing here fails the build of the docs, and so does one too many. */
const FIELDS: Readonly<Record<string, string>> = {
  caller: 'ARN of the IAM identity that signed the request.',
  correlation:
    'What started it: `event/<id>` (an event of App Runner), `sweep/<run>`, `request/<id>` (a request of the API). It is in the message, on the lines of every reconciliation that follows from it, in the row and in the events on the bus.',
  error: 'Name, message and stack of the error.',
  event: 'Id of the event on the bus.',
  events: 'How many events of findings the batch had.',
  failures: 'Accounts, regions and services that could not be read, with why.',
  finding: 'Id of the finding.',
  findings: 'Codes of the open findings ([findings.md](findings.md)).',
  invocation: 'Lambda’s id of the invocation. Its own lines, such as “Task timed out”, have it too.',
  joins: '`true`: an event of the last seconds has sent a message already, and its reconciliation sees this one too.',
  kind: '`opened`, `aged`, `closed` or `phase`.',
  messageId: 'Id of the message in its queue.',
  messages: 'How many messages were sent to people.',
  method: 'Of the request.',
  names: 'Names that were checked from inside the VPC.',
  path: 'Of the request.',
  phase: 'The phase of the service.',
  problem: 'The answer that the caller got (RFC 9457).',
  reason: 'Why.',
  requestId: 'Id of the request; the answer of the API has it in `instance`.',
  result:
    '`held`: another reconciliation runs and will see it. `stale`: another message took its place. `early`: it came during a reconciliation, and was sent again. `forgotten`: there is nothing to manage.',
  run: 'Id of the sweep.',
  services: 'ARNs of the services of the batch, before work begins.',
  serviceArn: 'The service.',
  status: 'Of a sweep ([sweep.md](sweep.md)), or the HTTP status of an answer.',
  target: 'Account and region, or hosted zone, that was compared.',
  waiting: 'How many events wait, because a message about their cause was sent shortly before.',
  waits: 'What is waited for, as `kind:subject`.',
};

interface Line {
  readonly function: string;
  readonly level: string;
  readonly message: string;
  readonly fields: readonly string[];
}

/** `logger.info('text', { one, two: … })`, where the text is one literal. */
const CALL = /logger\.(info|warn|error)\(\s*'([^']+)',\s*\{([^}]*)\}/g;

async function linesOf(file: string): Promise<readonly Line[]> {
  const source = await readFile(new URL(file, FUNCTIONS), 'utf8');
  return [...source.matchAll(CALL)].map(([, level = '', message = '', fields = '']) => ({
    function: file.replace('.ts', ''),
    level: level.toUpperCase(),
    message,
    fields: [...fields.replaceAll(/\([^)]*\)|: [^,]*/g, '').matchAll(/(?<![.\w])[a-z]\w*/g)].map(([name]) => name),
  }));
}

/** `docs/logs.md`, from the log lines in `functions/`. @throws Error for a field without a meaning, or a meaning without a field. */
export async function logsDocument(): Promise<GeneratedDocument> {
  const files = (await readdir(FUNCTIONS)).filter((file) => file.endsWith('.ts')).sort();
  const lines = (await Promise.all(files.map(linesOf))).flat();
  const used = new Set(lines.flatMap(({ fields }) => fields));
  const wrong = [...used].filter((name) => !Object.hasOwn(FIELDS, name));
  const unused = Object.keys(FIELDS).filter((name) => !used.has(name));
  if (wrong.length + unused.length > 0)
    throw new Error(
      `scripts/docs/logs.ts: fields without a meaning: ${wrong.join(', ')}; not logged: ${unused.join(', ')}`,
    );
  const content = `<!-- Generated from functions/ and scripts/docs/logs.ts by "npm run docs". -->
# Logs

Each function writes JSON lines into its log group, \`/aws/lambda/<stack>-<function>\`. Besides what is below, each line has \`level\`,
\`message\`, \`timestamp\` and \`service\` (the stack). Metrics are lines too
([metrics.md](metrics.md)). A parameter sets the level (\`LogLevel\`) and how long lines are kept (\`LogRetentionDays\`).

## Follow one change

\`correlation\` is the same from the event to the record: the event of App Runner arrives (\`on-service-event\`), the message carries it, each
reconciliation that follows logs it, the row keeps it, and the events on the bus have it (\`announce\`). In CloudWatch Logs Insights, with
the log groups of all functions:

\`\`\`
filter correlation = "event/0d0f8e5e-0000-4000-8000-000000000000"
| fields @timestamp, @log, message, serviceArn, phase, result
| sort @timestamp asc
\`\`\`

On the command line:

\`\`\`sh
aws logs tail /aws/lambda/<stack>-reconcile --since 1h --follow --filter-pattern '"<service-arn>"'
\`\`\`

## Queries to paste

What happened to a service:

\`\`\`
filter serviceArn = "<service-arn>"
| fields @timestamp, message, correlation, phase, findings.0, waits.0, result
| sort @timestamp desc
| limit 100
\`\`\`

What fails, and how often:

\`\`\`
filter level = "ERROR" or @message like /Task timed out|Runtime exited|Runtime.ExitError/
| stats count(*) as times, latest(@timestamp) as last by @log, message, error.name
| sort times desc
\`\`\`

Which function timed out on which service. \`reconcile\` logs which services it begins with before it works; it matters only when it happens
again and again ([runbook.md](runbook.md#reconcile-errors)), because SQS redelivers the message and nothing is lost:

\`\`\`
filter @message like /Task timed out/ or message = "begins"
| parse @message /^\\S+ (?<request>[0-9a-f-]{36}) Task timed out after (?<seconds>[0-9.]+) seconds/
| fields coalesce(request, invocation) as id
| stats latest(seconds) as timedOutAfter, latest(services.0) as first, latest(@log) as log by id
| filter ispresent(timedOutAfter)
\`\`\`

Which services are reconciled most:

\`\`\`
filter message = "reconciled" or message = "still waiting"
| stats count(*) as times by serviceArn, phase
| sort times desc
| limit 20
\`\`\`

## Lines

${table(
  ['function', 'level', 'message', 'fields'],
  lines.map(({ function: name, level, message, fields }) => [
    `\`${name}\``,
    level,
    message,
    fields.map((field) => `\`${field}\``).join(', '),
  ]),
)}

## Fields

${table(
  ['field', 'meaning'],
  Object.entries(FIELDS).map(([name, meaning]) => [`\`${name}\``, meaning]),
)}
`;
  return { path: 'docs/logs.md', content };
}
