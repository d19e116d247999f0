import type { FindingCode, Severity } from '../findings.ts';

/**
 * Where a finding goes besides the bus: to people `at-once`, to people when it has been open for a day (`after-a-day`:
 * AWS or its owner usually closes it before), or to no person (`bus-only`).
 */
export type Route = 'at-once' | 'after-a-day' | 'bus-only';

const routesBySeverity: Readonly<Record<Severity, Route>> = {
  error: 'at-once',
  warning: 'after-a-day',
  info: 'bus-only',
};

/** Codes that do not go where their severity would. Each with its reason, for `docs/notifications.md`. */
export const routeExceptions: Partial<Readonly<Record<FindingCode, { readonly route: Route; readonly why: string }>>> =
  {
    audit: { route: 'bus-only', why: 'In audit mode each service that is out of sync has one; the report lists them.' },
    'cutover-ahead': { route: 'at-once', why: 'Names stop answering publicly soon; only now can it be stopped.' },
    'deletion-refused': { route: 'at-once', why: 'A person waits for the deletion.' },
    'domains-tag-missing': { route: 'at-once', why: 'The names are removed when the grace time ends.' },
    'no-longer-verified': { route: 'at-once', why: 'The service answered, and does not now.' },
    'tag-missing': { route: 'at-once', why: 'The service is detached when the grace time ends.' },
  };

export function routeOf({ code, severity }: { readonly code: FindingCode; readonly severity: Severity }): Route {
  return routeExceptions[code]?.route ?? routesBySeverity[severity];
}
