import { countedUses, REASONS_FILE, USES_FILE, unusedReasons } from '../privileges/granted.ts';
import type { GeneratedDocument } from './document.ts';
import { table } from './table.ts';

/** `docs/privileges.md`, from the uses that `npm run privileges` counted and the reasons for what it saw no use of. */
export async function privilegesDocument(): Promise<GeneratedDocument> {
  const [uses, reasons] = [await countedUses(), await unusedReasons()];
  const used = Object.entries(uses).map(([use, times]) => {
    const [role = '', action = ''] = use.split(' ');
    return [`\`${role}\``, `\`${action}\``, String(times)];
  });
  const unused = reasons.flatMap(({ role, actions, reason }) =>
    actions.map((action) => [role === '*' ? 'all' : `\`${role}\``, `\`${action}\``, reason]),
  );
  const content = `<!-- Generated from ${USES_FILE} and ${REASONS_FILE} by "npm run docs". -->
# Privileges: granted and used

\`npm run privileges\` plays every scenario, the organization and the API in the embedded cloud, whose IAM checks each call
against the packaged policies, and counts which permission each role uses. Each grant of the packaged templates is in one of
these tables; a test fails otherwise. \`read\`, \`write\`, \`tag\` and \`forward\` are roles in member accounts, \`zones\` and \`zones-write\` in the
account of the hosted zones, \`organization\` in the account that may list the organization. The embedded cloud is not AWS:
what an operation needs there comes from AWS's documentation ([facts.md](facts.md)).

## Used

${table(['role', 'action', 'uses'], used)}

## Granted, and not used by a test

${table(['role', 'action', 'why it is granted'], unused)}
`;
  return { path: 'docs/privileges.md', content };
}
