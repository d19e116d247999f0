import {
  GetHostedZoneCommand,
  ListHostedZonesByVPCCommand,
  ListResourceRecordSetsCommand,
  paginateListHostedZones,
  type Route53Client,
} from '@aws-sdk/client-route-53';
import { letsAmazonIssue } from '../../../shared/plan/issuers.ts';
import type { Issuers } from '../../../shared/plan/observed.ts';
import { isWithin, normalizeName } from '../../../shared/records/names.ts';
import { validationZones, type Zone } from '../../../shared/records/zones.ts';
import type { ParameterValues } from '../../stack/parameters.ts';
import { awsCommand } from '../aws-command.ts';
import { about, type DoctorCheck } from '../check.ts';

/** One pattern of AllowedNames: the name it is about, and who may issue certificates for it. */
export interface NameFacts {
  /** `*.example.com` */
  readonly pattern: string;
  /** `example.com` */
  readonly base: string;
  readonly issuers: Issuers;
  /** The CAA record set that public DNS answers from, if it is in one of the account's zones. */
  readonly caa: CaaRecordSet | undefined;
}

export interface CaaRecordSet {
  readonly zoneId: string;
  readonly name: string;
  /** Seconds. */
  readonly ttl: number;
  readonly values: readonly string[];
}

export interface ZonesFacts {
  /** Every zone of the account; of the private ones only those that are allowed have their VPCs. */
  readonly zones: readonly Zone[];
  /** Ids of the zones that the VPC sees, whoever has them; empty without a VPC. */
  readonly seenFromVpc: readonly { readonly id: string; readonly name: string }[];
  readonly names: readonly NameFacts[];
}

const bareId = (id: string | undefined): string => (id ?? '').replace('/hostedzone/', '');

export async function askZones(
  client: Route53Client,
  parameters: ParameterValues,
  region: string,
  issuersOf: (name: string) => Promise<Issuers>,
): Promise<ZonesFacts> {
  const allowed = parameters.list('AllowedZones');
  const zones: Zone[] = [];
  for await (const { HostedZones = [] } of paginateListHostedZones({ client }, {})) {
    for (const { Id, Name = '', Config } of HostedZones) {
      const id = bareId(Id);
      const visibility = Config?.PrivateZone === true ? 'private' : 'public';
      const vpcIds = visibility === 'private' && allowed.includes(id) ? await vpcsOf(client, id) : [];
      zones.push({ id, name: normalizeName(Name), visibility, vpcIds });
    }
  }
  const vpcId = parameters.value('VpcId');
  const patterns = parameters.list('AllowedNames').map(normalizeName);
  return {
    zones,
    seenFromVpc: vpcId ? await zonesOfVpc(client, vpcId, region) : [],
    names: await Promise.all(
      patterns.map(async (pattern) => {
        const base = pattern.replace(/^\*\./, '');
        const issuers = await issuersOf(base);
        return {
          pattern,
          base,
          issuers,
          caa: letsAmazonIssue(issuers) ? undefined : await caaOf(client, issuers, zones),
        };
      }),
    ),
  };
}

async function vpcsOf(client: Route53Client, id: string): Promise<readonly string[]> {
  const { VPCs = [] } = await client.send(new GetHostedZoneCommand({ Id: id }));
  return VPCs.flatMap(({ VPCId }) => (VPCId === undefined ? [] : [VPCId]));
}

