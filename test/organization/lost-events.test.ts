import {
  DeleteServiceCommand,
  ListVpcIngressConnectionsCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-apprunner';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteVpcEndpointsCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  ChangeResourceRecordSetsCommand,
  ListResourceRecordSetsCommand,
  type ResourceRecordSet,
  Route53Client,
} from '@aws-sdk/client-route-53';
import { DeleteCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { REGION } from 'apprunner-embedded-cloud';
import { playFaults } from 'apprunner-embedded-cloud/faults';
import { ORGANIZATION_ZONE } from 'apprunner-embedded-cloud/organization';
import type { Switches } from 'apprunner-embedded-cloud/profile';
import { afterEach, describe, expect, it } from 'vitest';
import { EventWeatherControl } from '../scenarios/events.ts';
import { INSTALLATION } from '../scenarios/vocabulary.ts';
import { TestOrganization } from './organization.ts';

let organization: TestOrganization;
afterEach(() => organization.world.stop());

const DAY = 24 * 60 * 60_000;

/** Production has to be private, and no event of any account is ever heard of: what happens, the sweeps make happen. */
async function deafened(switches: Partial<Switches> = {}): Promise<void> {
  organization = await TestOrganization.start({ 'shop-prod': 'full', 'bank-prod': 'full' }, switches);
  new EventWeatherControl(organization.world.cloud).become('lost', 0);
  organization.production();
}

async function created(): Promise<string> {
  const arn = await organization.createService(organization.account('shop-prod'), 'orders');
  await organization.world.quiet();
  return arn;
}

async function ready(): Promise<string> {
  const arn = await created();
  await organization.sweep();
  await organization.world.until(arn, 'ready');
  return arn;
}

async function deleted(arn: string): Promise<void> {
  await organization.appRunner(arn).send(new DeleteServiceCommand({ ServiceArn: arn }));
  await organization.world.quiet();
}

async function connections(arn: string): Promise<readonly (string | undefined)[]> {
  const listing = new ListVpcIngressConnectionsCommand({ Filter: { ServiceArn: arn } });
  const { VpcIngressConnectionSummaryList = [] } = await organization.appRunner(arn).send(listing);
  return VpcIngressConnectionSummaryList.map(({ ServiceArn }) => ServiceArn);
}

const inNetwork = () =>
  new Route53Client(organization.world.cloud.clientConfig({ account: organization.account('network') }));

async function records(zone: 'privateZoneId' | 'publicZoneId' = 'privateZoneId'): Promise<ResourceRecordSet[]> {
  const listing = new ListResourceRecordSetsCommand({ HostedZoneId: organization.seeded.zones[zone] });
  const { ResourceRecordSets = [] } = await inNetwork().send(listing);
  return ResourceRecordSets.filter(({ Type }) => Type !== 'NS' && Type !== 'SOA');
}

async function change(
  Action: 'CREATE' | 'DELETE',
  ResourceRecordSet: ResourceRecordSet,
  zone: 'privateZoneId' | 'publicZoneId' = 'privateZoneId',
): Promise<void> {
  const ChangeBatch = { Changes: [{ Action, ResourceRecordSet }] };
  const HostedZoneId = organization.seeded.zones[zone];
  await inNetwork().send(new ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch }));
}

