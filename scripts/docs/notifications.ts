import { type FindingCode, findingDefinitions } from '../../shared/findings.ts';
import { type Route, routeExceptions, routeOf } from '../../shared/lifecycle/routing.ts';
import type { GeneratedDocument } from './document.ts';
import { table } from './table.ts';

const ROUTES: Readonly<Record<Route, string>> = {
  'at-once': 'bus, topic at once',
  'after-a-day': 'bus, topic when it is open for a day',
  'bus-only': 'bus',
};

/** `docs/notifications.md`, from `shared/lifecycle/routing.ts`. */
export function notificationsDocument(): GeneratedDocument {
  const rows = Object.entries(findingDefinitions).map(([name, { severity }]) => {
    // The keys of the table are the codes.
    const code = name as FindingCode;
    const why = routeExceptions[code]?.why ?? '';
    return [`[\`${code}\`](findings.md#${code})`, severity, ROUTES[routeOf({ code, severity })], why];
  });
  const content = `<!-- Generated from shared/lifecycle/routing.ts and shared/findings.ts by "npm run docs". -->
# Notifications

Every finding is an event on a bus, for programs ([lifecycle-events.md](lifecycle-events.md)). With the parameter \`NotificationTopicArn\` the
stack also writes to people, through an SNS topic of yours:

\`\`\`sh
aws sns create-topic --name private-ingress
aws sns subscribe --topic-arn <topic-arn> --protocol email --notification-endpoint <address>   # confirm it in the mailbox
npm run deploy -- --param='NotificationTopicArn=<topic-arn>'
\`\`\`

A message says what is wrong, where, since when, and what to do, and names the page and the command to go on with. The command
is of the program \`private-ingress\` ([where it comes from](cli.md)). \`DocsUrl\` is where your company reads
these pages. Alarms of the stack itself go to \`AlarmTopicArn\`, which may be the same topic.

## When a message is sent

- When a finding opens, or has been open for a day, by the table below. When its severity rises, it goes where the new one goes.
- Again when it is still open after 7 and 30 days (and after one, if it was sent when it opened).
- When it closes, with what closed it, if its opening was sent.
- What opens within about 20 seconds with one code is one message. More than three codes at once are one digest.
- Findings of one code in one account and region count as one cause. After a message about a cause, further services wait for 15 minutes
  and come in one message; the time doubles while it goes on, up to 6 hours. One that has closed meanwhile is not sent.

## Which findings

\`notifications\` in the [policy file](policy.md) narrows it by severity and account:

\`\`\`yaml
notifications:
  severity: warning             # no info
  except: ["210987654321"]      # the sandbox
\`\`\`

${table(['code', 'severity', 'goes to', 'why not as its severity'], rows)}

The severity of a finding may be higher than its code's: [findings.md](findings.md) says when.
`;
  return { path: 'docs/notifications.md', content };
}
