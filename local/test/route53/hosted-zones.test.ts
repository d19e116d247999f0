import {
  AssociateVPCWithHostedZoneCommand,
  ChangeTagsForResourceCommand,
  CreateHostedZoneCommand,
  DeleteHostedZoneCommand,
  DisassociateVPCFromHostedZoneCommand,
  GetChangeCommand,
  GetHostedZoneCommand,
  ListHostedZonesByNameCommand,
  ListHostedZonesByVPCCommand,
  ListHostedZonesCommand,
  ListResourceRecordSetsCommand,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-route-53';
import { describe, expect, it } from 'vitest';
import { profiles } from '../../src/profile.ts';
import { CREATE, record, setting } from './client.ts';

const VPC = { VPCId: 'vpc-0a1b2c3d', VPCRegion: 'ap-northeast-1' } as const;
const OTHER_VPC = { VPCId: 'vpc-0000beef', VPCRegion: 'ap-northeast-1' } as const;

describe('CreateHostedZone', () => {
  it('makes a public zone with NS and SOA at its apex', async () => {
    const { client } = setting();
    const made = await client.send(
      new CreateHostedZoneCommand({ Name: 'Example.COM', CallerReference: 'a', HostedZoneConfig: { Comment: 'ours' } }),
    );
    expect(made.HostedZone).toMatchObject({
      Id: expect.stringMatching(/^\/hostedzone\/Z[A-Z0-9]{20}$/),
      Name: 'example.com.',
      CallerReference: 'a',
      Config: { Comment: 'ours', PrivateZone: false },
      ResourceRecordSetCount: 2,
    });
    expect(made.Location).toBe(`https://route53.amazonaws.com/2013-04-01${made.HostedZone?.Id}`);
    expect(made.ChangeInfo?.Status).toBe('PENDING');
    const servers = made.DelegationSet?.NameServers ?? [];
    expect(servers.map((name) => name.replace(/\d+/g, 'N'))).toEqual([
      'ns-N.awsdns-N.com',
      'ns-N.awsdns-N.net',
      'ns-N.awsdns-N.org',
      'ns-N.awsdns-N.co.uk',
    ]);

    const { ResourceRecordSets } = await client.send(
      new ListResourceRecordSetsCommand({ HostedZoneId: made.HostedZone?.Id }),
    );
    expect(ResourceRecordSets).toEqual([
      {
        Name: 'example.com.',
        Type: 'NS',
        TTL: 172800,
        ResourceRecords: servers.map((name) => ({ Value: `${name}.` })),
      },
      {
        Name: 'example.com.',
        Type: 'SOA',
        TTL: 900,
        ResourceRecords: [{ Value: `${servers[0]}. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400` }],
      },
    ]);
  });

  it('makes a private zone when a VPC is given', async () => {
    const { client } = setting();
    const made = await client.send(new CreateHostedZoneCommand({ Name: 'example.com', CallerReference: 'a', VPC }));
    expect(made.HostedZone?.Config?.PrivateZone).toBe(true);
    expect(made.VPC).toEqual(VPC);
    const got = await client.send(new GetHostedZoneCommand({ Id: made.HostedZone?.Id }));
    expect(got.VPCs).toEqual([VPC]);
    expect(got.DelegationSet).toBeUndefined();
  });

  it('takes a caller reference once, even after its zone is gone', async () => {
    const { client } = setting();
    const make = () => client.send(new CreateHostedZoneCommand({ Name: 'example.com', CallerReference: 'a' }));
    const { HostedZone } = await make();
    const refusal = {
      name: 'HostedZoneAlreadyExists',
      message: 'A hosted zone has already been created with the specified caller reference.',
    };
    await expect(make()).rejects.toMatchObject(refusal);
    await client.send(new DeleteHostedZoneCommand({ Id: HostedZone?.Id }));
    await expect(make()).rejects.toMatchObject(refusal);
  });

  it('leaves another account its own caller references', async () => {
    const { client, clientOf } = setting();
    await client.send(new CreateHostedZoneCommand({ Name: 'example.com', CallerReference: 'a' }));
    const other = clientOf('210987654321');
    await expect(
      other.send(new CreateHostedZoneCommand({ Name: 'example.com', CallerReference: 'a' })),
    ).resolves.toBeDefined();
  });

  it.each([
    ['example..com', 'InvalidDomainName', 'DomainLabelEmpty (Domain label is empty)'],
    ['', 'InvalidDomainName', 'DomainNameEmpty (Domain name is empty)'],
    [`${'a'.repeat(64)}.com`, 'InvalidDomainName', 'DomainLabelTooLong (Domain label is too long)'],
  ])('refuses the name %j', async (Name, code, words) => {
    const { client } = setting();
    await expect(client.send(new CreateHostedZoneCommand({ Name, CallerReference: 'a' }))).rejects.toMatchObject({
      name: code,
      message: `FATAL problem: ${words} encountered with '${Name}'`,
    });
  });

  it('refuses a private zone without a VPC, and an odd VPC id', async () => {
    const { client } = setting();
    const make = (more: object) =>
      client.send(new CreateHostedZoneCommand({ Name: 'example.com', CallerReference: 'a', ...more }));
    await expect(make({ HostedZoneConfig: { PrivateZone: true } })).rejects.toMatchObject({ name: 'InvalidInput' });
    await expect(make({ VPC: { ...VPC, VPCId: 'main' } })).rejects.toMatchObject({ name: 'InvalidVPCId' });
    await expect(make({})).resolves.toBeDefined();
  });
});

describe('zones by id', () => {
  it('takes ids with and without /hostedzone/', async () => {
    const { client, zone } = setting();
    const id = await zone('example.com');
    for (const Id of [id, `/hostedzone/${id}`]) {
      const { HostedZone } = await client.send(new GetHostedZoneCommand({ Id }));
      expect(HostedZone?.Id).toBe(`/hostedzone/${id}`);
    }
  });

  it('distinguishes a missing zone from another account’s', async () => {
    const { client, clientOf, zone } = setting();
    const id = await zone('example.com');
    await expect(client.send(new GetHostedZoneCommand({ Id: 'Z0' }))).rejects.toMatchObject({
      name: 'NoSuchHostedZone',
      message: 'No hosted zone found with ID: Z0',
    });
    const stranger = clientOf('210987654321');
    await expect(stranger.send(new GetHostedZoneCommand({ Id: id }))).rejects.toMatchObject({
      name: 'AccessDenied',
      $metadata: expect.objectContaining({ httpStatusCode: 403 }),
      message: 'User: arn:aws:iam::210987654321:root is not authorized to access this resource',
    });
  });

  it('deletes only an empty zone', async () => {
    const { client, zone, change } = setting();
    const Id = await zone('example.com');
    await change(Id, CREATE(record('www.example.com', 'A', '10.0.0.1')));
    await expect(client.send(new DeleteHostedZoneCommand({ Id }))).rejects.toMatchObject({
      name: 'HostedZoneNotEmpty',
      message: 'The specified hosted zone contains non-required resource record sets and so cannot be deleted.',
    });
    await change(Id, { Action: 'DELETE', ResourceRecordSet: record('www.example.com', 'A', '10.0.0.1') });
    await client.send(new DeleteHostedZoneCommand({ Id }));
    await expect(client.send(new GetHostedZoneCommand({ Id }))).rejects.toMatchObject({ name: 'NoSuchHostedZone' });
  });
});

describe('listings of zones', () => {
  const names = async (result: Promise<{ HostedZones: readonly { Name: string | undefined }[] | undefined }>) =>
    (await result).HostedZones?.map((it) => it.Name);

  it('pages through the zones of the account only', async () => {
    const { client, clientOf, zone } = setting();
    for (const name of ['c.test', 'a.test', 'b.test']) await zone(name);
    await zone('private.test', VPC.VPCId);
    await clientOf('210987654321').send(new CreateHostedZoneCommand({ Name: 'stranger.test', CallerReference: 'a' }));
    const first = await client.send(new ListHostedZonesCommand({ MaxItems: 3 }));
    expect(first).toMatchObject({ IsTruncated: true, MaxItems: 3 });
    expect(first.HostedZones?.map((it) => it.Name)).toEqual(['c.test.', 'a.test.', 'b.test.']);
    const second = await client.send(new ListHostedZonesCommand({ Marker: first.NextMarker }));
    expect(second).toMatchObject({ IsTruncated: false, MaxItems: 100, Marker: first.NextMarker });
    expect(second.HostedZones?.map((it) => it.Name)).toEqual(['private.test.']);
    expect(await names(client.send(new ListHostedZonesCommand({ HostedZoneType: 'PrivateHostedZone' })))).toEqual([
      'private.test.',
    ]);
    await expect(client.send(new ListHostedZonesCommand({ Marker: 'Z0' }))).rejects.toMatchObject({
      name: 'InvalidInput',
    });
    await expect(client.send(new ListHostedZonesCommand({ MaxItems: 0 }))).rejects.toMatchObject({
      name: 'InvalidInput',
    });
  });

  it('lists by name from a name on, neighbours included: it is no search', async () => {
    const { client, zone } = setting();
    for (const name of ['www.example.com', 'example.org', 'example.com', 'dev.example.com', 'zebra.com'])
      await zone(name);
    const byName = (DNSName?: string) => names(client.send(new ListHostedZonesByNameCommand({ DNSName })));
    expect(await byName()).toEqual([
      'example.com.',
      'dev.example.com.',
      'www.example.com.',
      'zebra.com.',
      'example.org.',
    ]);
    expect(await byName('missing.example.com')).toEqual(['www.example.com.', 'zebra.com.', 'example.org.']);
    expect(await byName('EXAMPLE.com.')).toHaveLength(5);
  });

  it('pages by name and id among namesakes', async () => {
    const { client, zone } = setting();
    const ids = [await zone('example.com'), await zone('example.com', VPC.VPCId), await zone('example.com')].sort();
    const found: (string | undefined)[] = [];
    let next: { DNSName?: string | undefined; HostedZoneId?: string | undefined } = {};
    do {
      const page = await client.send(new ListHostedZonesByNameCommand({ ...next, MaxItems: 1 }));
      expect(page.HostedZones).toHaveLength(1);
      found.push(page.HostedZones?.[0]?.Id);
      next = { DNSName: page.NextDNSName, HostedZoneId: page.NextHostedZoneId };
    } while (next.DNSName !== undefined);
    expect(found).toEqual(ids.map((id) => `/hostedzone/${id}`));
    await expect(client.send(new ListHostedZonesByNameCommand({ HostedZoneId: ids[0] }))).rejects.toMatchObject({
      name: 'InvalidInput',
    });
  });
});

describe('VPC associations', () => {
  const associate = (HostedZoneId: string, VPC: object) => new AssociateVPCWithHostedZoneCommand({ HostedZoneId, VPC });
  const disassociate = (HostedZoneId: string, VPC: object) =>
    new DisassociateVPCFromHostedZoneCommand({ HostedZoneId, VPC });

  it('come and go, but the last one stays', async () => {
    const { client, zone } = setting();
    const id = await zone('example.com', VPC.VPCId);
    await client.send(associate(id, OTHER_VPC));
    expect((await client.send(new GetHostedZoneCommand({ Id: id }))).VPCs).toEqual([VPC, OTHER_VPC]);
    await client.send(disassociate(id, VPC));
    await expect(client.send(disassociate(id, VPC))).rejects.toMatchObject({ name: 'VPCAssociationNotFound' });
    await expect(client.send(disassociate(id, OTHER_VPC))).rejects.toMatchObject({ name: 'LastVPCAssociation' });
    expect((await client.send(new GetHostedZoneCommand({ Id: id }))).VPCs).toEqual([OTHER_VPC]);
  });

  it('are refused to public zones', async () => {
    const { client, zone } = setting();
    const id = await zone('example.com');
    await expect(client.send(associate(id, VPC))).rejects.toMatchObject({
      name: 'PublicZoneVPCAssociation',
      message: `Attempting to associate public zone: ${id} with vpc: ${VPC.VPCId}`,
    });
  });

  it('conflict with a zone of the same name, the same zone included', async () => {
    const { client, zone } = setting();
    const id = await zone('example.com', VPC.VPCId);
    const other = await zone('example.com', OTHER_VPC.VPCId);
    const refusal = {
      name: 'ConflictingDomainExists',
      message: `The VPC that you chose, ${VPC.VPCId} in region ap-northeast-1, is already associated with another private hosted zone that has an overlapping name space, example.com..`,
    };
    await expect(client.send(associate(other, VPC))).rejects.toMatchObject(refusal);
    await expect(client.send(associate(id, VPC))).rejects.toMatchObject(refusal);
    await expect(zone('example.com', VPC.VPCId)).rejects.toMatchObject(refusal);
    await expect(zone('dev.example.com', VPC.VPCId)).resolves.toBeDefined();
  });

  it('are listed per VPC, across accounts', async () => {
    const { client, clientOf, zone } = setting();
    const id = await zone('example.com', VPC.VPCId);
    const other = await clientOf('210987654321').send(
      new CreateHostedZoneCommand({ Name: 'example.net', CallerReference: 'a', VPC }),
    );
    await zone('elsewhere.test', OTHER_VPC.VPCId);
    const first = await client.send(new ListHostedZonesByVPCCommand({ ...VPC, MaxItems: 1 }));
    expect(first.HostedZoneSummaries).toEqual([
      { HostedZoneId: id, Name: 'example.com.', Owner: { OwningAccount: '123456789012' } },
    ]);
    const second = await client.send(new ListHostedZonesByVPCCommand({ ...VPC, NextToken: first.NextToken }));
    expect(second.HostedZoneSummaries).toMatchObject([
      { HostedZoneId: other.HostedZone?.Id?.slice('/hostedzone/'.length), Owner: { OwningAccount: '210987654321' } },
    ]);
    expect(second.NextToken).toBeUndefined();
    await expect(client.send(new ListHostedZonesByVPCCommand({ ...VPC, NextToken: 'x' }))).rejects.toMatchObject({
      name: 'InvalidPaginationToken',
    });
  });
});

describe('changes', () => {
  it('are PENDING until the records have propagated, then INSYNC', async () => {
    const { client, clock, zone, change } = setting();
    const submitted = clock.now();
    const Id = await change(await zone('example.com'), CREATE(record('www.example.com', 'A', '10.0.0.1')));
    const get = async () => (await client.send(new GetChangeCommand({ Id }))).ChangeInfo;
    expect(await get()).toEqual({
      Id: expect.stringMatching(/^\/change\/C[A-Z0-9]{20}$/),
      Status: 'PENDING',
      SubmittedAt: new Date(submitted),
    });
    await clock.advance(profiles.fast.recordPropagation - 1);
    expect((await get())?.Status).toBe('PENDING');
    await clock.advance(1);
    expect((await get())?.Status).toBe('INSYNC');
  });

  it('are not found when unknown or another account’s', async () => {
    const { client, clientOf, zone, change } = setting();
    const Id = await change(await zone('example.com'), CREATE(record('www.example.com', 'A', '10.0.0.1')));
    await expect(client.send(new GetChangeCommand({ Id: 'C0' }))).rejects.toMatchObject({
      name: 'NoSuchChange',
      message: 'Could not find resource with ID: C0',
    });
    await expect(clientOf('210987654321').send(new GetChangeCommand({ Id }))).rejects.toMatchObject({
      name: 'NoSuchChange',
    });
  });
});

describe('tags', () => {
  it('are added, replaced and removed', async () => {
    const { client, zone } = setting();
    const ResourceId = await zone('example.com');
    const tag = (more: object) =>
      client.send(new ChangeTagsForResourceCommand({ ResourceType: 'hostedzone', ResourceId, ...more }));
    const tags = async () =>
      (await client.send(new ListTagsForResourceCommand({ ResourceType: 'hostedzone', ResourceId }))).ResourceTagSet
        ?.Tags;
    expect(await tags()).toEqual([]);
    await tag({
      AddTags: [
        { Key: 'team', Value: 'a' },
        { Key: 'stage', Value: 'test' },
      ],
    });
    await tag({ AddTags: [{ Key: 'team', Value: 'b' }], RemoveTagKeys: ['stage'] });
    expect(await tags()).toEqual([{ Key: 'team', Value: 'b' }]);
    await expect(tag({})).rejects.toMatchObject({ name: 'InvalidInput' });
  });

  it('are only on what is there', async () => {
    const { client } = setting();
    const list = (ResourceType: 'hostedzone' | 'healthcheck') =>
      client.send(new ListTagsForResourceCommand({ ResourceType, ResourceId: 'Z0' }));
    await expect(list('hostedzone')).rejects.toMatchObject({ name: 'NoSuchHostedZone' });
    await expect(list('healthcheck')).rejects.toMatchObject({ name: 'NoSuchHealthCheck' });
  });

  it.each([
    ['NoSuchHostedZone', 'No hosted zone found with ID: /hostedzone/Z0123456789', '/hostedzone/Z0123456789'],
    ['InvalidInput', 'Member must have length less than or equal to 32', '/hostedzone/Z0123456789ABCDEFGHIJ'],
  ])('are refused by another form of the id: %s', async (name, message, ResourceId) => {
    const { client } = setting();
    const tagging = client.send(
      new ChangeTagsForResourceCommand({ ResourceType: 'hostedzone', ResourceId, AddTags: [{ Key: 'a', Value: 'b' }] }),
    );
    await expect(tagging).rejects.toMatchObject({ name, message: expect.stringContaining(message) });
    const listing = client.send(new ListTagsForResourceCommand({ ResourceType: 'hostedzone', ResourceId }));
    await expect(listing).rejects.toMatchObject({ name });
  });
});
