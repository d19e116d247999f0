import {
  CreateTags$,
  type CreateTagsCommandInput,
  type CreateTagsCommandOutput,
  DeleteTags$,
  type DeleteTagsCommandInput,
  type DeleteTagsCommandOutput,
  DescribeTags$,
  type DescribeTagsCommandInput,
  type DescribeTagsCommandOutput,
  type Tag,
  type TagDescription,
  type TagSpecification,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../../wire/errors.ts';
import { type OperationDefinition, operation } from '../../wire/service.ts';
import { type Fields, matching } from './filters.ts';
import { required } from './input.ts';
import { type Ec2Network, kindOf, type Networks, notFound, type ResourceType, resourceType } from './network.ts';
import { reads, tagsFor, touches } from './permissions.ts';

/** Documented: 50 tags a resource, keys up to 127 characters, values up to 255; `aws:` is AWS's own. */
const LIMIT = 50;

function checkTags(tags: readonly Tag[]): void {
  for (const { Key = '', Value = '' } of tags) {
    const refuse = (message: string) => {
      throw new AwsError('InvalidParameterValue', message);
    };
    if (Key.toLowerCase().startsWith('aws:')) {
      refuse("Tag keys starting with 'aws:' are reserved for internal use");
    }
    if (Key === '' || Key.length > 127) refuse(`Tag key ('${Key}') must be between 1 and 127 characters long`);
    if (Value.length > 255) refuse(`Tag value for key '${Key}' exceeds the maximum length of 255 characters`);
  }
  if (new Set(tags.map((tag) => tag.Key)).size < tags.length) {
    throw new AwsError(
      'InvalidParameterValue',
      'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
    );
  }
  if (tags.length > LIMIT) throw tooMany();
}

const tooMany = () => new AwsError('TagLimitExceeded', 'The maximum number of tags for the resource has been reached.');

/**
 * The tags of a new resource of `type`, checked.
 * @throws AwsError `InvalidParameterValue` when a specification is for another type of resource.
 */
export function tagsOnCreation(
  types: readonly ResourceType[],
  specifications: readonly TagSpecification[] | undefined,
): readonly Tag[] {
  for (const { ResourceType: type = '' } of specifications ?? []) {
    if (!types.some((known) => known === type)) {
      throw new AwsError(
        'InvalidParameterValue',
        `'${type}' is not a valid taggable resource type for this operation.`,
      );
    }
  }
  const tags = types.flatMap((type) => tagsFor(type, specifications));
  checkTags(tags);
  return tags;
}

export function setTags(network: Ec2Network, id: string, tags: readonly Tag[]): void {
  if (tags.length === 0) return;
  const merged = new Map(network.tags.get(id));
  for (const { Key = '', Value = '' } of tags) merged.set(Key, Value);
  if (merged.size > LIMIT) throw tooMany();
  network.tags.set(id, merged);
}

const fields: Fields<TagDescription> = {
  key: (tag) => [tag.Key ?? ''],
  value: (tag) => [tag.Value ?? ''],
  'resource-id': (tag) => [tag.ResourceId ?? ''],
  'resource-type': (tag) => [tag.ResourceType ?? ''],
};

/** @throws AwsError the NotFound of the id's kind, or `InvalidID` for an id of no imitated kind. */
function checkExists(network: Ec2Network, id: string): void {
  const kind = kindOf(id);
  if (kind === undefined) throw new AwsError('InvalidID', `The ID '${id}' is not valid`);
  if (!network.has(kind, id)) throw notFound(kind, id);
}

export function tagOperations(networks: Networks): readonly OperationDefinition[] {
  return [
    operation<CreateTagsCommandInput, CreateTagsCommandOutput>(CreateTags$, {
      writes: true,
      permissions: (input, context) => touches(networks.of(context), 'CreateTags', input.Resources, input.Tags ?? []),
      run: (input, context) => {
        const network = networks.of(context);
        const tags = required(input.Tags, 'tagSet');
        checkTags(tags);
        for (const id of required(input.Resources, 'resourceIdSet')) checkExists(network, id);
        for (const id of input.Resources ?? []) setTags(network, id, tags);
        return {};
      },
    }),
    operation<DeleteTagsCommandInput, DeleteTagsCommandOutput>(DeleteTags$, {
      writes: true,
      permissions: (input, context) => touches(networks.of(context), 'DeleteTags', input.Resources, input.Tags ?? []),
      run: (input, context) => {
        const network = networks.of(context);
        for (const id of required(input.Resources, 'resourceIdSet')) checkExists(network, id);
        for (const id of input.Resources ?? []) {
          const tags = network.tags.get(id);
          // Without tags all of them go; a key with a value goes only if it has that value (API model).
          if (input.Tags === undefined || input.Tags.length === 0) tags?.clear();
          for (const { Key = '', Value } of input.Tags ?? []) {
            if (Value === undefined || tags?.get(Key) === Value) tags?.delete(Key);
          }
        }
        return {};
      },
    }),
    operation<DescribeTagsCommandInput, DescribeTagsCommandOutput>(DescribeTags$, {
      permissions: () => reads('DescribeTags'),
      run: (input, context) => {
        const network = networks.of(context);
        const all = [...network.tags.keys()].flatMap((id) => {
          const kind = kindOf(id);
          if (kind === undefined) return [];
          return network
            .tagsOf(id)
            .map((tag): TagDescription => ({ ...tag, ResourceId: id, ResourceType: resourceType(kind) }));
        });
        const found = matching(all, input.Filters, fields, (tag) => [tag]);
        const { items, NextToken } = networks.page(found, input);
        return { Tags: items, NextToken };
      },
    }),
  ];
}
