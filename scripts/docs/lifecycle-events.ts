import * as z from 'zod';
import { detailTypes, EVENT_SOURCE, EVENT_VERSION, eventDetails } from '../../shared/lifecycle/event.ts';
import type { GeneratedDocument } from './document.ts';
import { table } from './table.ts';

const MEANINGS: Readonly<Record<keyof typeof detailTypes, string>> = {
  opened: 'A finding opened.',
  aged: 'A finding is open for 1, 7 or 30 days, or its severity rose.',
  closed: 'A finding closed, and by what.',
  phase: 'A service has another phase.',
};

/** `docs/lifecycle-events.schema.json`, for consumers. */
export function lifecycleSchemaDocument(): GeneratedDocument {
  const details = z.union(Object.values(eventDetails)).meta({
    title: `The detail of the events of ${EVENT_SOURCE}`,
    description: `Version ${EVENT_VERSION}. Later versions of the product may add members; they take none away.`,
  });
  // A consumer that refuses members that it does not know breaks when one is added.
  const schema = z.toJSONSchema(details, { io: 'input' });
  return { path: 'docs/lifecycle-events.schema.json', content: `${JSON.stringify(schema, null, 2)}\n` };
}

/** `docs/lifecycle-events.md`, from `shared/lifecycle/`. */
export function lifecycleEventsDocument(): GeneratedDocument {
  const [example] = ['Private Ingress Finding Opened'];
  const content = `<!-- Generated from shared/lifecycle/ by "npm run docs". -->
# Events of findings and services

The stack puts an event on a bus when a finding opens, ages or closes, and when a service changes its phase: on the stack's own bus
(output \`BusArn\`) with an organization, on the default bus of its account and region without one. The \`source\` is \`${EVENT_SOURCE}\`, and
the ARN of the service is in \`resources\`. [lifecycle-events.schema.json](lifecycle-events.schema.json) is the schema of \`detail\`.

${table(
  ['detail-type', '`detail.kind`', 'when'],
  Object.entries(detailTypes).map(([kind, type]) => [
    `\`${type}\``,
    `\`${kind}\``,
    MEANINGS[kind as keyof typeof detailTypes],
  ]),
)}

- **An event may come twice, and out of order.** \`detail.id\` is the same each time: drop those that you know. \`detail.at\` says when the
  stack saw it.
- **None is lost within a day, and none is invented.** An event is a change of the service's row. It waits in the stream of the table until the bus has
  taken it, for at most a day; an [alarm](runbook.md#announcements-late) comes long before.
- A finding that closes and opens again is another one: \`finding.since\` differs, \`finding.id\` does not.
- \`closedBy\` says what closed it: the actions of the stack, or a change from outside.
- \`correlation\` is on the log lines of the reconciliation too ([logs.md](logs.md)).

## Consume them

\`\`\`yaml
SevereFindings:
  Type: AWS::Events::Rule
  Properties:
    # EventBusName: apprunner-private-ingress-main   # with an organization
    EventPattern:
      source: [${EVENT_SOURCE}]
      detail-type: [${example}]
      detail:
        finding: { severity: [error] }
        service: { account: ["123456789012"] }
    Targets: [{ Id: queue, Arn: !GetAtt Queue.Arn }]
\`\`\`
`;
  return { path: 'docs/lifecycle-events.md', content };
}
