import * as sdk from '@aws-sdk/client-ssm';
import { AwsError } from '../../wire/errors.ts';
import { type CallContext, type OperationDefinition, operation } from '../../wire/service.ts';
import type { Parameters } from './parameters.ts';
import { onParameters, tagConditions } from './permissions.ts';
import { validation } from './refusals.ts';

const MOST_TAGS = 50;

/** `current` with `sent` added or changed. @throws AwsError ValidationException, TooManyTagsError */
export function tagged(
  current: ReadonlyMap<string, string>,
  sent: readonly sdk.Tag[] | undefined,
): ReadonlyMap<string, string> {
  const tags = new Map(current);
  for (const { Key: key = '', Value: value = '' } of sent ?? []) {
    if (key.length < 1 || key.length > 128 || value.length > 256 || key.toLowerCase().startsWith('aws:')) {
      throw validation(`The tag ${key} is not valid: keys have 1 to 128 characters and no "aws:", values up to 256.`);
    }
    tags.set(key, value);
  }
  if (tags.size > MOST_TAGS) throw new AwsError('TooManyTagsError', 'The Targets parameter includes too many tags.');
  return tags;
}

interface Tagged {
  readonly ResourceType?: string | undefined;
  readonly ResourceId?: string | undefined;
}

/** Tags of parameters. */
export function tagOperations(parameters: Parameters): readonly OperationDefinition[] {
  function recordOf({ ResourceType, ResourceId = '' }: Tagged, context: CallContext) {
    if (ResourceType !== 'Parameter') {
      throw new AwsError(
        'InvalidResourceType',
        `The embedded cloud has tags of parameters only, not of ${ResourceType}.`,
      );
    }
    const record = parameters.find(context, ResourceId);
    if (record === undefined) throw new AwsError('InvalidResourceId', `The resource ID ${ResourceId} is not valid.`);
    return record;
  }

  return [
    operation<sdk.AddTagsToResourceCommandInput, sdk.AddTagsToResourceCommandOutput>(sdk.AddTagsToResource$, {
      writes: true,
      permissions: ({ ResourceId, Tags }, context) => ({
        ...onParameters('AddTagsToResource')([ResourceId], context),
        conditions: tagConditions(tagged(new Map(), Tags)),
      }),
      run: (input, context) => {
        const record = recordOf(input, context);
        parameters.tag(context, record, tagged(record.tags, input.Tags));
        return {};
      },
    }),

    operation<sdk.RemoveTagsFromResourceCommandInput, sdk.RemoveTagsFromResourceCommandOutput>(
      sdk.RemoveTagsFromResource$,
      {
        writes: true,
        permissions: ({ ResourceId, TagKeys = [] }, context) => ({
          ...onParameters('RemoveTagsFromResource')([ResourceId], context),
          conditions: { 'aws:TagKeys': TagKeys },
        }),
        run: (input, context) => {
          const record = recordOf(input, context);
          const kept = [...record.tags].filter(([key]) => !(input.TagKeys ?? []).includes(key));
          parameters.tag(context, record, new Map(kept));
          return {};
        },
      },
    ),

    operation<sdk.ListTagsForResourceCommandInput, sdk.ListTagsForResourceCommandOutput>(sdk.ListTagsForResource$, {
      permissions: ({ ResourceId }, context) => onParameters('ListTagsForResource')([ResourceId], context),
      run: (input, context) => ({
        TagList: [...recordOf(input, context).tags].map(([Key, Value]) => ({ Key, Value })),
      }),
    }),
  ];
}
