import { problemDefinitions, problemType } from '../../shared/api/problems.ts';
import type { GeneratedDocument } from './document.ts';
import { table } from './table.ts';

/** `docs/api-errors.md`, from `shared/api/problems.ts`. */
export function apiErrorsDocument(): GeneratedDocument {
  const content = `<!-- Generated from shared/api/problems.ts by "npm run docs". -->
# Errors of the API

Every answer of the API that is not a success is a problem (RFC 9457, \`application/problem+json\`). \`type\` is stable and one of
those below (\`${problemType('service-busy')}\` for instance); programs should use it. \`title\` is the same each time, \`detail\`
describes this case, \`remedy\` what to do, \`errors\` where (\`pointer\` into the body, \`parameter\` or \`header\`), and \`instance\` is
the request id in the logs.

API Gateway itself answers before the function is reached, in its own form \`{"message": …}\`: 403 \`Forbidden\` to a request
that is not signed or whose caller may not use the route, and 429 or 503 to too many requests.

${table(
  ['problem', 'status', 'meaning', 'what to do'],
  Object.entries(problemDefinitions).map(([name, { status, meaning, remedy }]) => [
    `\`${name}\``,
    String(status),
    meaning,
    remedy,
  ]),
)}
`;
  return { path: 'docs/api-errors.md', content };
}
