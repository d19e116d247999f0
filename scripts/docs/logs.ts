import { z } from 'zod';
import { readStackSource } from '../../build/stack-source.ts';
import type { GeneratedDocument } from './document.ts';
import { type LogLine, logLines } from './log-lines.ts';
import { table } from './table.ts';

/** What the fields of log lines mean. A field of the functions that is missing here fails the build of the docs, and so does one too many. */
const FIELDS: Readonly<Record<string, string>> = {
  answered: 'How many accounts, regions and zones of the running sweep have been compared.',
  by: 'Who asked for the sweep: `schedule`, or the ARN of the caller.',
  caller: 'ARN of the IAM identity that signed the request.',
  correlation:
    'What started it: `event/<id>` (an event of App Runner), `sweep/<run>`, `request/<id>` (a request of the API). It is in the message, on the lines of every reconciliation that follows from it, in the row and in the events on the bus. A row that was removed, or cannot be read, says none, so the lines of `announce` and `notify` about it have none; nor has the failure of a message that names no sweep.',
  count: 'How many services were compared, or are in the report.',
  differing: 'How many services are out of sync.',
  error: 'Name, message and stack of the error.',
  event: 'Id of the event on the bus.',
  events: 'How many events of findings the batch had.',
  failures: 'Accounts, regions and services that could not be read, with why.',
  finding: 'Id of the finding; not of an event of the kind `phase`.',
  findings: 'Codes of the open findings ([findings.md](findings.md)).',
  invocation: 'Lambda’s id of the invocation. Its own lines, such as “Task timed out”, have it too.',
  joins: '`true`: an event of the last seconds has sent a message already, and its reconciliation sees this one too.',
  kind: '`opened`, `aged`, `closed` or `phase`.',
  managed: 'How many services are to be private.',
  messageId: 'Id of the message in its queue.',
  messages: 'How many messages were sent to people.',
  method: 'Of the request.',
  names: 'Names that were checked from inside the VPC.',
  orphans: 'How many endpoints of this stack no service uses.',
  path: 'Of the request.',
  phase: 'The phase of the service; of an event of the kind `phase`, the new one.',
  problem: 'The answer that the caller got (RFC 9457).',
  reason: 'Why.',
  requestId:
    'Id of the request; the answer of the API has it in `instance`, and `correlation` is `request/<requestId>`.',
  result:
    '`held`: another reconciliation runs and will see it. `stale`: another message took its place. `early`: it came during a reconciliation, and was sent again. `forgotten`: there is nothing to manage.',
  services: 'ARNs of the services of the batch, before work begins.',
  serviceArn: 'The service. A request of the API, and an event, that is about no service has none.',
  status: 'Of a sweep ([sweep.md](sweep.md)), or the HTTP status of an answer.',
  summary:
    'What the sweep found: numbers, and what could not be read. `npm run cli -- sweep show <run>` shows the same.',
  target: 'Account and region, or hosted zone, that was compared.',
  targets: 'What the sweep compares: accounts and regions, and hosted zones.',
  waiting: 'How many events wait, because a message about their cause was sent shortly before.',
  waits: 'What is waited for, as `kind:subject`.',
};

/** Lines that are about no one service, and why. Every other line has `serviceArn`. */
export const ABOUT_NO_SERVICE: Readonly<Record<string, string>> = {
  'announce: begins': 'a batch, with the `services` of all its events',
  'notify: begins': 'a batch, with the `services` of all its events',
  'notify: cannot read an event of a finding': 'an event that cannot be read',
  'notify: notified': 'a batch',
  'on-service-event: ignored an event that names no service': 'an event that names no service',
  'on-service-event: cannot read an event; it goes to the dead-letter queue': 'an event that cannot be read',
  'report: begins': 'a whole sweep',
  'report: no sweep to report': 'a whole sweep',
  'report: report written': 'a whole sweep',
  'report: report failed; SQS redelivers its message': 'a whole sweep',
  'sweep: begins': 'a whole sweep',
  'sweep: nothing to confirm': 'a whole sweep',
  'sweep: sweep confirmed': 'a whole sweep',
  'sweep: sweep begun': 'a whole sweep',
  'sweep: the previous sweep is still running': 'a whole sweep',
  'sweep: sweep ended': 'a whole sweep',
  'sweep-region: begins': 'an account and region, or a hosted zone',
  'sweep-region: compared': 'an account and region, or a hosted zone',
  'sweep-region: comparison failed; SQS redelivers its message': 'an account and region, or a hosted zone',
  'sweep-region: sweep ended': 'a whole sweep',
};

