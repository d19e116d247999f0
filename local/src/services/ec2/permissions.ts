import type { Tag, TagSpecification } from '@aws-sdk/client-ec2';
import type { RequiredPermission } from '../../wire/service.ts';
import { type Ec2Network, kindOf, type ResourceType, resourceType } from './network.ts';

type Conditions = Readonly<Record<string, readonly string[]>>;

/** IAM knows no resource for any `ec2:Describe*` (docs/facts.md#actions-without-resource). */
export const reads = (action: string): RequiredPermission => ({ action: `ec2:${action}`, resources: ['*'] });

/** The condition keys of tags in the request. */
function requestTags(tags: readonly Tag[]): Conditions {
  if (tags.length === 0) return {};
  return {
    ...Object.fromEntries(tags.map((tag) => [`aws:RequestTag/${tag.Key ?? ''}`, [tag.Value ?? '']])),
    'aws:TagKeys': tags.map((tag) => tag.Key ?? ''),
  };
}

export const tagsFor = (type: ResourceType, specifications: readonly TagSpecification[] | undefined): readonly Tag[] =>
  (specifications ?? []).filter((one) => one.ResourceType === type).flatMap((one) => one.Tags ?? []);

/**
 * What it takes to make a resource: the action on `…:<type>/*`, and, when it is tagged on the way,
 * `ec2:CreateTags` with `ec2:CreateAction` (documented).
 */
export function makes(
  network: Ec2Network,
  action: string,
  type: ResourceType,
  specifications: readonly TagSpecification[] | undefined,
  conditions: Conditions = {},
): readonly RequiredPermission[] {
  const tags = requestTags(tagsFor(type, specifications));
  const resources = [network.arn(type, '*')];
  const make = { action: `ec2:${action}`, resources, conditions: { ...conditions, ...tags } };
  if (Object.keys(tags).length === 0) return [make];
  return [make, { action: 'ec2:CreateTags', resources, conditions: { 'ec2:CreateAction': [action], ...tags } }];
}

/** What it takes to do `action` to each of the resources, with the condition keys that each of them brings (documented). */
export function touches(
  network: Ec2Network,
  action: string,
  ids: readonly (string | undefined)[] | undefined,
  tags: readonly Tag[] = [],
): readonly RequiredPermission[] {
  return (ids ?? []).flatMap((id) => {
    const kind = kindOf(id ?? '');
    if (id === undefined || kind === undefined) return [{ action: `ec2:${action}`, resources: ['*'] }];
    const conditions = { ...resourceConditions(network, id), ...requestTags(tags) };
    return [{ action: `ec2:${action}`, resources: [network.arn(resourceType(kind), id)], conditions }];
  });
}

function resourceConditions(network: Ec2Network, id: string): Conditions {
  const vpcId = network.subnets.get(id)?.vpcId ?? network.groups.get(id)?.vpcId;
  const service = network.endpoints.get(id)?.service.name;
  const tags = network
    .tagsOf(id)
    .flatMap(({ Key = '', Value = '' }) => [
      [`aws:ResourceTag/${Key}`, [Value]] as const,
      [`ec2:ResourceTag/${Key}`, [Value]] as const,
    ]);
  return {
    ...Object.fromEntries(tags),
    ...(vpcId === undefined ? {} : { 'ec2:Vpc': [network.arn('vpc', vpcId)] }),
    ...(service === undefined ? {} : { 'ec2:VpceServiceName': [service] }),
  };
}
