import type { CallContext, RequiredPermission } from '../../wire/service.ts';
import { parameterArn, selected } from './parameter.ts';

/** `ssm:<action>` on each named parameter, or on the path that is asked for. */
export const onParameters =
  (action: string) =>
  (names: readonly (string | undefined)[], context: CallContext): RequiredPermission => ({
    action: `ssm:${action}`,
    resources: names.map((given) => parameterArn(context, selected(context, given ?? '').name)),
  });

/** Keys that IAM gets of tags in a request. */
export const tagConditions = (tags: ReadonlyMap<string, string>): Readonly<Record<string, readonly string[]>> =>
  tags.size === 0
    ? {}
    : {
        ...Object.fromEntries([...tags].map(([name, value]) => [`aws:RequestTag/${name}`, [value]])),
        'aws:TagKeys': [...tags.keys()],
      };
