import {
  CreateHostedZone$,
  type CreateHostedZoneCommandInput,
  type CreateHostedZoneCommandOutput,
  type DelegationSet,
  DeleteHostedZone$,
  type DeleteHostedZoneCommandInput,
  type DeleteHostedZoneCommandOutput,
  GetHostedZone$,
  type GetHostedZoneCommandInput,
  type GetHostedZoneCommandOutput,
  type HostedZone as HostedZoneMember,
} from '@aws-sdk/client-route-53';
import { AwsError } from '../../wire/errors.ts';
import { type CallContext, type OperationDefinition, operation } from '../../wire/service.ts';
import type { World } from '../../world.ts';
import type { Changes } from './changes.ts';
import { type HostedZone, type HostedZones, zoneArn } from './hosted-zones.ts';
import { required } from './input.ts';
import { plainName, type RecordName, recordName } from './names.ts';
import { RecordSets } from './record-sets.ts';
import { nameProblem } from './record-values.ts';
import { privatePermissions, refuseConflict } from './vpc-operations.ts';
import { ownVpc, type VpcOwner } from './vpc-owner.ts';

/** The name servers of every private zone (documented). */
const PRIVATE_NAME_SERVERS: readonly RecordName[] = [
  'ns-1536.awsdns-00.co.uk.',
  'ns-0.awsdns-00.com.',
  'ns-1024.awsdns-00.org.',
  'ns-512.awsdns-00.net.',
];

/** TTLs and times of the records that a zone is born with, in seconds (documented). */
const NS_TTL = 172_800;
const SOA_TTL = 900;
const SOA_TIMES = '1 7200 900 1209600 86400';

/** Operations on hosted zones themselves. */
export function zoneOperations(
  world: World,
  zones: HostedZones,
  changes: Changes,
  owner: VpcOwner,
): readonly OperationDefinition[] {
  /** References that an account has used up, those of deleted zones too (captured). */
  const callerReferences = new Set<string>();

  return [
    operation<CreateHostedZoneCommandInput, CreateHostedZoneCommandOutput>(CreateHostedZone$, {
      writes: true,
      permissions: (input) => privatePermissions('route53:CreateHostedZone', '*', input.VPC),
      run: (input, context) => {
        const zone = newZone(world, owner, input, context);
        const reference = `${context.account} ${zone.callerReference}`;
        if (callerReferences.has(reference)) {
          throw new AwsError(
            'HostedZoneAlreadyExists',
            'A hosted zone has already been created with the specified caller reference.',
          );
        }
        for (const vpc of zone.vpcs) refuseConflict(zones, vpc, zone.name);
        callerReferences.add(reference);
        zones.add(zone);
        return {
          HostedZone: hostedZoneMember(zone),
          ChangeInfo: changes.submit(context.account, undefined),
          DelegationSet: delegationSet(zone),
          ...(zone.vpcs[0] === undefined ? {} : { VPC: zone.vpcs[0] }),
          Location: `https://route53.amazonaws.com/2013-04-01/hostedzone/${zone.id}`,
        };
      },
    }),

    operation<GetHostedZoneCommandInput, GetHostedZoneCommandOutput>(GetHostedZone$, {
      permissions: (input) => ({ action: 'route53:GetHostedZone', resources: [zoneArn(input.Id)] }),
      run: (input, context) => {
        const zone = zones.require(required(input.Id, 'Id'), context);
        return {
          HostedZone: hostedZoneMember(zone),
          ...(zone.private ? { VPCs: [...zone.vpcs] } : { DelegationSet: delegationSet(zone) }),
        };
      },
    }),

    operation<DeleteHostedZoneCommandInput, DeleteHostedZoneCommandOutput>(DeleteHostedZone$, {
      writes: true,
      permissions: (input) => ({ action: 'route53:DeleteHostedZone', resources: [zoneArn(input.Id)] }),
      run: (input, context) => {
        const zone = zones.require(required(input.Id, 'Id'), context);
        const bornWith = zone.records.at(zone.name)?.filter((set) => set.Type === 'NS' || set.Type === 'SOA') ?? [];
        if (zone.records.size > bornWith.length) {
          throw new AwsError(
            'HostedZoneNotEmpty',
            'The specified hosted zone contains non-required resource record sets and so cannot be deleted.',
          );
        }
        zones.remove(zone);
        return { ChangeInfo: changes.submit(context.account, undefined) };
      },
    }),
  ];
}

function newZone(world: World, owner: VpcOwner, input: CreateHostedZoneCommandInput, context: CallContext): HostedZone {
  const given = required(input.Name, 'Name');
  const problem = nameProblem(given);
  if (problem !== undefined) throw new AwsError('InvalidDomainName', problem);
  if (input.HostedZoneConfig?.PrivateZone === true && input.VPC === undefined) {
    throw new AwsError(
      'InvalidInput',
      "When you're creating a private hosted zone (when you specify true for PrivateZone), you must also specify values for VPCId and VPCRegion.",
    );
  }
  if (input.DelegationSetId !== undefined) {
    throw new AwsError('NoSuchDelegationSet', `The specified delegation set ${input.DelegationSetId} does not exist.`);
  }
  const name = recordName(given);
  const nameServers = input.VPC === undefined ? newNameServers(world) : PRIVATE_NAME_SERVERS;
  return {
    id: `Z${world.chance.base32(20)}`,
    account: context.account,
    name,
    callerReference: required(input.CallerReference, 'CallerReference'),
    comment: input.HostedZoneConfig?.Comment,
    private: input.VPC !== undefined,
    vpcs: input.VPC === undefined ? [] : [ownVpc(input.VPC, owner, context)],
    authorizations: [],
    nameServers,
    records: new RecordSets([
      { Name: name, Type: 'NS', TTL: NS_TTL, ResourceRecords: nameServers.map((Value) => ({ Value })) },
      {
        Name: name,
        Type: 'SOA',
        TTL: SOA_TTL,
        ResourceRecords: [{ Value: `${nameServers[0]} awsdns-hostmaster.amazon.com. ${SOA_TIMES}` }],
      },
    ]),
  };
}

/** One name server per top-level domain, each with a quarter of the numbers (captured: `ns-2048.awsdns-64.com` and the like). */
function newNameServers(world: World): readonly RecordName[] {
  return ['com', 'net', 'org', 'co.uk'].map((domain, index) => {
    const draw = Number.parseInt(world.chance.hex(4), 16);
    const server = index * 512 + (draw % 512);
    const group = String((draw >> 9) % 64).padStart(2, '0');
    return `ns-${server}.awsdns-${group}.${domain}.`;
  });
}

const delegationSet = (zone: HostedZone): DelegationSet => ({ NameServers: zone.nameServers.map(plainName) });

/** A zone as Get and List show it. */
export const hostedZoneMember = (zone: HostedZone): HostedZoneMember => ({
  Id: `/hostedzone/${zone.id}`,
  Name: zone.name,
  CallerReference: zone.callerReference,
  Config: { ...(zone.comment === undefined ? {} : { Comment: zone.comment }), PrivateZone: zone.private },
  ResourceRecordSetCount: zone.records.size,
});
