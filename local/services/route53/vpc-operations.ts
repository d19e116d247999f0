import {
  AssociateVPCWithHostedZone$,
  type AssociateVPCWithHostedZoneCommandInput,
  type AssociateVPCWithHostedZoneCommandOutput,
  DisassociateVPCFromHostedZone$,
  type DisassociateVPCFromHostedZoneCommandInput,
  type DisassociateVPCFromHostedZoneCommandOutput,
  ListHostedZonesByVPC$,
  type ListHostedZonesByVPCCommandInput,
  type ListHostedZonesByVPCCommandOutput,
  type VPC,
} from '@aws-sdk/client-route-53';
import { AwsError } from '../../wire/errors.ts';
import { type OperationDefinition, operation, type RequiredPermission } from '../../wire/service.ts';
import type { Changes } from './changes.ts';
import { bareId, type HostedZones, zoneArn } from './hosted-zones.ts';
import { pageSize, required } from './input.ts';
import type { RecordName } from './names.ts';

/** Zones on a page (D). */
const PAGE = 100;

/** Which private zones answer in which VPCs. Any account may associate any VPC: who owns a VPC, Route 53 is not told here. */
export const vpcOperations = (zones: HostedZones, changes: Changes): readonly OperationDefinition[] => [
  operation<AssociateVPCWithHostedZoneCommandInput, AssociateVPCWithHostedZoneCommandOutput>(
    AssociateVPCWithHostedZone$,
    {
      writes: true,
      permissions: ({ HostedZoneId, VPC }) =>
        privatePermissions('route53:AssociateVPCWithHostedZone', zoneArn(HostedZoneId), VPC),
      run: (input, context) => {
        const zone = zones.require(required(input.HostedZoneId, 'HostedZoneId'), context);
        const vpc = requireVpc(input.VPC);
        if (!zone.private) {
          throw new AwsError(
            'PublicZoneVPCAssociation',
            `Attempting to associate public zone: ${zone.id} with vpc: ${vpc.VPCId}`,
          );
        }
        refuseConflict(zones, vpc, zone.name);
        zone.vpcs = [...zone.vpcs, vpc];
        return { ChangeInfo: changes.submit(context.account, input.Comment) };
      },
    },
  ),

  operation<DisassociateVPCFromHostedZoneCommandInput, DisassociateVPCFromHostedZoneCommandOutput>(
    DisassociateVPCFromHostedZone$,
    {
      writes: true,
      permissions: ({ HostedZoneId, VPC }) =>
        privatePermissions('route53:DisassociateVPCFromHostedZone', zoneArn(HostedZoneId), VPC),
      run: (input, context) => {
        const zone = zones.require(required(input.HostedZoneId, 'HostedZoneId'), context);
        const vpc = requireVpc(input.VPC);
        const rest = zone.vpcs.filter((other) => other.VPCId !== vpc.VPCId);
        if (rest.length === zone.vpcs.length) {
          throw new AwsError(
            'VPCAssociationNotFound',
            `The VPC: ${vpc.VPCId} and hosted zone: ${zone.id} that you specified are not currently associated.`,
          );
        }
        if (rest.length === 0) {
          throw new AwsError('LastVPCAssociation', 'Cannot remove last VPC association for the private zone');
        }
        zone.vpcs = rest;
        return { ChangeInfo: changes.submit(context.account, input.Comment) };
      },
    },
  ),

  operation<ListHostedZonesByVPCCommandInput, ListHostedZonesByVPCCommandOutput>(ListHostedZonesByVPC$, {
    permissions: ({ VPCId, VPCRegion }) =>
      privatePermissions('route53:ListHostedZonesByVPC', '*', { VPCId, VPCRegion }),
    run: ({ VPCId, VPCRegion, MaxItems, NextToken }) => {
      const vpc = requireVpc({ VPCId, VPCRegion });
      const most = pageSize(MaxItems, PAGE);
      const all = zones.ofVpc(vpc.VPCId);
      const from = NextToken === undefined ? 0 : all.findIndex((zone) => zone.id === bareId(NextToken));
      if (from < 0)
        throw new AwsError('InvalidPaginationToken', `The specified pagination token is not valid: ${NextToken}`);
      const next = all[from + most];
      return {
        HostedZoneSummaries: all.slice(from, from + most).map((zone) => ({
          HostedZoneId: zone.id,
          Name: zone.name,
          Owner: { OwningAccount: zone.account },
        })),
        MaxItems: most,
        ...(next === undefined ? {} : { NextToken: next.id }),
      };
    },
  }),
];

/** What touches a VPC wants `ec2:DescribeVpcs` besides, and tells the VPC to `route53:VPCs` (service authorization reference). */
export function privatePermissions(
  action: string,
  resource: string,
  vpc: VPC | undefined,
): readonly RequiredPermission[] {
  if (vpc === undefined) return [{ action, resources: [resource] }];
  const conditions = { 'route53:VPCs': [`VPCId=${vpc.VPCId},VPCRegion=${vpc.VPCRegion}`] };
  return [
    { action, resources: [resource], conditions },
    { action: 'ec2:DescribeVpcs', resources: ['*'] },
  ];
}

/** @throws AwsError InvalidVPCId */
export function requireVpc(vpc: VPC | undefined): VPC & { readonly VPCId: string } {
  const { VPCId, VPCRegion } = required(vpc, 'VPC');
  if (VPCId === undefined || !/^vpc-[0-9a-f]+$/.test(VPCId)) {
    throw new AwsError('InvalidVPCId', `The VPC ID that you specified is not valid: ${VPCId}`);
  }
  return { VPCId, VPCRegion: required(VPCRegion, 'VPCRegion') };
}

/** A VPC sees one private zone of a name, and associating the same one again is refused in the same words (C). */
export function refuseConflict(zones: HostedZones, vpc: VPC, name: RecordName): void {
  if (!zones.ofVpc(vpc.VPCId ?? '').some((zone) => zone.name === name)) return;
  throw new AwsError(
    'ConflictingDomainExists',
    `The VPC that you chose, ${vpc.VPCId} in region ${vpc.VPCRegion}, is already associated with another private hosted zone that has an overlapping name space, ${name}.`,
  );
}
