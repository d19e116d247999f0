import * as sdk from '@aws-sdk/client-route-53';
import { expect } from 'vitest';
import { type OperationSetting, REGION, type Rows } from './setting.ts';

const NO_ZONE = 'Z0000000000000000000';
const VPC_REGION = REGION satisfies sdk.VPCRegion;

const address = (Value = '10.0.0.1'): sdk.ResourceRecordSet => ({
  Name: 'a.example.com',
  Type: 'A',
  TTL: 60,
  ResourceRecords: [{ Value }],
});

const change = ({ route53 }: OperationSetting, HostedZoneId: string, record = address()) =>
  route53.send(
    new sdk.ChangeResourceRecordSetsCommand({
      HostedZoneId,
      ChangeBatch: { Changes: [{ Action: 'CREATE', ResourceRecordSet: record }] },
    }),
  );

const createZone = ({ route53 }: OperationSetting, more: Partial<sdk.CreateHostedZoneRequest> = {}) =>
  route53.send(new sdk.CreateHostedZoneCommand({ Name: 'example.net', CallerReference: 'one', ...more }));

async function emptyZone(setting: OperationSetting): Promise<string> {
  const { HostedZone } = await createZone(setting);
  return HostedZone?.Id ?? '';
}

async function otherVpc({ ec2 }: OperationSetting): Promise<sdk.VPC> {
  const { CreateVpcCommand } = await import('@aws-sdk/client-ec2');
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.1.0.0/16' }));
  return { VPCId: Vpc?.VpcId, VPCRegion: VPC_REGION };
}

const associate = ({ route53 }: OperationSetting, HostedZoneId: string, VPC: sdk.VPC) =>
  route53.send(new sdk.AssociateVPCWithHostedZoneCommand({ HostedZoneId, VPC }));

const disassociate = ({ route53 }: OperationSetting, HostedZoneId: string, VPC: sdk.VPC) =>
  route53.send(new sdk.DisassociateVPCFromHostedZoneCommand({ HostedZoneId, VPC }));

const FOREIGN_VPC = 'vpc-0fffffffffffffff0';
const foreign = (HostedZoneId: string): { HostedZoneId: string; VPC: sdk.VPC } => ({
  HostedZoneId,
  VPC: { VPCId: FOREIGN_VPC, VPCRegion: VPC_REGION },
});
const authorize = ({ route53, network }: OperationSetting, zoneId = network.privateZoneId) =>
  route53.send(new sdk.CreateVPCAssociationAuthorizationCommand(foreign(zoneId)));
const withdraw = ({ route53, network }: OperationSetting) =>
  route53.send(new sdk.DeleteVPCAssociationAuthorizationCommand(foreign(network.privateZoneId)));
const authorizations = ({ route53 }: OperationSetting, HostedZoneId: string) =>
  route53.send(new sdk.ListVPCAssociationAuthorizationsCommand({ HostedZoneId }));

