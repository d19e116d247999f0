/** What people type for a member of a body or a parameter of a query. */
const WORDS: Readonly<Record<string, string>> = {
  domains: 'domain',
  vpc: '--vpc',
  endpoint: '--endpoint',
  strategy: '--strategy',
  zones: '--zone',
  account: '--account',
  region: '--region',
  name: '--name',
  domain: '--domain',
  phase: '--phase',
  finding: '--finding',
  severity: '--severity',
  source: '--source',
  limit: '--limit',
  sweep: '--sweep',
  format: '--output',
};

/**
 * A place of a request in the words of the command line: `#/zones/0` → `--zone`.
 * @param place a pointer into the body (RFC 6901) or a parameter. @param problem the name of the API's problem.
 */
export function argumentAt(place: string, problem: string): string {
  if (problem === 'path-invalid') return place === 'id' ? 'id' : 'service';
  const [member = place] = place.replace(/^#\//, '').split('/');
  return WORDS[member] ?? member;
}