/** Lines without a correlation, and why. Every other line has one. */
export const WITHOUT_CORRELATION: Readonly<Record<string, string>> = {
  'announce: begins': 'a batch: the line of each event has its own',
  'notify: begins': 'a batch: the line of each event has its own',
  'notify: notified': 'a batch: the line of each event has its own',
  'notify: cannot read an event of a finding': 'what cannot be read says none; `messageId` leads to it',
  'report: begins': 'the messages are not read yet',
  'sweep: begins': 'the sweep has no id yet',
};

/** What becomes of the work of a function that Lambda stops, and when that matters. */
const STOPPED: Readonly<Record<string, readonly [then: string, matters: string]>> = {
  announce: [
    'The stream hands the batch over again, in its order.',
    'When it goes on: [announcements-late](runbook.md#announcements-late).',
  ],
  api: [
    'API Gateway answers 503. The caller repeats the request; a change that was written is written once.',
    'When one path does so again: [api-errors](runbook.md#api-errors).',
  ],
  notify: [
    'SQS redelivers the batch. A message to people may be sent twice.',
    'From the fifth time on: [dead-letter](runbook.md#dead-letter).',
  ],
  'on-service-event': [
    'Lambda tries twice more. The next sweep sees the change, whatever becomes of its event.',
    'From the third time on: [dead-letter](runbook.md#dead-letter).',
  ],
  probe: [
    'The reconciliation takes the names for not observed, and comes again.',
    'When it goes on for an hour: the service is `unknown` then, with a finding.',
  ],
  reconcile: [
    'SQS redelivers the message, and the next reconciliation goes on from the row. Nothing is lost or done twice.',
    'From the third time of one service on; the fifth is a [dead letter](runbook.md#dead-letter). If it happens to all services: [reconcile-errors](runbook.md#reconcile-errors).',
  ],
  report: [
    'SQS redelivers the message. The next sweep writes a newer report.',
    'From the third time on: [dead-letter](runbook.md#dead-letter).',
  ],
  sweep: [
    'Lambda tries twice more if the schedule began it. The next sweep takes the place of this one.',
    'When it happens twice in an hour: [sweep-errors](runbook.md#sweep-errors).',
  ],
  'sweep-region': [
    'SQS redelivers the message once. The sweep ends without what was not compared.',
    'From the second time on: [dead-letter](runbook.md#dead-letter), [sweep-failures](runbook.md#sweep-failures).',
  ],
};

const stackSchema = z.object({ functions: z.record(z.string(), z.object({ timeout: z.number() })) });

const nameOf = ({ function: name, message }: LogLine): string => `${name}: ${message}`;

/** @throws Error for what is listed and does not exist, or exists and is not listed. */
function checkEqual(what: string, listed: Iterable<string>, existing: Iterable<string>): void {
  const [left, right] = [new Set(listed), new Set(existing)];
  const extra = [...left].filter((one) => !right.has(one));
  const missing = [...right].filter((one) => !left.has(one));
  if (extra.length + missing.length > 0)
    throw new Error(`scripts/docs/logs.ts: ${what}: missing: ${missing.join(', ')}; too many: ${extra.join(', ')}`);
}

function reasonsTable(lines: readonly LogLine[], reasons: Readonly<Record<string, string>>): string {
  const rows = lines.filter((line) => Object.hasOwn(reasons, nameOf(line)));
  return table(
    ['function', 'message', 'why'],
    rows.map((line) => [`\`${line.function}\``, line.message, reasons[nameOf(line)] ?? '']),
  );
}

