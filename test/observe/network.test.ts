import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  EC2Client,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import { createCloud } from 'apprunner-embedded-cloud';
import { seededChance } from 'apprunner-embedded-cloud/chance';
import { VirtualClock } from 'apprunner-embedded-cloud/clock';
import { defaultSwitches, profiles } from 'apprunner-embedded-cloud/profile';
import { beforeEach, describe, expect, it } from 'vitest';
import { createEndpoint, createSecurityGroup, extendSecurityGroup } from '../../shared/execute/ec2.ts';
import type { EndpointAttempts } from '../../shared/execute/endpoint-attempt.ts';
import { type NetworkScope, observeEndpointState, observeNetwork } from '../../shared/observe/network.ts';

const ZONES = ['ap-northeast-1a', 'ap-northeast-1c', 'ap-northeast-1d'];

let clock: VirtualClock;
let ec2: EC2Client;
let vpcId: string;
let ipv6: string;
const scope = (change: Partial<NetworkScope> = {}): NetworkScope => ({
  account: '123456789012',
  region: 'ap-northeast-1',
  ownerTag: 'default',
  vpcId,
  subnetIds: [],
  securityGroupIds: [],
  allowFrom: [],
  ...change,
});

beforeEach(async () => {
  clock = new VirtualClock();
  const switches = { ...defaultSwitches, smallPages: true };
  const cloud = createCloud({ clock, chance: seededChance('network'), profile: profiles.fast, switches });
  ec2 = new EC2Client(cloud.clientConfig());
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16', AmazonProvidedIpv6CidrBlock: true }));
  vpcId = Vpc?.VpcId ?? '';
  ipv6 = Vpc?.Ipv6CidrBlockAssociationSet?.[0]?.Ipv6CidrBlock ?? '';
});

async function createSubnet(index: number, zone: string | undefined, hasIpv6: boolean): Promise<string> {
  const { Subnet } = await ec2.send(
    new CreateSubnetCommand({
      VpcId: vpcId,
      CidrBlock: `10.0.${index}.0/24`,
      AvailabilityZone: zone,
      ...(hasIpv6 ? { Ipv6CidrBlock: ipv6.replace('00::/56', `0${index}::/64`) } : {}),
    }),
  );
  return Subnet?.SubnetId ?? '';
}

/** As if EC2 answered this to one operation, beside what it answers. */
function answering(operation: string, change: (output: object) => object): void {
  ec2.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const result = await next(args);
        return commandName === operation
          ? { ...result, output: { ...result.output, ...change(result.output) } }
          : result;
      },
    { name: operation },
  );
}

/** As if the VPC had these ranges. */
function withRanges(...cidrs: readonly string[]): void {
  const CidrBlockAssociationSet = cidrs.map((CidrBlock) => ({ CidrBlock, CidrBlockState: { State: 'associated' } }));
  answering('DescribeVpcsCommand', () => ({ Vpcs: [{ OwnerId: '123456789012', CidrBlockAssociationSet }] }));
}

describe('the inputs for an endpoint', () => {
  it('come from every page', async () => {
    const subnetIds: string[] = [];
    // More than a page in one zone, and the given ones at the end.
    for (const [index] of Array.from({ length: 5 }).entries())
      subnetIds.push(await createSubnet(index, ZONES[0], false));
    const groupIds: string[] = [];
    for (const [index] of Array.from({ length: 5 }).entries()) {
      const { GroupId = '' } = await ec2.send(
        new CreateSecurityGroupCommand({ GroupName: `group-${index}`, Description: 'x', VpcId: vpcId }),
      );
      const IpPermissions = [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '10.0.0.0/16' }] }];
      await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
      groupIds.push(GroupId);
    }
    for (const subnetId of subnetIds) {
      const { endpointInputs } = await observeNetwork(ec2, scope({ subnetIds: [subnetId] }));
      expect(endpointInputs?.subnetIds).toEqual([subnetId]);
    }
    for (const groupId of groupIds) {
      const { endpointInputs } = await observeNetwork(ec2, scope({ securityGroupIds: [groupId] }));
      expect(endpointInputs?.securityGroupIds).toEqual([groupId]);
    }
  });

  it('take a given group only if it lets in addresses of the VPC', async () => {
    const { GroupId = '' } = await ec2.send(
      new CreateSecurityGroupCommand({ GroupName: 'foreign', Description: 'x', VpcId: vpcId }),
    );
    const IpPermissions = [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '192.0.2.1/32' }] }];
    await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
    const inputsWith = async (change: Partial<NetworkScope>) =>
      (await observeNetwork(ec2, scope({ securityGroupIds: [GroupId], ...change }))).endpointInputs?.securityGroupIds;
    expect(await inputsWith({})).toEqual([]);
    expect(await inputsWith({ allowFrom: ['192.0.2.0/24'] })).toEqual([GroupId]);
  });

  it('are dual-stack where each zone has a subnet with an IPv6 range', async () => {
    await createSubnet(1, ZONES[0], false);
    const withIpv6 = [await createSubnet(2, ZONES[0], true), await createSubnet(3, ZONES[1], true)];
    const possible = await observeNetwork(ec2, scope());
    expect(possible.endpointInputs?.dualStack).toEqual({ kind: 'possible', subnetIds: withIpv6 });
    const without = await createSubnet(4, ZONES[2], false);
    const impossible = await observeNetwork(ec2, scope());
    expect(impossible.endpointInputs?.dualStack).toEqual({ kind: 'impossible', why: `no IPv6 range in ${without}` });
  });
});