export const route53Rows: Rows = {
  CreateHostedZone: {
    call: (s) => createZone(s),
    answer: { HostedZone: { Name: 'example.net.' }, DelegationSet: { NameServers: expect.any(Array) } },
    refused: { call: (s) => createZone(s, { Name: '..' }), by: sdk.InvalidDomainName },
  },
  GetHostedZone: {
    call: ({ route53, network }) => route53.send(new sdk.GetHostedZoneCommand({ Id: network.privateZoneId })),
    answer: { HostedZone: { Name: 'example.com.', Config: { PrivateZone: true } } },
    refused: {
      call: ({ route53 }) => route53.send(new sdk.GetHostedZoneCommand({ Id: NO_ZONE })),
      by: sdk.NoSuchHostedZone,
    },
  },
  DeleteHostedZone: {
    call: async (s) => s.route53.send(new sdk.DeleteHostedZoneCommand({ Id: await emptyZone(s) })),
    answer: { ChangeInfo: { Status: 'PENDING' } },
    refused: {
      call: async (s) => {
        await change(s, s.network.publicZoneId);
        return s.route53.send(new sdk.DeleteHostedZoneCommand({ Id: s.network.publicZoneId }));
      },
      by: sdk.HostedZoneNotEmpty,
    },
  },
  ListHostedZones: {
    call: ({ route53 }) => route53.send(new sdk.ListHostedZonesCommand({})),
    answer: { HostedZones: [{ Name: 'example.com.' }, { Name: 'example.com.' }], IsTruncated: false },
    refused: {
      call: ({ route53 }) => route53.send(new sdk.ListHostedZonesCommand({ MaxItems: 0 })),
      by: sdk.InvalidInput,
    },
  },
  ListHostedZonesByName: {
    call: ({ route53 }) => route53.send(new sdk.ListHostedZonesByNameCommand({ DNSName: 'example.com' })),
    answer: { HostedZones: [{ Name: 'example.com.' }, { Name: 'example.com.' }], DNSName: 'example.com' },
    refused: {
      call: ({ route53 }) => route53.send(new sdk.ListHostedZonesByNameCommand({ DNSName: '..' })),
      by: sdk.InvalidDomainName,
    },
  },
  AssociateVPCWithHostedZone: {
    call: async (s) => associate(s, s.network.privateZoneId, await otherVpc(s)),
    answer: { ChangeInfo: { Status: 'PENDING' } },
    refused: {
      call: async (s) => associate(s, s.network.publicZoneId, await otherVpc(s)),
      by: sdk.PublicZoneVPCAssociation,
    },
  },
  DisassociateVPCFromHostedZone: {
    call: async (s) => {
      const VPC = await otherVpc(s);
      await associate(s, s.network.privateZoneId, VPC);
      return disassociate(s, s.network.privateZoneId, VPC);
    },
    answer: { ChangeInfo: { Status: 'PENDING' } },
    refused: {
      call: (s) => disassociate(s, s.network.privateZoneId, { VPCId: s.network.vpcId, VPCRegion: VPC_REGION }),
      by: sdk.LastVPCAssociation,
    },
  },
  CreateVPCAssociationAuthorization: {
    call: (s) => authorize(s),
    answer: { VPC: { VPCId: FOREIGN_VPC } },
    refused: { call: (s) => authorize(s, s.network.publicZoneId), by: sdk.InvalidInput },
  },
  DeleteVPCAssociationAuthorization: {
    call: async (s) => {
      await authorize(s);
      return withdraw(s);
    },
    refused: { call: (s) => withdraw(s), by: sdk.VPCAssociationAuthorizationNotFound },
  },
  ListVPCAssociationAuthorizations: {
    call: async (s) => {
      await authorize(s);
      return authorizations(s, s.network.privateZoneId);
    },
    answer: { VPCs: [{ VPCId: FOREIGN_VPC, VPCRegion: VPC_REGION }] },
    refused: { call: (s) => authorizations(s, NO_ZONE), by: sdk.NoSuchHostedZone },
  },
  ListHostedZonesByVPC: {
    call: ({ route53, network }) =>
      route53.send(new sdk.ListHostedZonesByVPCCommand({ VPCId: network.vpcId, VPCRegion: VPC_REGION })),
    answer: { HostedZoneSummaries: [{ Name: 'example.com.' }] },
    refused: {
      call: ({ route53, network }) =>
        route53.send(
          new sdk.ListHostedZonesByVPCCommand({ VPCId: network.vpcId, VPCRegion: VPC_REGION, NextToken: 'nonsense' }),
        ),
      by: sdk.InvalidPaginationToken,
    },
  },
  ChangeResourceRecordSets: {
    call: (s) => change(s, s.network.publicZoneId),
    answer: { ChangeInfo: { Status: 'PENDING' } },
    refused: { call: (s) => change(s, s.network.publicZoneId, address('nonsense')), by: sdk.InvalidChangeBatch },
  },
  ListResourceRecordSets: {
    call: async (s) => {
      await change(s, s.network.privateZoneId);
      return s.route53.send(
        new sdk.ListResourceRecordSetsCommand({
          HostedZoneId: s.network.privateZoneId,
          StartRecordName: 'a.example.com',
          MaxItems: 1,
        }),
      );
    },
    answer: { ResourceRecordSets: [{ Name: 'a.example.com.', Type: 'A', TTL: 60 }], IsTruncated: false },
    refused: {
      call: ({ route53 }) => route53.send(new sdk.ListResourceRecordSetsCommand({ HostedZoneId: NO_ZONE })),
      by: sdk.NoSuchHostedZone,
    },
  },
  GetChange: {
    call: async (s) => {
      const { ChangeInfo } = await change(s, s.network.publicZoneId);
      await s.clock.advance(10_000);
      return s.route53.send(new sdk.GetChangeCommand({ Id: ChangeInfo?.Id }));
    },
    answer: { ChangeInfo: { Status: 'INSYNC', SubmittedAt: expect.any(Date) } },
    refused: {
      call: ({ route53 }) => route53.send(new sdk.GetChangeCommand({ Id: 'C0000000000000' })),
      by: sdk.NoSuchChange,
    },
  },
  ListTagsForResource: {
    call: ({ route53, network }) =>
      route53.send(
        new sdk.ListTagsForResourceCommand({ ResourceType: 'hostedzone', ResourceId: network.publicZoneId }),
      ),
    answer: { ResourceTagSet: { ResourceType: 'hostedzone', Tags: [] } },
    refused: {
      call: ({ route53 }) =>
        route53.send(new sdk.ListTagsForResourceCommand({ ResourceType: 'healthcheck', ResourceId: 'none' })),
      by: sdk.NoSuchHealthCheck,
    },
  },
  ChangeTagsForResource: {
    call: ({ route53, network }) =>
      route53.send(
        new sdk.ChangeTagsForResourceCommand({
          ResourceType: 'hostedzone',
          ResourceId: network.publicZoneId,
          AddTags: [{ Key: 'team', Value: 'blue' }],
        }),
      ),
    refused: {
      call: ({ route53, network }) =>
        route53.send(
          new sdk.ChangeTagsForResourceCommand({ ResourceType: 'hostedzone', ResourceId: network.publicZoneId }),
        ),
      by: sdk.InvalidInput,
    },
  },
};
