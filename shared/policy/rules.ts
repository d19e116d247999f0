import type { AliasStrategy } from '../records/alias.ts';
import { isAllowedName } from '../records/names.ts';
import type { Cutover, OnDeleteAttempt, OnDetach } from './policy.ts';

/** A hosted zone that may be written to. */
export interface AllowedZone {
  readonly id: string;
  /** Patterns of the names that may stand in it, see `isAllowedName`. */
  readonly names: readonly string[];
}

/** What an endpoint that has to be created is made of; what is not of its VPC is passed over. */
export interface EndpointChoice {
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  /** IPv4 and IPv6 ranges that a security group that has to be created lets in; none: the VPC's own. */
  readonly allowFrom: readonly string[];
}

/** A VPC from which services may be reachable. */
export interface NetworkRule extends EndpointChoice {
  readonly vpcId: string;
  /** The endpoint to use, where it is given. */
  readonly endpointId?: string | undefined;
  /** Name of the probe function in the service's account and region that checks from inside this VPC. */
  readonly probe?: string | undefined;
}

/** Names that a rule gives to services with its `domains`: no other service may claim them. */
export interface ReservedName {
  /** Name of the rule. */
  readonly rule: string;
  /** Such as `{service}.{account}.corp.example.com`. */
  readonly template: string;
  /** Globs of the names of the services that the rule matches; absent: any. */
  readonly services?: readonly string[];
  /** Absent: any. */
  readonly accounts?: readonly string[];
  readonly regions: readonly string[];
}

/** VPCs that a service may name itself. */
export interface OtherVpcs extends EndpointChoice {
  /** Absent: every VPC of the account. */
  readonly allowedVpcs?: readonly string[];
}

/** What the stack's parameters say of every service, unless its rule says otherwise. */
export interface StackRules {
  /** Name of this installation in ownership records. */
  readonly installation: string;
  /** Value of the owner tag of what this installation creates. */
  readonly ownerTag: string;
  /** Milliseconds a managed service may be without its tag. */
  readonly detachGrace: number;
  readonly onDetach: OnDetach;
  readonly onDeleteAttempt: OnDeleteAttempt;
  readonly aliasStrategy: AliasStrategy;
  readonly cutover: Cutover;
  /** Milliseconds after which a `required` service is made private although names that lead to it will stop answering. */
  readonly cutoverDeadline: number;
  /**
   * Milliseconds after which a name that cannot be observed is published all the same
   * (docs/facts.md#connection-name-in-public-dns).
   */
  readonly unobservableGrace: number;
  /** USD per network interface of an endpoint and hour. */
  readonly endpointHourlyPrice: number;
}

/** What holds for one service: the settings of its rule, its account and its region. */
export interface Rules extends StackRules {
  readonly allowedZones: readonly AllowedZone[];
  /** The first is for services that name none. */
  readonly networks: readonly NetworkRule[];
  /** What holds for VPCs that are not among `networks`; `undefined`: no other VPC may be used. */
  readonly otherVpcs: OtherVpcs | undefined;
  /** Names the service has by the policy, beside those of its tags. */
  readonly domains: readonly string[];
  /** Patterns of the names that the service may claim by tag, see `matchesNamePattern`. */
  readonly claimableNames: readonly string[];
  /** Names that rules give to services; this service may claim those of `domains` only. */
  readonly reservedNames: readonly ReservedName[];
  /** Whether the service may adopt records that the stack did not write. */
  readonly mayAdopt: boolean;
}

/** Whether anything may be written to the zone. */
export function isAllowedZone({ allowedZones }: Rules, zoneId: string): boolean {
  return allowedZones.some(({ id }) => id === zoneId);
}

/** Whether the name may stand in the zone. */
export function mayStandIn({ allowedZones }: Rules, zoneId: string, name: string): boolean {
  return allowedZones.some(({ id, names }) => id === zoneId && isAllowedName(name, names));
}

/** Every pattern of a name that may stand in some zone. */
export function allowedNames({ allowedZones }: Rules): readonly string[] {
  return [...new Set(allowedZones.flatMap(({ names }) => names))];
}

/** The rule of a VPC, or what holds for the others. */
export function networkOf({ networks, otherVpcs }: Rules, vpcId: string): NetworkRule | undefined {
  const known = networks.find((network) => network.vpcId === vpcId);
  if (known !== undefined || otherVpcs === undefined) return known;
  const { allowedVpcs, ...endpoint } = otherVpcs;
  return allowedVpcs?.includes(vpcId) === false ? undefined : { vpcId, ...endpoint };
}
