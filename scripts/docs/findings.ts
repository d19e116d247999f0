import { findingMeanings } from '../../shared/finding-meanings.ts';
import { type FindingCode, findingDefinitions } from '../../shared/findings.ts';
import type { GeneratedDocument } from './document.ts';
import { table } from './table.ts';

/** `docs/findings.md`, from `shared/findings.ts`. */
export function findingsDocument(): GeneratedDocument {
  const content = `<!-- Generated from shared/findings.ts by "npm run docs". -->
# Findings

A finding is a condition of a service that a person should know. An \`error\` needs a person before the service can become ready, a
\`warning\` will need one, an \`info\` is worth knowing. There are no other codes.

${table(
  ['code', 'severity', 'meaning', 'what to do'],
  Object.entries(findingDefinitions).map(([code, { severity, remedy }]) => [
    // Messages and other pages link to it.
    `<a id="${code}"></a>\`${code}\``,
    severity,
    // The keys of the table are the codes.
    findingMeanings[code as FindingCode],
    remedy,
  ]),
)}
`;
  return { path: 'docs/findings.md', content };
}
