import {
  ChangeTagsForResource$,
  type ChangeTagsForResourceCommandInput,
  type ChangeTagsForResourceCommandOutput,
  ListTagsForResource$,
  type ListTagsForResourceCommandInput,
  type ListTagsForResourceCommandOutput,
} from '@aws-sdk/client-route-53';
import { AwsError } from '../../wire/errors.ts';
import { type CallContext, type OperationDefinition, operation } from '../../wire/service.ts';
import { bareId, type HostedZone, type HostedZones } from './hosted-zones.ts';
import { required } from './input.ts';

const LONGEST_ID = 32;

/** Tags of hosted zones. There are no health checks here, so none has tags. */
export class ZoneTags {
  readonly #zones: HostedZones;
  readonly #byZone = new WeakMap<HostedZone, ReadonlyMap<string, string>>();

  constructor(zones: HostedZones) {
    this.#zones = zones;
  }

  operations(): readonly OperationDefinition[] {
    return [
      operation<ListTagsForResourceCommandInput, ListTagsForResourceCommandOutput>(ListTagsForResource$, {
        permissions: (input) => ({ action: 'route53:ListTagsForResource', resources: [resourceArn(input)] }),
        run: (input, context) => {
          const zone = this.#zone(input, context);
          const tags = Array.from(this.#byZone.get(zone) ?? [], ([Key, Value]) => ({ Key, Value }));
          return { ResourceTagSet: { ResourceType: 'hostedzone', ResourceId: zone.id, Tags: tags } };
        },
      }),

      operation<ChangeTagsForResourceCommandInput, ChangeTagsForResourceCommandOutput>(ChangeTagsForResource$, {
        writes: true,
        permissions: (input) => ({ action: 'route53:ChangeTagsForResource', resources: [resourceArn(input)] }),
        run: (input, context) => {
          const zone = this.#zone(input, context);
          const { AddTags: added = [], RemoveTagKeys: removed = [] } = input;
          if (added.length === 0 && removed.length === 0) {
            throw new AwsError('InvalidInput', 'Invalid request: specify AddTags, RemoveTagKeys, or both');
          }
          const tags = new Map(this.#byZone.get(zone));
          for (const key of removed) tags.delete(key);
          for (const { Key, Value } of added) tags.set(required(Key, 'Key'), Value ?? '');
          this.#byZone.set(zone, tags);
          return {};
        },
      }),
    ];
  }

  #zone(input: Resource, context: CallContext): HostedZone {
    const id = required(input.ResourceId, 'ResourceId');
    if (input.ResourceType === 'hostedzone') {
      // Captured (getmoto/moto#8931, crossplane-contrib/provider-aws#1826): unlike other operations, those on tags take the
      // bare id only, of 32 characters at most.
      if (id.length > LONGEST_ID) {
        throw new AwsError(
          'InvalidInput',
          `1 validation error detected: Value '${id}' at 'resourceId' failed to satisfy constraint: Member must have length less than or equal to ${LONGEST_ID}`,
        );
      }
      if (id !== bareId(id)) throw new AwsError('NoSuchHostedZone', `No hosted zone found with ID: ${id}`);
      return this.#zones.require(id, context);
    }
    throw new AwsError('NoSuchHealthCheck', `A health check with id ${id} does not exist.`);
  }
}

type Resource = Pick<ListTagsForResourceCommandInput, 'ResourceType' | 'ResourceId'>;

const resourceArn = ({ ResourceType, ResourceId }: Resource) =>
  `arn:aws:route53:::${ResourceType}/${bareId(ResourceId ?? '')}`;
