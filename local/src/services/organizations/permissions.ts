import type { CallContext, RequiredPermission } from '../../wire/service.ts';
import type { Organizations } from './organizations.ts';

/** Actions that IAM knows no resource for (service authorization reference). */
export const onAll = (action: string): RequiredPermission => ({ action: `organizations:${action}`, resources: ['*'] });

/** Actions on roots, units, accounts and policies by their ids; what is not there is refused when the call runs. */
export function onIds(
  organizations: Organizations,
  { account }: CallContext,
  action: string,
  ...ids: readonly (string | undefined)[]
): RequiredPermission {
  const organization = organizations.find(account);
  const arns = ids.flatMap((id) => organization?.find(id)?.arn ?? organization?.policies.get(id ?? '')?.arn ?? []);
  return { action: `organizations:${action}`, resources: arns.length > 0 ? arns : ['*'] };
}