async function zonesOfVpc(client: Route53Client, vpcId: string, region: string): Promise<ZonesFacts['seenFromVpc']> {
  const found: { id: string; name: string }[] = [];
  // The model knows the regions by name, and those to come not yet.
  const input = { VPCId: vpcId, VPCRegion: region as 'ap-northeast-1' };
  let NextToken: string | undefined;
  do {
    const page = await client.send(new ListHostedZonesByVPCCommand({ ...input, NextToken }));
    for (const { HostedZoneId, Name = '' } of page.HostedZoneSummaries ?? [])
      found.push({ id: bareId(HostedZoneId), name: normalizeName(Name) });
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return found;
}

async function caaOf(
  client: Route53Client,
  issuers: Issuers,
  zones: readonly Zone[],
): Promise<CaaRecordSet | undefined> {
  if (issuers.kind !== 'listed') return undefined;
  const [zone] = validationZones(issuers.at, zones);
  if (zone === undefined) return undefined;
  const { ResourceRecordSets: [found] = [] } = await client.send(
    new ListResourceRecordSetsCommand({
      HostedZoneId: zone.id,
      StartRecordName: issuers.at,
      StartRecordType: 'CAA',
      MaxItems: 1,
    }),
  );
  if (found?.Type !== 'CAA' || normalizeName(found.Name ?? '') !== issuers.at) return undefined;
  const values = (found.ResourceRecords ?? []).map(({ Value = '' }) => Value);
  return { zoneId: zone.id, name: issuers.at, ttl: found.TTL ?? 300, values };
}

/**
 * Whether every name that may be published has its zones, and gets its certificate
 * (docs/facts.md#validation-records-are-public-and-stay).
 * @param vpcId the VPC that is to see them; `undefined` when there is none.
 */
export function judgeZones(
  facts: ZonesFacts,
  parameters: ParameterValues,
  vpcId: string | undefined,
  region: string,
): readonly DoctorCheck[] {
  const allowed = parameters.list('AllowedZones');
  const elsewhere = parameters.list('ZoneRoleZones');
  const own = facts.zones.filter(({ id }) => allowed.includes(id) && !elsewhere.includes(id));
  return [
    ...allowed.map((id) => judgeZone(id, facts.zones, elsewhere)),
    ...facts.names.flatMap((name) => [
      judgePublicZone(name, own, facts.zones, elsewhere),
      ...(vpcId === undefined ? [] : judgeShadow(name, allowed, facts.seenFromVpc, vpcId)),
      judgeIssuers(name),
    ]),
    ...(vpcId === undefined
      ? []
      : own.filter(({ visibility }) => visibility === 'private').map((zone) => judgePrivateZone(zone, vpcId, region))),
  ];
}

const titled = ({ id, name, visibility }: Zone): string => `${id} (${name}, ${visibility})`;

function judgeZone(id: string, zones: readonly Zone[], elsewhere: readonly string[]): DoctorCheck {
  const check = about('zone', id);
  const zone = zones.find((one) => one.id === id);
  if (elsewhere.includes(id)) {
    return check.unknown(
      'of another account, which only the stack reaches, by ZoneRoleArn',
      'After the deployment, "findings" shows whether the stack can read and write it.',
    );
  }
  if (zone !== undefined) return check.ok(`${zone.name}, ${zone.visibility}`);
  const known = zones.map(titled).join(', ');
  return check.missing(
    'AllowedZones names it, but this account has no such hosted zone',
    `Give zones that exist: ${known === '' ? 'there are none in this account' : known}. One of another account needs ZoneRoleArn and ZoneRoleZones.`,
    awsCommand('route53 list-hosted-zones', {}),
  );
}

function judgePublicZone(
  { pattern, base }: NameFacts,
  own: readonly Zone[],
  all: readonly Zone[],
  elsewhere: readonly string[],
): DoctorCheck {
  const check = about('public-zone', pattern);
  const [zone] = validationZones(base, own);
  if (zone !== undefined) return check.ok(`certificates are validated in ${titled(zone)}`);
  if (elsewhere.length > 0)
    return check.unknown(`no public zone of this account holds ${base}; one reached by ZoneRoleArn may`);
  const evidence = `no public zone of AllowedZones holds ${base}; App Runner validates certificates in public DNS only`;
  const [present] = validationZones(base, all);
  if (present !== undefined) return check.missing(evidence, `Add ${titled(present)} to AllowedZones.`);
  return check.missing(
    evidence,
    'Make a public zone, let its parent name its name servers, and add its id to AllowedZones.',
    awsCommand('route53 create-hosted-zone', { name: base, 'caller-reference': `private-ingress-${base}` }),
  );
}

/** A private zone of the VPC shadows public names that it lacks (docs/facts.md#private-zone-shadows-public). */
function judgeShadow(
  { pattern, base }: NameFacts,
  allowed: readonly string[],
  seen: ZonesFacts['seenFromVpc'],
  vpcId: string,
): readonly DoctorCheck[] {
  const holding = seen.filter(({ name }) => isWithin(base, name));
  const [closest] = holding.toSorted((one, other) => other.name.length - one.name.length);
  if (closest === undefined || allowed.includes(closest.id)) return [];
  return [
    about('shadowing-zone', pattern).missing(
      `in ${vpcId} the private zone ${closest.id} (${closest.name}) answers for ${base}, and it is not in AllowedZones`,
      `Add ${closest.id} to AllowedZones (and to ZoneRoleZones, if it is another account's).`,
    ),
  ];
}

function judgePrivateZone(zone: Zone, vpcId: string, region: string): DoctorCheck {
  const check = about('private-zone', titled(zone));
  if (zone.vpcIds.includes(vpcId)) return check.ok(`seen from ${vpcId}`);
  return check.missing(
    `not associated with ${vpcId}: what is written into it is not seen there`,
    'Associate it.',
    awsCommand('route53 associate-vpc-with-hosted-zone', {
      'hosted-zone-id': zone.id,
      vpc: { VPCRegion: region, VPCId: vpcId },
    }),
  );
}

function judgeIssuers({ pattern, base, issuers, caa }: NameFacts): DoctorCheck {
  const check = about('caa', pattern);
  if (issuers.kind === 'unknown') return check.unknown(`public DNS does not answer for the CAA records of ${base}`);
  if (issuers.kind === 'unrestricted') return check.ok('no CAA record: every authority may issue certificates');
  const named = issuers.names.length === 0 ? 'no authority' : issuers.names.join(', ');
  const evidence = `the CAA records at ${issuers.at} let ${named} issue certificates`;
  if (letsAmazonIssue(issuers)) return check.ok(evidence);
  const add = 'Add a CAA record 0 issue "amazon.com" there.';
  if (caa === undefined) return check.missing(`${evidence}, and not amazon.com`, add);
  const ResourceRecords = [...caa.values, '0 issue "amazon.com"'].map((Value) => ({ Value }));
  const ResourceRecordSet = { Name: caa.name, Type: 'CAA', TTL: caa.ttl, ResourceRecords };
  return check.missing(
    `${evidence}, and not amazon.com`,
    add,
    awsCommand('route53 change-resource-record-sets', {
      'hosted-zone-id': caa.zoneId,
      'change-batch': { Changes: [{ Action: 'UPSERT', ResourceRecordSet }] },
    }),
  );
}
