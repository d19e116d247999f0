import {
  DeleteVpcIngressConnectionCommand,
  DisassociateCustomDomainCommand,
  ListVpcIngressConnectionsCommand,
} from '@aws-sdk/client-apprunner';
import { DeleteVpcEndpointsCommand, DescribeVpcEndpointsCommand } from '@aws-sdk/client-ec2';
import { ListResourceRecordSetsCommand } from '@aws-sdk/client-route-53';
import { describe, expect, test } from 'vitest';
import { cloud as appRunnerCloud } from './apprunner/cloud.ts';
import { cloud as ec2Cloud, endpoint, given, network } from './ec2/cloud.ts';
import { CREATE, DELETE, record, setting } from './route53/client.ts';

const LAG = 20_000;
const profile = { readLag: LAG };

describe('with a read lag, what was written a moment ago is not listed yet', () => {
  test('VPC ingress connections', async () => {
    const aws = appRunnerCloud({ profile });
    const listed = async () =>
      (await aws.send(new ListVpcIngressConnectionsCommand({}))).VpcIngressConnectionSummaryList ?? [];
    aws.endpoints.put();
    const serviceArn = await aws.service('orders', false);
    const arn = await aws.connect(serviceArn);
    await aws.clock.advance(LAG - 1);
    expect(await listed()).toEqual([]);
    expect((await aws.connection(arn)).Status).toBe('PENDING_CREATION');
    await expect(aws.connect(serviceArn)).rejects.toMatchObject({ code: 'InvalidRequestException' });
    await aws.clock.advance(1);
    expect(await listed()).toHaveLength(1);

    await aws.clock.advance(aws.profile.connectionCreation);
    await aws.send(new DeleteVpcIngressConnectionCommand({ VpcIngressConnectionArn: arn }));
    await aws.clock.advance(aws.profile.connectionDeletion);
    expect((await aws.connection(arn)).Status).toBe('DELETED');
    expect(await listed()).toHaveLength(1);
    await aws.clock.advance(LAG);
    expect(await listed()).toEqual([]);
  });

  test('custom domains', async () => {
    const aws = appRunnerCloud({ profile });
    const arn = await aws.service();
    const statuses = async () => (await aws.domains(arn)).map(({ Status }) => Status);
    await aws.associate(arn, 'orders.example.com');
    expect(await statuses()).toEqual([]);
    await expect(aws.associate(arn, 'orders.example.com')).rejects.toMatchObject({
      message: expect.stringContaining('is already associated with'),
    });
    await aws.clock.advance(LAG);
    expect(await statuses()).toEqual(['pending_certificate_dns_validation']);
    await aws.send(new DisassociateCustomDomainCommand({ ServiceArn: arn, DomainName: 'orders.example.com' }));
    expect(await statuses()).toEqual(['pending_certificate_dns_validation']);
    await aws.clock.advance(LAG);
    expect(await statuses()).toEqual(['deleting']);
    await aws.clock.advance(aws.profile.domainDeletion);
    expect(await statuses()).toEqual([]);
  });

  test('interface endpoints, described by id too', async () => {
    const aws = ec2Cloud({ profile });
    const seeded = await network(aws);
    const id = given((await endpoint(aws, seeded)).VpcEndpointId);
    const states = async () =>
      (await aws.client.send(new DescribeVpcEndpointsCommand({}))).VpcEndpoints?.map(({ State }) => State);
    expect(await states()).toEqual([]);
    const byId = new DescribeVpcEndpointsCommand({ VpcEndpointIds: [id] });
    await expect(aws.client.send(byId)).rejects.toMatchObject({ name: 'InvalidVpcEndpointId.NotFound' });
    await expect(endpoint(aws, seeded)).rejects.toMatchObject({ name: 'InvalidParameter' });
    await aws.clock.advance(LAG);
    expect(await states()).toEqual(['available']);
    await aws.client.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: [id] }));
    expect(await states()).toEqual(['available']);
    await aws.clock.advance(LAG);
    expect(await states()).toEqual(['deleting']);
    await aws.clock.advance(aws.profile.endpointDeletion);
    expect(await states()).toEqual([]);
  });

  test('records of a zone, though DNS answers them at once', async () => {
    const { zone, change, client, clock, route53 } = setting({}, profile);
    const id = await zone('example.com');
    const listed = async () =>
      (await client.send(new ListResourceRecordSetsCommand({ HostedZoneId: id }))).ResourceRecordSets?.map(
        ({ Type }) => Type,
      );
    const cname = record('a.example.com', 'CNAME', 'b.example.net');
    await change(id, CREATE(cname));
    expect(await listed()).toEqual(['NS', 'SOA']);
    expect(route53.cnameAt('a.example.com')).toBe('b.example.net');
    await expect(change(id, CREATE(cname))).rejects.toThrow('already exists');
    await clock.advance(LAG);
    expect(await listed()).toEqual(['NS', 'SOA', 'CNAME']);
    await change(id, DELETE(cname));
    expect(await listed()).toEqual(['NS', 'SOA', 'CNAME']);
    await clock.advance(LAG);
    expect(await listed()).toEqual(['NS', 'SOA']);
  });
});
