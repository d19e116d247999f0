import { CreateVpcCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  AssociateVPCWithHostedZoneCommand,
  CreateHostedZoneCommand,
  CreateVPCAssociationAuthorizationCommand,
  ListResourceRecordSetsCommand,
  Route53Client,
} from '@aws-sdk/client-route-53';
import { expect, test } from 'vitest';
import { delegate, type InstallationOptions } from './installation.ts';
import { ADDRESSES, start, TAGS } from './worlds.ts';

const NETWORK_ACCOUNT = '210987654321';
const NAME = 'hello.shared.example.com';

/** Two zones of another account, and the roles that let the stack read and write them, if it names the external id. */
async function sharedZones(externalId: string): Promise<{ options: InstallationOptions; read(): Promise<string[]> }> {
  let route53: Route53Client | undefined;
  const ids: string[] = [];
  const prepare: InstallationOptions['prepare'] = async (cloud, { vpcId, privateZoneId, publicZoneId }) => {
    route53 = new Route53Client(cloud.clientConfig({ account: NETWORK_ACCOUNT }));
    // A private zone is made with a VPC of its own account, and the other one is let in.
    const ec2 = new EC2Client(cloud.clientConfig({ account: NETWORK_ACCOUNT }));
    const own = (await ec2.send(new CreateVpcCommand({ CidrBlock: '10.9.0.0/16' }))).Vpc?.VpcId;
    for (const VPC of [{ VPCId: own, VPCRegion: 'ap-northeast-1' } as const, undefined]) {
      const { HostedZone, DelegationSet } = await route53.send(
        new CreateHostedZoneCommand({ Name: 'shared.example.com', CallerReference: `shared-${VPC?.VPCId}`, VPC }),
      );
      ids.push((HostedZone?.Id ?? '').replace('/hostedzone/', ''));
      if (VPC !== undefined) continue;
      const hub = new Route53Client(cloud.clientConfig());
      await delegate(hub, publicZoneId, 'shared.example.com', DelegationSet?.NameServers ?? []);
    }
    const association = { HostedZoneId: ids[0], VPC: { VPCId: vpcId, VPCRegion: 'ap-northeast-1' as const } };
    await route53.send(new CreateVPCAssociationAuthorizationCommand(association));
    await new Route53Client(cloud.clientConfig()).send(new AssociateVPCWithHostedZoneCommand(association));
    const records = ids.map((id) => `arn:aws:route53:::hostedzone/${id}`);
    const role = (RoleName: string, ...Statement: readonly object[]) =>
      cloud.iam.createRole(NETWORK_ACCOUNT, {
        RoleName,
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: {
            Effect: 'Allow',
            Principal: { AWS: 'arn:aws:iam::123456789012:root' },
            Action: 'sts:AssumeRole',
            Condition: { StringEquals: { 'sts:ExternalId': 'the-one-agreed-on' } },
          },
        },
        Policies: [{ PolicyName: 'zones', PolicyDocument: { Version: '2012-10-17', Statement } }],
      });
    const { arn } = role(
      'zones',
      { Effect: 'Allow', Action: 'route53:ListHostedZones', Resource: '*' },
      { Effect: 'Allow', Action: 'route53:ListResourceRecordSets', Resource: records },
    );
    role('zones-write', { Effect: 'Allow', Action: 'route53:ChangeResourceRecordSets', Resource: records });
    return {
      AllowedZones: [privateZoneId, publicZoneId, ...ids].join(','),
      ZoneRoleArn: arn,
      ZoneRoleZones: ids.join(','),
      ZoneRoleExternalId: externalId,
    };
  };
  return {
    options: { prepare },
    async read() {
      const listings = await Promise.all(
        ids.map((HostedZoneId) => route53?.send(new ListResourceRecordSetsCommand({ HostedZoneId }))),
      );
      return listings.flatMap((listing) =>
        (listing?.ResourceRecordSets ?? []).flatMap(({ Type, Name }) =>
          Type === 'NS' || Type === 'SOA' ? [] : [`${Type} ${Name}`],
        ),
      );
    },
  };
}

test('zones of another account are read and written by roles of theirs, and their records removed', async () => {
  const { options, read } = await sharedZones('the-one-agreed-on');
  const world = await start(options);
  const arn = await world.createService('hello', { ...TAGS, 'private-ingress:domains': NAME });
  await world.until(arn, 'ready');
  expect([...world.dig(NAME)].sort()).toEqual(ADDRESSES);
  expect((await read()).filter((record) => !record.startsWith('CNAME'))).toEqual([
    `A ${NAME}.`,
    `TXT _private-ingress.${NAME}.`,
  ]);
  await world.tag(arn, { 'private-ingress': 'disabled' });
  await world.until(arn, 'detached');
  expect(await read()).toEqual([]);
});

test('a role that does not trust the stack is a finding, and no other zone is written to in its place', async () => {
  const { options, read } = await sharedZones('another-one');
  const world = await start(options);
  const arn = await world.createService('hello', { ...TAGS, 'private-ingress:domains': NAME });
  const row = await world.until(arn, 'blocked');
  expect(row.findings.map(({ code }) => code)).toEqual(['access-denied']);
  await world.quiet();
  expect(await read()).toEqual([]);
  expect(await world.records(world.network.publicZoneId)).toEqual([]);
});

test('what reads and what writes assume a role each', async () => {
  const { options } = await sharedZones('the-one-agreed-on');
  const world = await start({ ...options });
  const roles: unknown[] = [];
  const stop = world.cloud.gateway.observe(({ operation, input }) => {
    if (operation === 'AssumeRole') roles.push(Object(input).RoleArn);
  });
  const arn = await world.createService('hello', { ...TAGS, 'private-ingress:domains': NAME });
  await world.until(arn, ['ready', 'ready-unverified']);
  stop();
  // The virtual clock lets neither run out.
  expect(roles).toEqual(['zones', 'zones-write'].map((name) => `arn:aws:iam::${NETWORK_ACCOUNT}:role/${name}`));
});
