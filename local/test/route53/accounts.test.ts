import { CreateVpcCommand, EC2Client } from '@aws-sdk/client-ec2';
import * as sdk from '@aws-sdk/client-route-53';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BANK, cloud, given, HUB, type OrganizationsTestCloud, SHOP } from '../organizations/cloud.ts';
import { errorOf } from '../wire/fake.ts';

const VPCRegion = 'ap-northeast-1' satisfies sdk.VPCRegion;

let made: OrganizationsTestCloud;
beforeEach(() => {
  made = cloud();
});
afterEach(() => made.stop());

const as = (account: string) => new sdk.Route53Client(made.config(account));
async function vpcOf(account: string) {
  const { Vpc } = await new EC2Client(made.config(account)).send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  return { VPCId: given(Vpc?.VpcId), VPCRegion } as const;
}
async function zoneOf(account: string, VPC: sdk.VPC): Promise<string> {
  const create = new sdk.CreateHostedZoneCommand({ Name: 'corp.example.com', CallerReference: account, VPC });
  const zoneId = given((await as(account).send(create)).HostedZone?.Id).replace('/hostedzone/', '');
  const ResourceRecordSet: sdk.ResourceRecordSet = {
    Name: 'a.corp.example.com',
    Type: 'A',
    TTL: 60,
    ResourceRecords: [{ Value: '10.9.9.9' }],
  };
  const ChangeBatch: sdk.ChangeBatch = { Changes: [{ Action: 'CREATE', ResourceRecordSet }] };
  await as(account).send(new sdk.ChangeResourceRecordSetsCommand({ HostedZoneId: zoneId, ChangeBatch }));
  return zoneId;
}
const associate = (account: string, HostedZoneId: string, VPC: sdk.VPC) =>
  as(account).send(new sdk.AssociateVPCWithHostedZoneCommand({ HostedZoneId, VPC }));
const seenFrom = (vpcId: string) =>
  made.resolver.answer({ kind: 'vpc', vpcId }, 'a.corp.example.com', 'A').answers.map(({ value }) => value);

