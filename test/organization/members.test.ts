import {
  ChangeResourceRecordSetsCommand,
  ListResourceRecordSetsCommand,
  type ResourceRecordSet,
  Route53Client,
} from '@aws-sdk/client-route-53';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { ACCOUNT } from 'apprunner-embedded-cloud';
import { errorOf } from 'apprunner-embedded-cloud/test/wire/fake';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ensurePackaged } from '../../build/package.ts';
import { STACK_NAME } from '../../demo/product-stack.ts';
import { MEMBER, Members, type MembersOptions } from './members.ts';

// Packaging takes its time where many do it at once.
beforeAll(() => ensurePackaged(), 120_000);

let members: Members;
beforeEach(async () => {
  members = await Members.start();
});
async function restart(options: MembersOptions): Promise<void> {
  await members.installation.stop();
  members = await Members.start(options);
}
afterEach(() => members.installation.stop());

const asked = { 'private-ingress': 'enabled' };

describe('a service of a member account', () => {
  it('is ready through the hub: its event comes over the bus, and the roles there do the rest', async () => {
    await members.deploy({ Access: 'full' });
    const arn = await members.createService('shop', asked);
    await members.installation.until(arn, ['ready', 'ready-unverified']);
    expect(await members.isPublic(arn)).toBe(false);
    expect(await members.connectionOf(arn)).toMatch(/vpcingressconnection\/pi-/);
  });

  it('is seen and left as it is with read-only access', async () => {
    await members.deploy({ Access: 'read-only' });
    const arn = await members.createService('shop', asked);
    await members.installation.quiet();
    const row = await members.installation.row(arn);
    expect(row?.findings.map(({ code }) => code)).toContain('access-denied');
    expect(await members.isPublic(arn)).toBe(true);
  });

  it.each([
    [true, 'ready'],
    [false, 'ready-unverified'],
  ] as const)('with a probe in its VPC (%s) is %s', async (probe, phase) => {
    await restart({ probe, switches: { connectionNameIsPublic: false } });
    await members.deploy({ Access: 'full' });
    const arn = await members.createService('shop', asked);
    await members.installation.until(arn, ['ready', 'ready-unverified']);
    await members.installation.quiet();
    expect((await members.installation.row(arn))?.phase).toBe(phase);
  });

  it('gets its names in hosted zones of another account, by the role there', async () => {
    await members.deploy({ Access: 'full' });
    const [publicZone = '', privateZone = ''] = await members.deployZones('example.org');
    const arn = await members.createService('shop', { ...asked, 'private-ingress:domains': 'shop.example.org' });
    await members.installation.until(arn, 'ready');
    expect(await members.recordsIn(privateZone)).toEqual([
      'A shop.example.org.',
      'TXT _private-ingress.shop.example.org.',
    ]);
    const validation = expect.stringMatching(/^CNAME _/);
    expect(await members.recordsIn(publicZone)).toEqual([validation, validation]);
  });

  it('is not heard of without the member’s stack', async () => {
    const arn = await members.createService('shop', asked);
    await members.installation.quiet();
    expect(await members.installation.row(arn)).toBeUndefined();
  });
});