const attempts: EndpointAttempts = { claim: async () => 'token', answered: async () => {} };

describe('an endpoint and the group that the stack created for it', () => {
  async function established(allowFrom: readonly string[] = [], isReady = true): Promise<void> {
    const subnetIds: string[] = [];
    for (const [index, zone] of ZONES.entries()) subnetIds.push(await createSubnet(index, zone, true));
    const first = await observeNetwork(ec2, scope({ allowFrom }));
    await createSecurityGroup(ec2, 'default', { vpcId, cidrs: first.endpointInputs?.cidrs ?? [] });
    const { endpointInputs } = await observeNetwork(ec2, scope({ allowFrom }));
    const securityGroupIds = endpointInputs?.securityGroupIds ?? [];
    expect(securityGroupIds).toHaveLength(1);
    await createEndpoint(ec2, 'default', 'ap-northeast-1', attempts, {
      vpcId,
      subnetIds,
      securityGroupIds,
      dualStack: true,
    });
    if (isReady) await clock.advance(60_000);
  }

  it('is asked for nothing else while it is pending and unused', async () => {
    await established([], false);
    const asked: string[] = [];
    ec2.middlewareStack.add((next, { commandName = '' }) => (args) => {
      asked.push(commandName);
      return next(args);
    });
    const [endpoint] = (await observeNetwork(ec2, scope({ isUnused: true }))).endpoints;
    expect(endpoint).toMatchObject({ state: 'pending', addresses: [], interfaceCount: 3 });
    expect([endpoint?.allowsHttps, endpoint?.ownGroup]).toEqual([undefined, undefined]);
    expect(asked).toEqual(['DescribeVpcEndpointsCommand']);
    // One that the service is attached to may be reached all the same.
    const [used] = (await observeNetwork(ec2, scope())).endpoints;
    expect([used?.addresses.length, used?.allowsHttps]).toEqual([6, true]);
  });

  it('is dual-stack, open, and lets in every range of the VPC', async () => {
    await established();
    const [endpoint] = (await observeNetwork(ec2, scope())).endpoints;
    expect(endpoint).toMatchObject({ allowsHttps: true, ownGroup: { missing: [] } });
    // One of each kind in each zone: more interfaces than a page.
    expect(endpoint?.addresses.filter((address) => address.includes(':'))).toHaveLength(3);
  });

  it('is open to a range that does not contain its own addresses', async () => {
    await established();
    const { endpoints } = await observeNetwork(ec2, scope());
    const groupId = endpoints[0]?.ownGroup?.id ?? '';
    const open = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443 };
    const restrictTo = async (CidrIp: string, before: string) => {
      const rule = (cidr: string) => [{ ...open, IpRanges: [{ CidrIp: cidr }] }];
      await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions: rule(before) }));
      await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions: rule(CidrIp) }));
      return (await observeNetwork(ec2, scope())).endpoints[0]?.allowsHttps;
    };
    const ipv6Rule = [{ ...open, Ipv6Ranges: [{ CidrIpv6: ipv6 }] }];
    await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions: ipv6Rule }));
    expect(await restrictTo('10.0.99.0/24', '10.0.0.0/16')).toBe(true);
    expect(await restrictTo('192.0.2.1/32', '10.0.99.0/24')).toBe(false);
  });

  it('lacks a range that the VPC has gained, and gets it', async () => {
    await established();
    withRanges('10.0.0.0/16', '100.64.0.0/16');
    const [endpoint] = (await observeNetwork(ec2, scope())).endpoints;
    expect(endpoint?.ownGroup?.missing).toEqual(['100.64.0.0/16']);
    await extendSecurityGroup(ec2, { groupId: endpoint?.ownGroup?.id ?? '', cidrs: endpoint?.ownGroup?.missing ?? [] });
    expect((await observeNetwork(ec2, scope())).endpoints[0]?.ownGroup?.missing).toEqual([]);
  });

  it('lacks a range that the policy has gained, and gets it beside one that exists', async () => {
    await established(['10.0.0.0/16']);
    const gained = scope({ allowFrom: ['10.0.0.0/16', '192.168.0.0/24'] });
    const [endpoint] = (await observeNetwork(ec2, gained)).endpoints;
    expect(endpoint?.ownGroup?.missing).toEqual(['192.168.0.0/24']);
    // What was observed is out of date: one of the ranges exists by now, and EC2 refuses a call with both.
    const cidrs = ['10.0.0.0/16', '192.168.0.0/24'];
    expect(await extendSecurityGroup(ec2, { groupId: endpoint?.ownGroup?.id ?? '', cidrs })).toEqual({ kind: 'done' });
    expect((await observeNetwork(ec2, gained)).endpoints[0]?.ownGroup?.missing).toEqual([]);
  });

  it('is checked for its DNS entries too, which may come after `available`', async () => {
    await established();
    const [endpoint] = (await observeNetwork(ec2, scope())).endpoints;
    expect(await observeEndpointState(ec2, endpoint?.id ?? '')).toBe('available');
    answering('DescribeVpcEndpointsCommand', () => ({
      VpcEndpoints: [{ VpcEndpointId: endpoint?.id, State: 'available', DnsEntries: [] }],
    }));
    expect(await observeEndpointState(ec2, endpoint?.id ?? '')).toBe('available, without DNS entries yet');
    expect((await observeNetwork(ec2, scope())).endpoints[0]?.name).toBeUndefined();
  });
});
