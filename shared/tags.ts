/** One tag a service may carry. The table in `docs/tags.md` is generated from this list. */
export interface TagDefinition {
  readonly key: string;
  readonly values: string;
  readonly meaning: string;
}

export const TAG = 'private-ingress';
export const VPC_TAG = 'private-ingress:vpc';
export const DOMAIN_TAGS = [
  'private-ingress:domains',
  'private-ingress:domains-2',
  'private-ingress:domains-3',
  'private-ingress:domains-4',
  'private-ingress:domains-5',
] as const;
export const ALIAS_TAG = 'private-ingress:alias';
export const ENDPOINT_TAG = 'private-ingress:endpoint';
export const ZONE_TAG = 'private-ingress:zone';
/** These two request something once. The product removes them when it is done, and removes no other tag. */
export const ADOPT_TAG = 'private-ingress:adopt';
export const REASSOCIATE_TAG = 'private-ingress:reassociate';

/** Set by the product on the endpoints, security groups and connections it creates; never read from services. */
export const OWNER_TAG = 'private-ingress:owner';

/** The first label of a wildcard in tag values, which take no `*` (docs/facts.md#tag-value-characters). */
export const WILDCARD_LABEL = '_wildcard';

export const serviceTags: readonly TagDefinition[] = [
  {
    key: TAG,
    values: '`enabled`',
    meaning: 'Make the service reachable only from the VPC, under the domains listed, and keep it so.',
  },
  {
    key: TAG,
    values: '`disabled`',
    meaning:
      'Undo what was done, now: records, domains, connection. The service stays private unless the stack says `OnDetach: restore-public`.',
  },
  { key: TAG, values: '`released`', meaning: 'Stop managing the service; delete nothing, touch nothing again.' },
  {
    key: TAG,
    values: '(missing)',
    meaning:
      'On a service that is managed: everything is kept, a finding opens, and after `DetachGrace` the service is detached as with `disabled`.',
  },
  {
    key: DOMAIN_TAGS[0],
    values: 'names separated by spaces',
    meaning:
      'The custom domains, at most five in all. A wildcard `*.example.com` is written `_wildcard.example.com`. Names must match the stack’s `AllowedNames`.',
  },
  {
    key: '`private-ingress:domains-2` … `private-ingress:domains-5`',
    values: 'names separated by spaces',
    meaning: 'More domains, because a tag value holds 256 characters.',
  },
  { key: VPC_TAG, values: 'a VPC id', meaning: 'The VPC to be reachable from. Without it: the stack’s `VpcId`.' },
  {
    key: ENDPOINT_TAG,
    values: 'the id of an interface endpoint',
    meaning:
      'The endpoint to attach to, where the VPC has several or one shall not be created. Without it: the one there is.',
  },
  {
    key: ZONE_TAG,
    values: 'ids of hosted zones separated by spaces',
    meaning:
      'Zones to prefer where several hold a domain. Without it: the longest suffix, the private zone of the VPC before the public one. They must be in the stack’s `AllowedZones`.',
  },
  {
    key: ADOPT_TAG,
    values: 'names separated by spaces, written as in the domains tag',
    meaning:
      'Domains whose foreign records the stack takes over: it replaces the existing record. Records with a SetIdentifier are never adopted. The stack removes the tag once it is done.',
  },
  {
    key: REASSOCIATE_TAG,
    values: 'names separated by spaces, written as in the domains tag',
    meaning:
      'Domains to disassociate and associate again for a new certificate, when the old one cannot be renewed. It cuts their traffic until the new certificate is issued, so it happens on request only. The stack removes the tag once it has begun.',
  },
  {
    key: ALIAS_TAG,
    values: '`auto`, `endpoint` or `apprunner`',
    meaning:
      'What the alias records point at. `auto`: the endpoint in private zones, the App Runner name in public ones. Without it: the stack’s `AliasStrategy`.',
  },
];

export const productTags: readonly TagDefinition[] = [
  {
    key: OWNER_TAG,
    values: 'the stack’s `Installation`; without one `<account>/<region>/<stack>`',
    meaning: 'On endpoints, security groups and VPC ingress connections that the stack created.',
  },
];