describe('a private zone and a VPC of another account', () => {
  it('are associated by the VPC’s owner, once the zone’s owner has authorised it', async () => {
    const mine = await vpcOf(HUB);
    const theirs = await vpcOf(SHOP);
    const beside = await vpcOf(BANK);
    const HostedZoneId = await zoneOf(HUB, mine);
    expect(await errorOf(associate(SHOP, HostedZoneId, theirs))).toMatchObject({ name: 'AccessDenied' });
    expect(await errorOf(associate(HUB, HostedZoneId, theirs))).toMatchObject({
      name: 'NotAuthorizedException',
      message: `The VPC: ${theirs.VPCId} has not authorized to associate with your hosted zone.`,
    });
    await as(HUB).send(new sdk.CreateVPCAssociationAuthorizationCommand({ HostedZoneId, VPC: theirs }));
    // Authorising is not associating, and speaks of one VPC only.
    expect(seenFrom(theirs.VPCId)).toEqual([]);
    expect(await errorOf(associate(BANK, HostedZoneId, beside))).toMatchObject({ name: 'AccessDenied' });
    await associate(SHOP, HostedZoneId, theirs);
    expect(seenFrom(theirs.VPCId)).toEqual(['10.9.9.9']);
    const { HostedZoneSummaries } = await as(SHOP).send(new sdk.ListHostedZonesByVPCCommand(theirs));
    expect(HostedZoneSummaries).toMatchObject([{ HostedZoneId, Owner: { OwningAccount: HUB } }]);
  });

  it('shadow a zone of the VPC’s own account with a shorter name', async () => {
    const theirs = await vpcOf(SHOP);
    const own = await as(SHOP).send(
      new sdk.CreateHostedZoneCommand({ Name: 'example.com', CallerReference: 'own', VPC: theirs }),
    );
    const ChangeBatch = {
      Changes: ['a.corp.example.com', 'b.example.com'].map(
        (Name): sdk.Change => ({
          Action: 'CREATE',
          ResourceRecordSet: { Name, Type: 'A', TTL: 60, ResourceRecords: [{ Value: '10.1.1.1' }] },
        }),
      ),
    };
    const HostedZoneId = own.HostedZone?.Id;
    await as(SHOP).send(new sdk.ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch }));
    expect(seenFrom(theirs.VPCId)).toEqual(['10.1.1.1']);
    const shadow = await zoneOf(HUB, await vpcOf(HUB));
    await as(HUB).send(new sdk.CreateVPCAssociationAuthorizationCommand({ HostedZoneId: shadow, VPC: theirs }));
    await associate(SHOP, shadow, theirs);
    expect(seenFrom(theirs.VPCId)).toEqual(['10.9.9.9']);
    const view = { kind: 'vpc', vpcId: theirs.VPCId } as const;
    expect(made.resolver.answer(view, 'other.corp.example.com', 'A').rcode).toBe('NXDOMAIN');
    expect(made.resolver.answer(view, 'b.example.com', 'A').answers).toMatchObject([{ value: '10.1.1.1' }]);
    const { HostedZoneSummaries } = await as(SHOP).send(new sdk.ListHostedZonesByVPCCommand(theirs));
    expect(HostedZoneSummaries).toMatchObject([
      { Name: 'example.com.', Owner: { OwningAccount: SHOP } },
      { HostedZoneId: shadow, Name: 'corp.example.com.', Owner: { OwningAccount: HUB } },
    ]);
  });

  it('part by either account, and by no third', async () => {
    const theirs = await vpcOf(SHOP);
    const HostedZoneId = await zoneOf(HUB, await vpcOf(HUB));
    await as(HUB).send(new sdk.CreateVPCAssociationAuthorizationCommand({ HostedZoneId, VPC: theirs }));
    for (const who of [HUB, SHOP]) {
      await associate(SHOP, HostedZoneId, theirs);
      const part = new sdk.DisassociateVPCFromHostedZoneCommand({ HostedZoneId, VPC: theirs });
      expect(await errorOf(as(BANK).send(part))).toMatchObject({ name: 'AccessDenied' });
      await as(who).send(part);
      expect(seenFrom(theirs.VPCId)).toEqual([]);
    }
  });

  it('stay associated when the authorisation is withdrawn', async () => {
    const theirs = await vpcOf(SHOP);
    const HostedZoneId = await zoneOf(HUB, await vpcOf(HUB));
    const authorization = { HostedZoneId, VPC: theirs };
    await as(HUB).send(new sdk.CreateVPCAssociationAuthorizationCommand(authorization));
    await associate(SHOP, HostedZoneId, theirs);
    await as(HUB).send(new sdk.DeleteVPCAssociationAuthorizationCommand(authorization));
    expect(seenFrom(theirs.VPCId)).toEqual(['10.9.9.9']);
  });
});

it.each([
  ['that is another account’s', () => vpcOf(SHOP)],
  ['that is not there', async () => ({ VPCId: 'vpc-0123456789abcdef0', VPCRegion }) as const],
] as const)('a zone cannot be born in a VPC %s', async (_, vpc) => {
  const create = new sdk.CreateHostedZoneCommand({ Name: 'example.com', CallerReference: 'x', VPC: await vpc() });
  expect(await errorOf(as(HUB).send(create))).toMatchObject({ name: 'InvalidVPCId' });
});

describe('the zones of a VPC that is not one’s own', () => {
  const foreign = async () => [await vpcOf(SHOP), { VPCId: 'vpc-0123456789abcdef0', VPCRegion } as const];
  const list = (vpc: { VPCId: string; VPCRegion: sdk.VPCRegion }) =>
    as(HUB).send(new sdk.ListHostedZonesByVPCCommand(vpc));

  it('are none', async () => {
    const [theirs, missing] = await foreign();
    if (theirs === undefined || missing === undefined) throw new Error('no VPCs');
    await zoneOf(SHOP, theirs);
    expect((await list(theirs)).HostedZoneSummaries).toEqual([]);
    expect((await list(missing)).HostedZoneSummaries).toEqual([]);
  });

  it('are refused, by the switch', async () => {
    await made.stop();
    made = cloud({ zonesOfForeignVpc: 'refused' });
    for (const vpc of await foreign()) expect(await errorOf(list(vpc))).toMatchObject({ name: 'InvalidInput' });
    const own = await vpcOf(HUB);
    expect((await list(own)).HostedZoneSummaries).toEqual([]);
  });
});
