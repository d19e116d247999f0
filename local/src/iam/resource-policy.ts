import { conditionValues, evaluate } from './evaluate.ts';
import { parsePolicy } from './policy.ts';

/** A request to a resource that has a policy of its own: a queue, a function, a bus. */
export interface Access {
  /** A service (`events.amazonaws.com`), or a role or root of an account. */
  readonly principal: { readonly service: string } | { readonly arn: string; readonly account: string };
  /** For example `sqs:SendMessage`. */
  readonly action: string;
  readonly resource: string;
  /** `aws:SourceArn`, `aws:SourceAccount`, and of a role what `Iam.sessionConditions` says. */
  readonly conditions: Readonly<Record<string, readonly string[] | string | undefined>>;
}

/**
 * Whether the resource's own policy allows the request. Without a policy it does not.
 * @param policy the document, as an object or as JSON text.
 * @throws AwsError MalformedPolicyDocument.
 */
export function policyAllows(policy: unknown, { principal, action, resource, conditions }: Access): boolean {
  if (policy === undefined) return false;
  const decision = evaluate(parsePolicy(policy, 'resource'), {
    action,
    resource,
    conditions: conditionValues(conditions),
    isCaller: (kind, value) => {
      if ('service' in principal) return (kind === 'Service' && value === principal.service) || value === '*';
      const root = `arn:aws:iam::${principal.account}:root`;
      return kind === 'AWS' && ['*', principal.account, root, principal.arn].includes(value);
    },
  });
  return decision === 'allowed';
}