/** `docs/logs.md`, from the log lines in `functions/`. @throws Error for a field without a meaning, or a meaning without a field. */
export async function logsDocument(): Promise<GeneratedDocument> {
  const lines = await logLines();
  const without = (field: string) => lines.filter(({ fields }) => !fields.includes(field)).map(nameOf);
  checkEqual(
    'meanings of fields',
    Object.keys(FIELDS),
    lines.flatMap(({ fields }) => fields),
  );
  checkEqual('lines without serviceArn', Object.keys(ABOUT_NO_SERVICE), without('serviceArn'));
  checkEqual('lines without correlation', Object.keys(WITHOUT_CORRELATION), without('correlation'));
  const { functions } = await readStackSource('serverless.yml', stackSchema);
  checkEqual('functions that are stopped', Object.keys(STOPPED), Object.keys(functions));
  const content = `<!-- Generated from functions/, serverless.yml and scripts/docs/logs.ts by "npm run docs". -->
# Logs

Each function writes JSON lines into its log group, \`/aws/lambda/<stack>-<function>\`. Besides what is below, each line has \`level\`,
\`message\`, \`timestamp\` and \`service\` (the stack). Metrics are lines too
([metrics.md](metrics.md)). A parameter sets the level (\`LogLevel\`) and how long lines are kept (\`LogRetentionDays\`).

Every line about a service has \`serviceArn\`, and every line has \`correlation\`, but for [those below](#lines-about-no-one-service).

## Follow one change

\`correlation\` is the same from the event to the record: the event of App Runner arrives (\`on-service-event\`), the message carries it, each
reconciliation that follows logs it, the probe that it invokes too, the row keeps it, and the events on the bus have it (\`announce\`). In
CloudWatch Logs Insights, with the log groups of all functions:

\`\`\`
filter correlation = "event/0d0f8e5e-0000-4000-8000-000000000000"
| fields @timestamp, @log, message, serviceArn, phase, result
| sort @timestamp asc
\`\`\`

On the command line (\`logs tail\` needs the AWS CLI version 2, \`logs filter-log-events\` works with either):

\`\`\`sh
aws logs tail /aws/lambda/<stack>-reconcile --since 1h --follow --filter-pattern '"<service-arn>"'
aws logs filter-log-events --log-group-name /aws/lambda/<stack>-reconcile --filter-pattern '{ $.correlation = "<correlation>" }' \\
  --query 'events[].message' --output text
\`\`\`

## Queries to paste

For CloudWatch Logs Insights, with the log groups of all functions. The names of their fields are tested; they have not been run on live AWS.

### What happened to a service

\`\`\`
filter serviceArn = "<service-arn>"
| fields @timestamp, @log, message, correlation, phase, findings.0, waits.0, result, error.message
| sort @timestamp desc
| limit 100
\`\`\`

### What fails, and how often

\`\`\`
filter level = "ERROR" or @message like /Task timed out|Runtime exited|Runtime.ExitError/
| stats count(*) as times, max(@timestamp) as last by @log, message, error.name
| sort times desc
\`\`\`

### What Lambda stopped

A function times out, runs out of memory or exits. Its own line names no service. \`begins\`, which each function writes
before it works, does:

\`\`\`
filter message = "begins" or @message like /Task timed out|Runtime exited/
| parse @message /(?<request>[0-9a-f]{8}-[0-9a-f-]{27}) (?<how>Task timed out after [0-9.]+ seconds|Error: Runtime exited.*)/
| fields coalesce(request, invocation) as id, coalesce(serviceArn, services.0, correlation) as about
| stats sortsFirst(how) as ended, sortsFirst(about) as what, count_distinct(about) as batch, max(@timestamp) as at by id, @log
| filter ispresent(ended)
| stats count(*) as times, max(at) as last by @log, ended, what, batch
| sort times desc
\`\`\`

\`@log\` is the function, \`what\` the service (or the sweep, for functions that work for a whole one), and \`batch\` how many services the
stopped invocations worked for: one of them was slow, and \`what\` is the first. Whether it matters depends on the function and on \`times\`:

${table(
  ['function', 'timed out after', 'then', 'it matters'],
  Object.entries(functions).map(([name, { timeout }]) => [`\`${name}\``, `${timeout} s`, ...(STOPPED[name] ?? [])]),
)}

### Which services are reconciled most

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

## Lines about no one service

These have no \`serviceArn\`:

${reasonsTable(lines, ABOUT_NO_SERVICE)}

And these no \`correlation\`:

${reasonsTable(lines, WITHOUT_CORRELATION)}

## Fields

${table(
  ['field', 'meaning'],
  Object.entries(FIELDS).map(([name, meaning]) => [`\`${name}\``, meaning]),
)}
`;
  return { path: 'docs/logs.md', content };
}
