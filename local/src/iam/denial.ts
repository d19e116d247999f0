import type { Principal } from '../wire/service.ts';

/** The first permission that a caller lacks. */
export interface Denial {
  readonly action: string;
  readonly resource: string;
  /** Whether a Deny statement says so, rather than no Allow statement. */
  readonly explicit: boolean;
  /** Whose word it is. */
  readonly by:
    | 'identity-based policy'
    | 'permissions boundary'
    | 'session policy'
    | 'service control policy'
    | 'resource-based policy';
}

/** What AWS says to a caller who lacks a permission. */
export function denialMessage(principal: Principal, { action, resource, explicit, by }: Denial): string {
  const article = by.startsWith('i') ? 'an' : 'a';
  const reason = explicit
    ? `with an explicit deny in ${article} ${by}`
    : `because no ${by} allows the ${action} action`;
  return `User: ${principal.arn} is not authorized to perform: ${action} on resource: ${resource} ${reason}`;
}
