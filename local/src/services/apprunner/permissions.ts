import type { Tag } from '@aws-sdk/client-apprunner';
import type { RequiredPermission } from '../../wire/service.ts';
import type { AppRunnerPlace, AppRunnerResources } from './resources.ts';

type Conditions = NonNullable<RequiredPermission['conditions']>;

/**
 * `apprunner:<operation>` on an existing resource, with the tags it carries (documented: service authorization reference).
 * A resource that does not exist has no tags.
 */
export function permission(
  resources: AppRunnerResources,
  context: AppRunnerPlace,
  operation: string,
  arn: string | undefined,
  conditions: Conditions = {},
): RequiredPermission {
  const resource = (arn && (resources.services.get(arn) ?? resources.connections.get(arn))) || undefined;
  const own = resource?.account === context.account ? resource.tags : new Map<string, string>();
  const resourceTags = Object.fromEntries([...own].map(([key, value]) => [`aws:ResourceTag/${key}`, [value]]));
  return {
    action: `apprunner:${operation}`,
    resources: [arn ?? '*'],
    conditions: { ...resourceTags, ...conditions },
  };
}

/** `apprunner:<operation>` where IAM knows no resource. */
export const anywhere = (operation: string): RequiredPermission => ({
  action: `apprunner:${operation}`,
  resources: ['*'],
});

export const requestTags = (tags: readonly Tag[] | undefined): Conditions => ({
  ...Object.fromEntries((tags ?? []).map(({ Key, Value }) => [`aws:RequestTag/${Key ?? ''}`, [Value ?? '']])),
  ...tagKeys((tags ?? []).map(({ Key }) => Key ?? '')),
});

export const tagKeys = (keys: readonly string[]): Conditions => (keys.length === 0 ? {} : { 'aws:TagKeys': keys });

/** A condition key that is in the request only if `value` is. */
export const condition = (key: string, value: string | undefined): Conditions =>
  value === undefined ? {} : { [key]: [value] };

/** The roles handed to App Runner (documented: the managed policy AWSAppRunnerFullAccess). */
export const passRoles = (arns: readonly string[]): readonly RequiredPermission[] =>
  arns.map((arn) => ({
    action: 'iam:PassRole',
    resources: [arn],
    conditions: { 'iam:PassedToService': ['apprunner.amazonaws.com'] },
  }));
