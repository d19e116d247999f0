import { AppRunnerClient, ListServicesCommand } from '@aws-sdk/client-apprunner';
import { CreateVpcEndpointCommand, DescribeSubnetsCommand, DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  ListHostedZonesCommand,
  Route53Client,
} from '@aws-sdk/client-route-53';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { awsRateLimits, limitRates, type RateLimit, route53Limits } from '../src/rate-limits.ts';
import { BANK, cloud, type OrganizationsTestCloud, SHOP } from './organizations/cloud.ts';
import { errorOf } from './wire/fake.ts';

let made: OrganizationsTestCloud;
beforeEach(() => {
  made = cloud();
});
afterEach(() => made.stop());

const limit = (limits: readonly RateLimit[] = awsRateLimits) => limitRates(made.gateway, made.clock, limits);
const listZones = (key: string, region?: string) =>
  new Route53Client(made.config(key, region)).send(new ListHostedZonesCommand({}));
const describeVpcs = (key: string, region?: string) =>
  new EC2Client(made.config(key, region)).send(new DescribeVpcsCommand({}));
const listServices = (key: string) => new AppRunnerClient(made.config(key)).send(new ListServicesCommand({}));

/** How many of so many calls at once are answered. */
async function answered(count: number, call: () => Promise<unknown>): Promise<number> {
  const results = await Promise.allSettled(Array.from({ length: count }, call));
  return results.filter(({ status }) => status === 'fulfilled').length;
}

describe('a rate limit', () => {
  it('takes a burst, and then what time adds', async () => {
    limit();
    expect(await answered(60, () => listZones(SHOP))).toBe(50);
    await made.clock.advance(450);
    expect(await answered(10, () => listZones(SHOP))).toBe(4);
    await made.clock.advance(3600_000);
    expect(await answered(60, () => listZones(SHOP))).toBe(50);
  });

  it('of Route 53 is an account’s, whatever the region, and no other account’s', async () => {
    limit();
    expect(await answered(30, () => listZones(SHOP, 'us-east-1'))).toBe(30);
    expect(await answered(30, () => listZones(SHOP, 'ap-northeast-1'))).toBe(20);
    expect(await answered(1, () => listZones(BANK))).toBe(1);
  });

  it('of EC2 is an operation’s, an account’s and a region’s', async () => {
    limit();
    expect(await answered(110, () => describeVpcs(SHOP))).toBe(100);
    expect(await answered(1, () => describeVpcs(SHOP, 'us-east-1'))).toBe(1);
    expect(await answered(1, () => describeVpcs(BANK))).toBe(1);
    const subnets = () => new EC2Client(made.config(SHOP)).send(new DescribeSubnetsCommand({}));
    expect(await answered(110, subnets)).toBe(100);
  });

  it('of CreateVpcEndpoint lets one more through after three and a third seconds', async () => {
    limit();
    const input = { VpcId: 'vpc-00000000000000000', ServiceName: 'com.amazonaws.ap-northeast-1.apprunner.requests' };
    const create = () => errorOf(new EC2Client(made.config(SHOP)).send(new CreateVpcEndpointCommand(input)));
    const names = async (count: number) =>
      (await Promise.all(Array.from({ length: count }, create))).map((error) => Object(error).name);
    const refused = ['InvalidVpcID.NotFound', 'RequestLimitExceeded'];
    expect(await names(5)).toEqual([...Array(4).fill(refused[0]), refused[1]]);
    await made.clock.advance(3_300);
    expect(await names(1)).toEqual([refused[1]]);
    await made.clock.advance(40);
    expect(await names(2)).toEqual(refused);
  });

  it('can be the five per second that many sources give', async () => {
    limit(route53Limits({ burst: 5, perSecond: 5 }));
    expect(await answered(7, () => listZones(SHOP))).toBe(5);
    await made.clock.advance(1_000);
    expect(await answered(7, () => listZones(SHOP))).toBe(5);
  });

  it('of record changes counts them, and an UPSERT twice', async () => {
    const route53 = new Route53Client(made.config(SHOP));
    const zone = { Name: 'example.com', CallerReference: 'one' };
    const { HostedZone } = await route53.send(new CreateHostedZoneCommand(zone));
    limit(route53Limits({ burst: 1e6, perSecond: 1e6 }));
    const upsert = (Name: string) => ({
      Action: 'UPSERT' as const,
      ResourceRecordSet: { Name, Type: 'A' as const, TTL: 60, ResourceRecords: [{ Value: '192.0.2.1' }] },
    });
    const change = (from: number) => {
      const Changes = Array.from({ length: 500 }, (_, index) => upsert(`n${from + index}.example.com`));
      return route53.send(
        new ChangeResourceRecordSetsCommand({ HostedZoneId: HostedZone?.Id, ChangeBatch: { Changes } }),
      );
    };
    // 1,000 of 1,500.
    await change(0);
    expect(await errorOf(change(500))).toMatchObject({ name: 'Throttling' });
    await made.clock.advance(5_100);
    await change(500);
  });

  it.each<[string, () => Promise<unknown>, object]>([
    ['Route 53', () => listZones(SHOP), { name: 'Throttling', $metadata: { httpStatusCode: 400 } }],
    ['EC2', () => describeVpcs(SHOP), { name: 'RequestLimitExceeded', $metadata: { httpStatusCode: 503 } }],
    ['App Runner', () => listServices(SHOP), { name: 'ThrottlingException', $metadata: { httpStatusCode: 400 } }],
  ])('is refused in the words of %s', async (_, call, error) => {
    limit();
    await answered(100, call);
    expect(await errorOf(call())).toMatchObject(error);
  });

  it('takes nothing for a refused call, and ends on request', async () => {
    const end = limit(route53Limits({ burst: 1, perSecond: 1 }));
    expect(await answered(5, () => listZones(SHOP))).toBe(1);
    await made.clock.advance(1_000);
    expect(await answered(5, () => listZones(SHOP))).toBe(1);
    end();
    expect(await answered(5, () => listZones(SHOP))).toBe(5);
  });
});
