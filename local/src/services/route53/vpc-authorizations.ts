import {
  CreateVPCAssociationAuthorization$,
  type CreateVPCAssociationAuthorizationCommandInput,
  type CreateVPCAssociationAuthorizationCommandOutput,
  DeleteVPCAssociationAuthorization$,
  type DeleteVPCAssociationAuthorizationCommandInput,
  type DeleteVPCAssociationAuthorizationCommandOutput,
  ListVPCAssociationAuthorizations$,
  type ListVPCAssociationAuthorizationsCommandInput,
  type ListVPCAssociationAuthorizationsCommandOutput,
} from '@aws-sdk/client-route-53';
import { AwsError } from '../../wire/errors.ts';
import { type OperationDefinition, operation } from '../../wire/service.ts';
import { type HostedZones, zoneArn } from './hosted-zones.ts';
import { pageSize, required } from './input.ts';
import { privatePermissions } from './vpc-operations.ts';
import { requireVpc } from './vpc-owner.ts';

/** Documented: authorizations of a zone, and on a page. */
const MOST = 1000;
const PAGE = 50;

/** By which the owner of a private zone lets the owner of a VPC of another account associate it. */
export const vpcAuthorizationOperations = (zones: HostedZones): readonly OperationDefinition[] => [
  operation<CreateVPCAssociationAuthorizationCommandInput, CreateVPCAssociationAuthorizationCommandOutput>(
    CreateVPCAssociationAuthorization$,
    {
      writes: true,
      permissions: ({ HostedZoneId, VPC }) =>
        privatePermissions('route53:CreateVPCAssociationAuthorization', zoneArn(HostedZoneId), VPC).slice(0, 1),
      run: (input, context) => {
        const zone = zones.require(required(input.HostedZoneId, 'HostedZoneId'), context);
        const vpc = requireVpc(input.VPC);
        if (!zone.private) throw new AwsError('InvalidInput', `The hosted zone ${zone.id} is a public hosted zone.`);
        const others = zone.authorizations.filter(({ VPCId }) => VPCId !== vpc.VPCId);
        if (others.length >= MOST) {
          throw new AwsError(
            'TooManyVPCAssociationAuthorizations',
            `You have reached the maximum of ${MOST} VPC association authorizations for the hosted zone ${zone.id}.`,
          );
        }
        zone.authorizations = [...others, vpc];
        return { HostedZoneId: zone.id, VPC: vpc };
      },
    },
  ),

  operation<DeleteVPCAssociationAuthorizationCommandInput, DeleteVPCAssociationAuthorizationCommandOutput>(
    DeleteVPCAssociationAuthorization$,
    {
      writes: true,
      permissions: ({ HostedZoneId, VPC }) =>
        privatePermissions('route53:DeleteVPCAssociationAuthorization', zoneArn(HostedZoneId), VPC).slice(0, 1),
      run: (input, context) => {
        const zone = zones.require(required(input.HostedZoneId, 'HostedZoneId'), context);
        const vpc = requireVpc(input.VPC);
        const rest = zone.authorizations.filter(({ VPCId }) => VPCId !== vpc.VPCId);
        if (rest.length === zone.authorizations.length) {
          throw new AwsError(
            'VPCAssociationAuthorizationNotFound',
            `The VPC ${vpc.VPCId} is not authorized to be associated with the hosted zone ${zone.id}.`,
            { status: 404 },
          );
        }
        // An association that came of it stays (documented).
        zone.authorizations = rest;
        return {};
      },
    },
  ),

  operation<ListVPCAssociationAuthorizationsCommandInput, ListVPCAssociationAuthorizationsCommandOutput>(
    ListVPCAssociationAuthorizations$,
    {
      permissions: ({ HostedZoneId }) => ({
        action: 'route53:ListVPCAssociationAuthorizations',
        resources: [zoneArn(HostedZoneId)],
      }),
      run: ({ HostedZoneId, MaxResults, NextToken }, context) => {
        const zone = zones.require(required(HostedZoneId, 'HostedZoneId'), context);
        const most = pageSize(MaxResults, PAGE);
        const from = NextToken === undefined ? 0 : zone.authorizations.findIndex(({ VPCId }) => VPCId === NextToken);
        if (from < 0) {
          throw new AwsError('InvalidPaginationToken', `The specified pagination token is not valid: ${NextToken}`);
        }
        const next = zone.authorizations[from + most]?.VPCId;
        return {
          HostedZoneId: zone.id,
          VPCs: zone.authorizations.slice(from, from + most),
          ...(next === undefined ? {} : { NextToken: next }),
        };
      },
    },
  ),
];
