import type { CallContext, RequiredPermission } from '../../wire/service.ts';
import { Queues } from './queues.ts';

/** `sqs:<action>` on the queue of a URL. What is no queue URL names no queue, and is refused when the call runs. */
export function onQueue(action: string) {
  return (input: { readonly QueueUrl?: string | undefined }, { region }: CallContext): RequiredPermission => {
    const named = Queues.named(input.QueueUrl);
    return {
      action: `sqs:${action}`,
      resources: [named === undefined ? '*' : Queues.arn({ ...named, region }, named.name)],
    };
  };
}

/** The condition keys of tags in a request. */
export function tagConditions(tags: Readonly<Record<string, string>>): Readonly<Record<string, readonly string[]>> {
  const entries = Object.entries(tags);
  if (entries.length === 0) return {};
  return {
    ...Object.fromEntries(entries.map(([key, value]) => [`aws:RequestTag/${key}`, [value]])),
    'aws:TagKeys': entries.map(([key]) => key),
  };
}
