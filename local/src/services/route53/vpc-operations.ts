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
import type { Switches } from '../../profile.ts';
import { AwsError } from '../../wire/errors.ts';
import { type OperationDefinition, operation, type RequiredPermission } from '../../wire/service.ts';
import type { Changes } from './changes.ts';
import { bareId, type HostedZones, notAuthorized, zoneArn } from './hosted-zones.ts';
import { pageSize, required } from './input.ts';
import type { RecordName } from './names.ts';
import { ownerOf, requireVpc, type VpcOwner } from './vpc-owner.ts';

/** Zones on a page (documented). */
const PAGE = 100;

/**
 * Which private zones answer in which VPCs. The caller has to own the VPC; and the zone too, or to have been authorised by
 * who does (documented).
 */
export const vpcOperations = (
  zones: HostedZones,
  changes: Changes,
  owner: VpcOwner,
  switches: Pick<Switches, 'zonesOfForeignVpc'>,
): readonly OperationDefinition[] => [
  operation<AssociateVPCWithHostedZoneCommandInput, AssociateVPCWithHostedZoneCommandOutput>(
    AssociateVPCWithHostedZone$,
    {
      writes: true,
      permissions: ({ HostedZoneId, VPC }) =>
        privatePermissions('route53:AssociateVPCWithHostedZone', zoneArn(HostedZoneId), VPC),
      run: (input, context) => {
        const zone = zones.any(required(input.HostedZoneId, 'HostedZoneId'));
        const vpc = requireVpc(input.VPC);
        const authorized = zone.authorizations.some(({ VPCId }) => VPCId === vpc.VPCId);
        if (zone.account !== context.account && !authorized) throw notAuthorized(context);
        if (!zone.private) {
          throw new AwsError(
            'PublicZoneVPCAssociation',
            `Attempting to associate public zone: ${zone.id} with vpc: ${vpc.VPCId}`,
          );
        }
        if (ownerOf(vpc, owner, context) !== context.account) {
          const message = `The VPC: ${vpc.VPCId} has not authorized to associate with your hosted zone.`;
          throw new AwsError('NotAuthorizedException', message, { status: 401 });
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
        const zone = zones.any(required(input.HostedZoneId, 'HostedZoneId'));
        const vpc = requireVpc(input.VPC);
        // Documented: the account of either.
        const mayLeave = [zone.account, owner(vpc.VPCId, vpc.VPCRegion ?? '', context)].includes(context.account);
        if (!mayLeave) throw notAuthorized(context);
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
    run: ({ VPCId, VPCRegion, MaxItems, NextToken }, context) => {
      const vpc = requireVpc({ VPCId, VPCRegion });
      const most = pageSize(MaxItems, PAGE);
      const own = owner(vpc.VPCId, vpc.VPCRegion ?? '', context) === context.account;
      // docs/facts.md#zones-of-a-foreign-vpc
      if (!own && switches.zonesOfForeignVpc === 'refused') {
        throw new AwsError(
          'InvalidInput',
          `The VPC ${vpc.VPCId} in region ${vpc.VPCRegion} does not exist, or belongs to another account.`,
        );
      }
      const all = own ? zones.ofVpc(vpc.VPCId) : [];
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

/** Operations on a VPC also need `ec2:DescribeVpcs`, and put the VPC into `route53:VPCs` (service authorization reference). */
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

/** A VPC sees one private zone of a name, and associating the same one again is refused in the same words (captured). */
export function refuseConflict(zones: HostedZones, vpc: VPC, name: RecordName): void {
  if (!zones.ofVpc(vpc.VPCId ?? '').some((zone) => zone.name === name)) return;
  throw new AwsError(
    'ConflictingDomainExists',
    `The VPC that you chose, ${vpc.VPCId} in region ${vpc.VPCRegion}, is already associated with another private hosted zone that has an overlapping name space, ${name}.`,
  );
}