describe('the roles of a member account', () => {
  const assume = (key: string, role: string, ExternalId?: string) =>
    new STSClient(members.config(key)).send(
      new AssumeRoleCommand({
        RoleArn: `arn:aws:iam::${MEMBER}:role/${STACK_NAME}-${role}`,
        RoleSessionName: 'me',
        ExternalId,
      }),
    );
  const hubRole = (name: string) =>
    members.installation.cloud.iam.issueRoleCredentials(`arn:aws:iam::${ACCOUNT}:role/${STACK_NAME}-${name}`)
      .accessKeyId;

  it('are for the hub’s roles only, and with the external id only', async () => {
    await members.deploy({ Access: 'full' });
    await assume(hubRole('reconcile'), 'read', 'one-two-three');
    await assume(hubRole('reconcile'), 'write', 'one-two-three');
    for (const [key, role, externalId] of [
      [hubRole('reconcile'), 'read', undefined],
      [hubRole('reconcile'), 'write', 'one-two-four'],
      [hubRole('reconcile'), 'tag', 'one-two-three'],
      [hubRole('sweep'), 'write', 'one-two-three'],
      [ACCOUNT, 'write', 'one-two-three'],
      [members.administrator(), 'write', 'one-two-three'],
    ] as const) {
      expect(await errorOf(assume(key, role, externalId))).toMatchObject({ name: 'AccessDenied' });
    }
  });

  it('outside the organisation get neither a request nor the external id, but for hosted zones', async () => {
    const stranger = '999988887777';
    const { iam } = members.installation.cloud;
    for (const role of ['read', 'write', 'tag', 'zones', 'zones-write']) {
      iam.createRole(stranger, {
        RoleName: `${STACK_NAME}-${role}`,
        AssumeRolePolicyDocument: {
          Statement: { Effect: 'Allow', Principal: { AWS: ACCOUNT }, Action: 'sts:AssumeRole' },
        },
      });
    }
    const asked = (hub: string, role: string) =>
      new STSClient(members.config(hubRole(hub))).send(
        new AssumeRoleCommand({
          RoleArn: `arn:aws:iam::${stranger}:role/${STACK_NAME}-${role}`,
          RoleSessionName: 'me',
          ExternalId: 'one-two-three',
        }),
      );
    for (const [hub, role] of [
      ['reconcile', 'read'],
      ['reconcile', 'write'],
      ['sweep-region', 'read'],
      ['api', 'read'],
      ['api', 'tag'],
    ] as const) {
      expect(await errorOf(asked(hub, role))).toMatchObject({ name: 'AccessDenied' });
    }
    await asked('reconcile', 'zones');
    await asked('reconcile', 'zones-write');
  });

  it('of the hosted zones are two: what reads cannot write, and is not lent what writes', async () => {
    await members.deploy({ Access: 'full' });
    const [zone = ''] = await members.deployZones('example.org');
    for (const name of ['reconcile', 'api', 'sweep-region']) await assume(hubRole(name), 'zones', 'one-two-three');
    for (const [name, externalId] of [
      ['api', 'one-two-three'],
      ['sweep-region', 'one-two-three'],
      ['sweep', 'one-two-three'],
      ['reconcile', undefined],
      ['reconcile', 'one-two-four'],
    ] as const) {
      expect(await errorOf(assume(hubRole(name), 'zones-write', externalId))).toMatchObject({ name: 'AccessDenied' });
    }
    const by = async (role: string) => {
      const { Credentials } = await assume(hubRole('reconcile'), role, 'one-two-three');
      return new Route53Client(members.config(Credentials?.AccessKeyId));
    };
    const record: ResourceRecordSet = {
      Name: '_private-ingress.shop.example.org',
      Type: 'TXT',
      TTL: 300,
      ResourceRecords: [{ Value: '"x"' }],
    };
    const change = new ChangeResourceRecordSetsCommand({
      HostedZoneId: zone,
      ChangeBatch: { Changes: [{ Action: 'CREATE', ResourceRecordSet: record }] },
    });
    const listing = new ListResourceRecordSetsCommand({ HostedZoneId: zone });
    const [reader, writer] = [await by('zones'), await by('zones-write')];
    await reader.send(listing);
    expect(await errorOf(reader.send(change))).toMatchObject({ name: 'AccessDenied' });
    expect(await errorOf(writer.send(listing))).toMatchObject({ name: 'AccessDenied' });
    await writer.send(change);
  });

  it('do not know a hub outside the organisation', async () => {
    await members.deploy({ Access: 'full', OrganizationId: 'o-zzzzzzzzzz' });
    expect(await errorOf(assume(hubRole('reconcile'), 'read', 'one-two-three'))).toMatchObject({
      name: 'AccessDenied',
    });
  });
});