describe('a sweep, where every event was lost', () => {
  it('finds a service that was created, makes it private and names it', async () => {
    await deafened();
    const arn = await created();
    expect(await organization.world.row(arn)).toBeUndefined();
    expect((await organization.sweep()).summary).toMatchObject({ services: 1, managed: 1, changes: 1, detaches: 0 });
    await organization.world.until(arn, 'ready');
    expect(await organization.isPublic(arn)).toBe(false);
    expect((await records()).map(({ Type }) => Type)).toEqual(['A', 'TXT']);
  });

  it.each([
    [
      'a service that was made public again',
      async (ServiceArn: string) => {
        const open = { IngressConfiguration: { IsPubliclyAccessible: true } };
        const update = new UpdateServiceCommand({ ServiceArn, NetworkConfiguration: open });
        await organization.appRunner(ServiceArn).send(update);
      },
    ],
    [
      'a name that was taken out of DNS',
      async () => {
        for (const record of await records()) await change('DELETE', record);
      },
    ],
  ] as const)('mends %s', async (_, undo) => {
    await deafened();
    const arn = await ready();
    const before = await records();
    await undo(arn);
    await organization.world.quiet();
    expect((await organization.sweep()).summary).toMatchObject({ managed: 1, changes: 1 });
    await organization.world.quiet();
    expect((await organization.world.row(arn))?.phase).toBe('ready');
    expect(await organization.isPublic(arn)).toBe(false);
    expect(await records()).toEqual(before);
  });

  it.each(['cascades', 'leaves-connection'] as const)(
    'takes back what was written for a service that was deleted (whose deletion %s)',
    async (deleteServiceWithConnection) => {
      await deafened({ deleteServiceWithConnection });
      const arn = await ready();
      await deleted(arn);
      expect(await connections(arn)).toHaveLength(deleteServiceWithConnection === 'cascades' ? 0 : 1);
      expect((await organization.sweep()).summary).toMatchObject({ services: 1, changes: 1, detaches: 1 });
      await organization.world.until(arn, 'detached');
      expect(await records()).toEqual([]);
      expect(await connections(arn)).toEqual([]);
    },
  );

  it('deletes a connection of ours whose service is gone and whose row is lost', async () => {
    await deafened({ deleteServiceWithConnection: 'leaves-connection' });
    const arn = await ready();
    await deleted(arn);
    const rows = DynamoDBDocumentClient.from(new DynamoDBClient(organization.world.config));
    const TableName = organization.world.stack.outputs.TableName ?? '';
    await rows.send(new DeleteCommand({ TableName, Key: { serviceArn: arn } }));
    expect((await organization.sweep()).summary).toMatchObject({ detaches: 1 });
    await organization.world.quiet();
    expect(await connections(arn)).toEqual([]);
  });

  it('reports a certificate that will not be renewed, as long as it will not', async () => {
    await deafened();
    const arn = await ready();
    const validations = await records('publicZoneId');
    const [validation] = validations;
    if (validation === undefined) throw new Error('no validation record stands');
    await change('DELETE', validation, 'publicZoneId');
    await organization.world.quiet();
    expect((await organization.sweep()).summary).toMatchObject({ changes: 1 });
    await organization.world.quiet();
    const found = async () => (await organization.world.row(arn))?.findings.map(({ code }) => code);
    expect(await found()).toEqual(['certificate-not-renewing']);
    expect(await records('publicZoneId')).toEqual(validations);
    await organization.world.clock.advance(DAY);
    await organization.sweep();
    await organization.world.quiet();
    expect(await found()).toEqual([]);
  });
});

describe('unused resources that a sweep finds', () => {
  /** Of a service that is nowhere, unless its id is given. */
  const ownership = (owner: string, service = 'a'.repeat(32)): ResourceRecordSet => ({
    Name: `_private-ingress.old.${ORGANIZATION_ZONE}.`,
    Type: 'TXT',
    TTL: 300,
    ResourceRecords: [{ Value: `"v=1 owner=${owner} service=${service}"` }],
  });
  const orphans = async () =>
    (await organization.sweep()).summary?.orphans.filter(({ kind }) => kind === 'record-orphaned');

  it('is the ownership record of a service that is nowhere, until it is removed', async () => {
    await deafened();
    await ready();
    await change('CREATE', ownership(INSTALLATION));
    const { privateZoneId } = organization.seeded.zones;
    expect(await orphans()).toEqual([
      expect.objectContaining({
        resource: `${privateZoneId}/_private-ingress.old.${ORGANIZATION_ZONE}`,
        message: expect.stringContaining('a'.repeat(32)),
      }),
    ]);
    await change('DELETE', ownership(INSTALLATION));
    expect(await orphans()).toEqual([]);
  });

  it('is no record of another installation, and none of a service in an account that is excepted', async () => {
    await deafened();
    await ready();
    await change('CREATE', ownership('another'));
    const dependencies = organization.account('shop-prod');
    organization.policy('enforce', () => ({
      accounts: {
        kind: 'organization',
        units: [organization.seeded.units['Workloads/Prod']],
        except: [dependencies],
      },
    }));
    const run = await organization.sweep();
    expect(run.targets.filter((target) => target.startsWith(dependencies))).toEqual([]);
    expect(run.summary).toMatchObject({ services: 0, orphans: [], failures: [] });
  });

  it('is not reported while an account could not be read: the service may be there', async () => {
    await deafened();
    await change('CREATE', ownership(INSTALLATION));
    const mend = playFaults(organization.world.cloud.gateway, [
      { account: organization.account('bank-prod'), calls: 'apprunner:ListServices', answer: 'denied' },
    ]);
    expect(await orphans()).toEqual([]);
    mend();
    expect(await orphans()).toHaveLength(1);
  });

  it('is an endpoint of ours without a service, with what it costs, until it is deleted', async () => {
    await deafened({ deleteServiceWithConnection: 'cascades' });
    const arn = await ready();
    const unused = async () =>
      (await organization.sweep()).summary?.orphans.filter(({ kind }) => kind === 'endpoint-unused');
    expect(await unused()).toEqual([]);
    await deleted(arn);
    const found = await unused();
    const account = organization.account('shop-prod');
    expect(found).toEqual([
      expect.objectContaining({
        resource: expect.stringMatching(/^vpce-/),
        message: expect.stringMatching(`${account}, ${REGION}.* USD a month`),
      }),
    ]);
    const ec2 = new EC2Client(organization.world.cloud.clientConfig({ account }));
    await ec2.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: found?.map(({ resource }) => resource) }));
    await organization.world.quiet();
    expect(await unused()).toEqual([]);
  });
});
