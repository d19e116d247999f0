import type { VPC } from '@aws-sdk/client-route-53';
import { AwsError } from '../../wire/errors.ts';
import type { CallContext } from '../../wire/service.ts';
import { namesUpward, type RecordName, recordName } from './names.ts';
import type { RecordSets } from './record-sets.ts';

/** A hosted zone, as the DNS server may read it. */
export interface ZoneView {
  /** Without `/hostedzone/`. */
  readonly id: string;
  readonly account: string;
  readonly name: RecordName;
  readonly private: boolean;
  /** The VPCs a private zone answers in; none for a public one. */
  readonly vpcs: readonly VPC[];
  /** The four name servers of its delegation set. */
  readonly nameServers: readonly RecordName[];
  readonly records: RecordSets;
}

export interface HostedZone extends ZoneView {
  readonly callerReference: string;
  readonly comment: string | undefined;
  vpcs: readonly VPC[];
  /** VPCs of other accounts that their owners may associate. */
  authorizations: readonly VPC[];
  records: RecordSets;
}

/** Which zone answers for a name, seen from the internet or from a VPC. */
export interface Zones {
  /** The public zone that a resolver on the internet reaches for `name`: from the registrar down, cut by cut. */
  publicZone(name: RecordName): ZoneView | undefined;
  /** The private zone with the longest suffix of `name` among those associated with the VPC. */
  privateZone(vpcId: string, name: RecordName): ZoneView | undefined;
}

/** The hosted zones of all accounts. */
export class HostedZones implements Zones {
  readonly #byId = new Map<string, HostedZone>();
  readonly #byName = new Map<RecordName, readonly HostedZone[]>();
  /** The name servers that the registrar has for a domain. */
  readonly #registered = new Map<RecordName, readonly RecordName[]>();

  add(zone: HostedZone): void {
    this.#byId.set(zone.id, zone);
    this.#byName.set(zone.name, [...(this.#byName.get(zone.name) ?? []), zone]);
  }

  remove(zone: HostedZone): void {
    this.#byId.delete(zone.id);
    const others = (this.#byName.get(zone.name) ?? []).filter((other) => other !== zone);
    if (others.length > 0) this.#byName.set(zone.name, others);
    else this.#byName.delete(zone.name);
  }

  /** The zones of one account, in the order of their creation. */
  ofAccount(account: string): readonly HostedZone[] {
    return [...this.#byId.values()].filter((zone) => zone.account === account);
  }

  /** The private zones of every account that are associated with the VPC. */
  ofVpc(vpcId: string): readonly HostedZone[] {
    return [...this.#byId.values()].filter((zone) => zone.vpcs.some((vpc) => vpc.VPCId === vpcId));
  }

  /**
   * The caller's zone with that id, given with or without `/hostedzone/`.
   * @throws AwsError NoSuchHostedZone; AccessDenied for a zone of another account (captured).
   */
  require(givenId: string, context: CallContext): HostedZone {
    const zone = this.any(givenId);
    if (zone.account !== context.account) throw notAuthorized(context);
    return zone;
  }

  /** The zone with that id, whosever it is. @throws AwsError NoSuchHostedZone */
  any(givenId: string): HostedZone {
    const id = bareId(givenId);
    const zone = this.#byId.get(id);
    if (zone === undefined) throw new AwsError('NoSuchHostedZone', `No hosted zone found with ID: ${id}`);
    return zone;
  }

  /** From now on the registrar delegates `domain` to these name servers; to none, and the domain does not exist. */
  register(domain: RecordName, nameServers: readonly RecordName[]): void {
    this.#registered.set(domain, nameServers);
  }

  /**
   * A zone is reached only where the zone above delegates to it (RFC 1034 §4.2.1). Above the topmost zone of a name is the
   * registrar; a domain that was never registered is delegated to its oldest zone, as if its owner had done so.
   */
  publicZone(name: RecordName): HostedZone | undefined {
    let reached: HostedZone | undefined;
    for (const at of namesUpward(name).toReversed()) {
      const zones = (this.#byName.get(at) ?? []).filter((zone) => !zone.private);
      const servers = reached === undefined ? (this.#registered.get(at) ?? zones[0]?.nameServers) : cutAt(reached, at);
      reached = zones.find((zone) => zone.nameServers.some((server) => servers?.includes(server))) ?? reached;
    }
    return reached;
  }

  privateZone(vpcId: string, name: RecordName): HostedZone | undefined {
    for (const at of namesUpward(name)) {
      const zone = this.#byName.get(at)?.find(({ vpcs }) => vpcs.some((vpc) => vpc.VPCId === vpcId));
      if (zone !== undefined) return zone;
    }
    return undefined;
  }
}

/** The name servers that the zone delegates `name` to, if any. */
const cutAt = (zone: ZoneView, name: RecordName): readonly RecordName[] | undefined =>
  zone.records
    .at(name)
    ?.find((set) => set.Type === 'NS')
    ?.ResourceRecords?.map((record) => recordName(record.Value ?? ''));

/** What Route 53 answers a request for another account's zone or VPC (captured). */
export const notAuthorized = ({ principal }: CallContext): AwsError =>
  new AwsError('AccessDenied', `User: ${principal.arn} is not authorized to access this resource`, { status: 403 });

/** The id without the `/hostedzone/` or `/change/` that Route 53 puts before it in answers and takes in requests. */
export const bareId = (id: string): string => id.slice(id.lastIndexOf('/') + 1);

/** The ARN that IAM knows a zone by (docs/facts.md#record-change-conditions). */
export const zoneArn = (id: string | undefined): string => `arn:aws:route53:::hostedzone/${bareId(id ?? '')}`;
