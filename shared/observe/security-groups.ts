import { BlockList } from 'node:net';
import {
  type EC2Client,
  paginateDescribeNetworkInterfaces,
  paginateGetManagedPrefixListEntries,
  type SecurityGroup,
} from '@aws-sdk/client-ec2';
import { isAccessDenied } from '../aws/errors.ts';
import { errorName } from '../errors.ts';
import { OWNER_TAG } from '../tags.ts';
import { said } from './said.ts';

/** From where rules of security groups let TCP 443 in. */
interface HttpsSources {
  readonly cidrs: readonly string[];
  /** Groups of the same network. */
  readonly groupIds: readonly string[];
  readonly prefixListIds: readonly string[];
}

export function httpsSources({ IpPermissions = [] }: Pick<SecurityGroup, 'IpPermissions'>): HttpsSources {
  const https = IpPermissions.filter(
    ({ IpProtocol, FromPort, ToPort }) =>
      IpProtocol === '-1' || (IpProtocol === 'tcp' && (FromPort ?? 0) <= 443 && 443 <= (ToPort ?? -1)),
  );
  return {
    cidrs: https.flatMap(({ IpRanges = [], Ipv6Ranges = [] }) => [
      ...IpRanges.flatMap(({ CidrIp }) => CidrIp ?? []),
      ...Ipv6Ranges.flatMap(({ CidrIpv6 }) => CidrIpv6 ?? []),
    ]),
    groupIds: https.flatMap(({ UserIdGroupPairs = [] }) =>
      UserIdGroupPairs.flatMap(({ GroupId, VpcPeeringConnectionId }) =>
        GroupId === undefined || VpcPeeringConnectionId !== undefined ? [] : [GroupId],
      ),
    ),
    prefixListIds: https.flatMap(({ PrefixListIds = [] }) =>
      PrefixListIds.flatMap(({ PrefixListId }) => PrefixListId ?? []),
    ),
  };
}

/** Whether the groups of one endpoint let HTTPS in. */
export interface HttpsAccess {
  readonly allowsHttps: boolean;
  /** Ids of prefix lists that may not be read, where nothing else lets HTTPS in. */
  readonly unreadSources?: readonly string[];
}

/** Whether a rule lets HTTPS in from a range that overlaps one of `ranges`. */
export function letsIn(groups: readonly SecurityGroup[], ranges: readonly string[]): boolean {
  return groups.some((group) => overlapsAny(httpsSources(group).cidrs, ranges));
}

function overlapsAny(cidrs: readonly string[], ranges: readonly string[]): boolean {
  return cidrs.some((cidr) => ranges.some((range) => overlap(cidr, range)));
}

/** One address as a range. */
export function asRange(address: string): string {
  return `${address}/${address.includes(':') ? 128 : 32}`;
}

/** What rules name and do not say themselves. */
export interface RuleSources {
  /** Whether any of the groups has network interfaces. */
  haveMembers(groupIds: readonly string[]): Promise<boolean>;
  /** The ranges of a prefix list; `undefined`: it may not be read. */
  rangesOf(prefixListId: string): Promise<readonly string[] | undefined>;
}

/**
 * Whether HTTPS gets in from addresses of the network: from a range that overlaps one of `ranges`, or from another group
 * that a network interface is in. A group that names itself lets in the endpoint alone.
 */
export async function httpsAccess(
  groups: readonly SecurityGroup[],
  ranges: readonly string[],
  { haveMembers, rangesOf }: RuleSources,
): Promise<HttpsAccess> {
  if (letsIn(groups, ranges)) return { allowsHttps: true };
  const sources = groups.map(httpsSources);
  const others = sources
    .flatMap(({ groupIds }) => groupIds)
    .filter((id) => groups.every(({ GroupId }) => GroupId !== id));
  if (others.length > 0 && (await haveMembers([...new Set(others)]))) return { allowsHttps: true };
  const listIds = [...new Set(sources.flatMap(({ prefixListIds }) => prefixListIds))];
  const lists = await Promise.all(listIds.map(rangesOf));
  if (lists.some((list = []) => overlapsAny(list, ranges))) return { allowsHttps: true };
  const unreadSources = listIds.filter((_, index) => lists[index] === undefined);
  return { allowsHttps: false, ...(unreadSources.length === 0 ? {} : { unreadSources }) };
}

export function ruleSources(ec2: EC2Client): RuleSources {
  return {
    haveMembers: (groupIds) => haveMembers(ec2, groupIds),
    rangesOf: (prefixListId) => rangesOf(ec2, prefixListId),
  };
}

async function rangesOf(ec2: EC2Client, PrefixListId: string): Promise<readonly string[] | undefined> {
  const ranges: string[] = [];
  try {
    for await (const { Entries } of paginateGetManagedPrefixListEntries({ client: ec2 }, { PrefixListId })) {
      ranges.push(...said(Entries, 'GetManagedPrefixListEntries').flatMap(({ Cidr }) => Cidr ?? []));
    }
    return ranges;
  } catch (error) {
    if (isAccessDenied(error)) return undefined;
    // It was deleted since the rule was read.
    if (errorName(error) === 'InvalidPrefixListID.NotFound') return [];
    throw error;
  }
}

/** Whether any network interface is in one of the groups. */
async function haveMembers(ec2: EC2Client, groupIds: readonly string[]): Promise<boolean> {
  const Filters = [{ Name: 'group-id', Values: [...groupIds] }];
  for await (const { NetworkInterfaces } of paginateDescribeNetworkInterfaces({ client: ec2 }, { Filters })) {
    if (said(NetworkInterfaces, 'DescribeNetworkInterfaces').length > 0) return true;
  }
  return false;
}

/** The ranges that the group does not let in as a whole. */
export function missingRanges(group: SecurityGroup, ranges: readonly string[]): readonly string[] {
  const { cidrs } = httpsSources(group);
  return ranges.filter((range) => !cidrs.some((cidr) => contains(cidr, range)));
}

export function isOwnGroup({ Tags = [] }: SecurityGroup, ownerTag: string): boolean {
  return Tags.some(({ Key, Value }) => Key === OWNER_TAG && Value === ownerTag);
}

/** Two ranges are apart, or one contains the other. */
function overlap(one: string, other: string): boolean {
  return contains(one, other) || contains(other, one);
}

function contains(outer: string, inner: string): boolean {
  const [block, part] = [outer, inner].map(parseRange);
  if (block === undefined || part === undefined || block.family !== part.family || block.prefix > part.prefix)
    return false;
  const list = new BlockList();
  list.addSubnet(block.address, block.prefix, block.family);
  return list.check(part.address, part.family);
}

function parseRange(cidr: string) {
  const [address = '', prefix = ''] = cidr.split('/');
  return { address, prefix: Number(prefix), family: address.includes(':') ? ('ipv6' as const) : ('ipv4' as const) };
}
