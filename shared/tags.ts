/** One tag a service may carry. The table in `docs/tags.md` is generated from this list. */
export interface TagDefinition {
  readonly key: string;
  readonly values: string;
  readonly meaning: string;
}

export const TAG = 'private-ingress';
export const VPC_TAG = 'private-ingress:vpc';
const DOMAINS_TAG = 'private-ingress:domains';
export const DOMAIN_TAGS = [
  DOMAINS_TAG,
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
      'Detach the service now: remove its records, domains and connection. It stays private unless the stack’s `OnDetach` is `restore-public`.',
  },
  {
    key: TAG,
    values: '`released`',
    meaning: 'Stop managing the service. The stack deletes nothing and changes nothing any more.',
  },
  {
    key: TAG,
    values: '(missing)',
    meaning:
      'On a managed service: the stack keeps everything, the finding `tag-missing` opens, and after `DetachGrace` the stack detaches the service as with `disabled`.',
  },
  {
    key: DOMAINS_TAG,
    values: 'names separated by spaces',
    meaning:
      'The custom domains, at most five in all. A wildcard `*.example.com` is written `_wildcard.example.com`. Names must match the stack’s `AllowedNames` and, if it is not empty, `ClaimableNames`, without which wildcard names are refused; with a policy file, the `allowedNames` of its zones and the `names` of the rule.',
  },
  {
    key: '`private-ingress:domains-2` … `private-ingress:domains-5`',
    values: 'names separated by spaces',
    meaning: 'More domains, because a tag value holds 256 characters.',
  },
  {
    key: '`private-ingress:domains` … `private-ingress:domains-5`',
    values: '(missing)',
    meaning:
      'If a domains tag of a managed service goes missing, its names stay until `DetachGrace` ends, and the finding `domains-tag-missing` opens. With an empty value instead, the names are removed at once.',
  },
  {
    key: VPC_TAG,
    values: 'a VPC id',
    meaning:
      'The VPC from which the service is reachable: the stack’s `VpcId` or one of its `AllowedVpcs`; with a policy file, a VPC of its networks. Without it: `VpcId`, or the first network of the account and region.',
  },
  {
    key: ENDPOINT_TAG,
    values: 'the id of an interface endpoint',
    meaning:
      'The endpoint to use, if the VPC has several or the stack must not create one. Without it: the endpoint in the VPC; if there is none, the stack creates one.',
  },
  {
    key: ZONE_TAG,
    values: 'ids of hosted zones separated by spaces',
    meaning:
      'Zones to prefer if several can hold a domain; a public zone also before a closer one. Without it: the zone with the longest suffix, and the private zone of the VPC before the public one; of several zones of one name the allowed one, then the one that public DNS leads to. They must be in the stack’s `AllowedZones`.',
  },
  {
    key: ADOPT_TAG,
    values: 'names separated by spaces, written as in the domains tag',
    meaning:
      'Domains whose foreign records the stack takes over: it replaces the existing record. Records with a SetIdentifier are never adopted. It needs the stack’s `AdoptAllowed` to be `true`, or `adopt` in the rule of a policy file; otherwise the finding `adopt-not-allowed` opens. The stack removes the tag once it is done.',
  },
  {
    key: REASSOCIATE_TAG,
    values: 'names separated by spaces, written as in the domains tag',
    meaning:
      'Domains to disassociate and associate again, to get a new certificate if the old one cannot be renewed. Their traffic is cut until the new certificate is issued, so the stack does this on request only. It removes the tag once it has begun.',
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
