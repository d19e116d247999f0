import {
  ListTagsForResource$,
  type ListTagsForResourceCommandInput,
  type ListTagsForResourceCommandOutput,
  type Tag,
  TagResource$,
  type TagResourceCommandInput,
  type TagResourceCommandOutput,
  UntagResource$,
  type UntagResourceCommandInput,
  type UntagResourceCommandOutput,
} from '@aws-sdk/client-apprunner';
import { type OperationDefinition, operation } from '../../wire/service.ts';
import { permission, requestTags, tagKeys } from './permissions.ts';
import { invalidRequest } from './refusals.ts';
import type { AppRunnerSetting } from './setting.ts';

const MOST_TAGS = 50;
/** Letters, digits, spaces and `_ . : / = + - @` (API model): no `*`, so a wildcard domain cannot be written as it is. */
const ALLOWED = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/**
 * `current` with `sent` added or changed, as a new map.
 * @throws AwsError InvalidRequestException for a tag that breaks AWS's rules
 */
export function tagged(current: ReadonlyMap<string, string>, sent: readonly Tag[] | undefined): Map<string, string> {
  const tags = new Map(current);
  const seen = new Set<string>();
  for (const { Key: key = '', Value: value = '' } of sent ?? []) {
    if (key.length < 1 || key.length > 128) throw invalidRequest(`Tag key must have 1 to 128 characters: '${key}'.`);
    if (value.length > 256) throw invalidRequest(`Tag value must have at most 256 characters: '${value}'.`);
    if (!ALLOWED.test(key)) throw invalidRequest(`Tag key has characters that are not allowed: '${key}'.`);
    if (!ALLOWED.test(value)) throw invalidRequest(`Tag value has characters that are not allowed: '${value}'.`);
    if (key.toLowerCase().startsWith('aws:')) throw invalidRequest(`Tag keys must not begin with 'aws:': '${key}'.`);
    if (seen.has(key)) throw invalidRequest(`Duplicate tag key: '${key}'.`);
    seen.add(key);
    tags.set(key, value);
  }
  if (tags.size > MOST_TAGS) throw invalidRequest(`A resource can have at most ${MOST_TAGS} tags.`);
  return tags;
}

/**
 * ListTagsForResource alone returns tags; Describe and events do not
 * (docs/facts.md#tags-are-listed-apart).
 */
export function tagOperations({ resources, events }: AppRunnerSetting): readonly OperationDefinition[] {
  const changed = (arn: string, keys: readonly string[]): void => {
    const service = resources.services.get(arn);
    if (service !== undefined) events.tagChange(service, keys);
  };
  return [
    operation<ListTagsForResourceCommandInput, ListTagsForResourceCommandOutput>(ListTagsForResource$, {
      permissions: ({ ResourceArn }, context) => permission(resources, context, 'ListTagsForResource', ResourceArn),
      run: ({ ResourceArn }, context) => ({
        Tags: [...resources.taggable(context, ResourceArn).tags].map(([Key, Value]) => ({ Key, Value })),
      }),
    }),

    operation<TagResourceCommandInput, TagResourceCommandOutput>(TagResource$, {
      writes: true,
      permissions: ({ ResourceArn, Tags }, context) =>
        permission(resources, context, 'TagResource', ResourceArn, requestTags(Tags)),
      run: ({ ResourceArn, Tags }, context) => {
        const { arn, tags } = resources.taggable(context, ResourceArn);
        for (const [key, value] of tagged(tags, Tags)) tags.set(key, value);
        changed(
          arn,
          (Tags ?? []).map(({ Key = '' }) => Key),
        );
        return {};
      },
    }),

    operation<UntagResourceCommandInput, UntagResourceCommandOutput>(UntagResource$, {
      writes: true,
      permissions: ({ ResourceArn, TagKeys }, context) =>
        permission(resources, context, 'UntagResource', ResourceArn, tagKeys(TagKeys ?? [])),
      run: ({ ResourceArn, TagKeys }, context) => {
        const { arn, tags } = resources.taggable(context, ResourceArn);
        for (const key of TagKeys ?? []) tags.delete(key);
        changed(arn, TagKeys ?? []);
        return {};
      },
    }),
  ];
}
