import {
  DeleteServiceCommand,
  DeleteVpcIngressConnectionCommand,
  PauseServiceCommand,
  ResumeServiceCommand,
  UpdateServiceCommand,
  UpdateVpcIngressConnectionCommand,
} from '@aws-sdk/client-apprunner';
import { describe, expect, test } from 'vitest';
import type { DnsView } from '../../src/world.ts';
import { cloud, endpointId, region, vpcId } from './cloud.ts';

type Aws = ReturnType<typeof cloud>;

const inside: DnsView = { kind: 'vpc', vpcId };
const elsewhere: DnsView = { kind: 'vpc', vpcId: 'vpc-other' };
const internet: DnsView = { kind: 'public' };
const views = { inside, elsewhere, internet };
const interfaces = ['10.0.22.10', '10.0.21.218'];

const answers = (aws: Aws, name: string) => ({
  inside: aws.appRunner.addressesOf(name, inside)?.ipv4,
  elsewhere: aws.appRunner.addressesOf(name, elsewhere)?.ipv4,
  internet: aws.appRunner.addressesOf(name, internet)?.ipv4,
});
const nowhere = { inside: undefined, elsewhere: undefined, internet: undefined };

const makePublic = (aws: Aws, ServiceArn: string, isPublic: boolean) =>
  aws.send(
    new UpdateServiceCommand({
      ServiceArn,
      NetworkConfiguration: { IngressConfiguration: { IsPubliclyAccessible: isPublic } },
    }),
  );

test('covers App Runner’s own names and no others', () => {
  const { appRunner } = cloud();
  expect(appRunner.covers('abcdefghij.ap-northeast-1.awsapprunner.com')).toBe(true);
  expect(appRunner.covers('awsapprunner.com')).toBe(true);
  expect(appRunner.covers('notawsapprunner.com')).toBe(false);
  expect(appRunner.covers('example.com')).toBe(false);
});

describe('the name of a service', () => {
  test('is answered while the service is public: not before it runs, not when it is private or deleted', async () => {
    const aws = cloud();
    const arn = await aws.createService();
    const name = (await aws.describeService(arn)).ServiceUrl ?? '';
    expect(answers(aws, name)).toEqual(nowhere);
    await aws.clock.advance(aws.profile.serviceOperation);
    for (const view of Object.values(views)) {
      expect(aws.appRunner.addressesOf(name, view)?.ipv4).toEqual([
        expect.stringMatching(/^203\.0\.113\.\d+$/),
        expect.stringMatching(/^203\.0\.113\.\d+$/),
      ]);
      expect(aws.appRunner.addressesOf(name, view)?.ipv6).toEqual([]);
    }
    await makePublic(aws, arn, false);
    expect(answers(aws, name).internet).toBeDefined();
    await aws.clock.advance(aws.profile.serviceOperation);
    expect(answers(aws, name)).toEqual(nowhere);
    await makePublic(aws, arn, true);
    await aws.clock.advance(aws.profile.serviceOperation);
    expect(answers(aws, name).internet).toBeDefined();
    await aws.send(new DeleteServiceCommand({ ServiceArn: arn }));
    await aws.clock.advance(aws.profile.serviceOperation);
    expect(answers(aws, name)).toEqual(nowhere);
  });

  test('has IPv6 addresses when it is dual-stack', async () => {
    const aws = cloud();
    const arn = await aws.createService('orders', { NetworkConfiguration: { IpAddressType: 'DUAL_STACK' } });
    await aws.clock.advance(aws.profile.serviceOperation);
    const name = (await aws.describeService(arn)).ServiceUrl ?? '';
    expect(aws.appRunner.addressesOf(name, internet)?.ipv6).toEqual([expect.stringMatching(/^2001:db8::/)]);
  });
});

describe('the name of a connection', () => {
  test.each([
    { connectionNameIsPublic: true, expected: { inside: interfaces, elsewhere: interfaces, internet: interfaces } },
    { connectionNameIsPublic: false, expected: { inside: interfaces, elsewhere: undefined, internet: undefined } },
  ])(
    'is known a while after AVAILABLE; in public: $connectionNameIsPublic',
    async ({ connectionNameIsPublic, expected }) => {
      const aws = cloud({ switches: { connectionNameIsPublic } });
      aws.endpoints.put();
      const arn = await aws.connect(await aws.service('orders', false));
      const { DomainName = '' } = await aws.connection(arn);
      await aws.clock.advance(aws.profile.connectionCreation + aws.profile.connectionDns - 1);
      expect((await aws.connection(arn)).Status).toBe('AVAILABLE');
      expect(answers(aws, DomainName)).toEqual(nowhere);
      await aws.clock.advance(1);
      expect(answers(aws, DomainName)).toEqual(expected);
      expect(aws.appRunner.addressesOf(DomainName, inside)?.ipv6).toEqual([]);
    },
  );

  test('has the IPv6 addresses of the interfaces when the service is dual-stack', async () => {
    const aws = cloud();
    const { serviceArn, domainName } = await aws.connected();
    await aws.send(
      new UpdateServiceCommand({
        ServiceArn: serviceArn,
        NetworkConfiguration: { IngressConfiguration: { IsPubliclyAccessible: false }, IpAddressType: 'DUAL_STACK' },
      }),
    );
    await aws.clock.advance(aws.profile.serviceOperation);
    expect(aws.appRunner.addressesOf(domainName, inside)).toEqual({ ipv4: interfaces, ipv6: ['fd00::a', 'fd00::b'] });
  });

  test.each<{ when: string; act: (aws: Aws, arns: { serviceArn: string; connectionArn: string }) => unknown }>([
    { when: 'its endpoint goes', act: (aws) => aws.endpoints.put({ state: 'deleting' }) },
    {
      when: 'it is being deleted',
      act: (aws, { connectionArn }) =>
        aws.send(new DeleteVpcIngressConnectionCommand({ VpcIngressConnectionArn: connectionArn })),
    },
    {
      when: 'its service has become public',
      act: async (aws, { serviceArn }) => {
        await makePublic(aws, serviceArn, true);
        await aws.clock.advance(aws.profile.serviceOperation);
      },
    },
  ])('is unknown when $when', async ({ act }) => {
    const aws = cloud();
    const arns = await aws.connected();
    expect(answers(aws, arns.domainName).inside).toEqual(interfaces);
    await act(aws, arns);
    expect(answers(aws, arns.domainName)).toEqual(nowhere);
  });

  test('moves with an update: the old one is answered until it is done, the new one a while after', async () => {
    const aws = cloud({ switches: { updateChangesDomainName: true } });
    const { connectionArn, domainName } = await aws.connected();
    const { VpcIngressConnection } = await aws.send(
      new UpdateVpcIngressConnectionCommand({
        VpcIngressConnectionArn: connectionArn,
        IngressVpcConfiguration: { VpcId: vpcId, VpcEndpointId: endpointId },
      }),
    );
    const changed = VpcIngressConnection?.DomainName ?? '';
    expect([answers(aws, domainName).inside, answers(aws, changed).inside]).toEqual([interfaces, undefined]);
    await aws.clock.advance(aws.profile.connectionUpdate);
    expect([answers(aws, domainName).inside, answers(aws, changed).inside]).toEqual([undefined, undefined]);
    await aws.clock.advance(aws.profile.connectionDns);
    expect(answers(aws, changed).inside).toEqual(interfaces);
  });
});

describe('behind an endpoint', () => {
  test('leads by Host: own name, active domains, one label under a wildcard, nothing else', async () => {
    const aws = cloud();
    const { serviceArn, domainName } = await aws.connected();
    const other = await aws.connected('others');
    await aws.activate(serviceArn, 'example.com', true);
    await aws.activate(serviceArn, '*.example.net');
    await aws.activate(other.serviceArn, 'exact.example.net');
    await aws.associate(serviceArn, 'pending.example.org');

    const led = (host: string, endpoint = endpointId) => aws.appRunner.route(endpoint, host)?.serviceName;
    expect(led(domainName)).toBe('orders');
    expect(led(domainName.toUpperCase())).toBe('orders');
    expect(led(other.domainName)).toBe('others');
    expect(led('example.com')).toBe('orders');
    expect(led('www.example.com')).toBe('orders');
    expect(led('any.example.net')).toBe('orders');
    expect(led('exact.example.net')).toBe('others');
    expect(led('two.labels.example.net')).toBeUndefined();
    expect(led('example.net')).toBeUndefined();
    expect(led('pending.example.org')).toBeUndefined();
    expect(led(`${endpointId}.requests.apprunner.${region}.vpce.amazonaws.com`)).toBeUndefined();
    expect(led(domainName, 'vpce-other')).toBeUndefined();
    expect(aws.appRunner.certificateNames(endpointId).toSorted()).toEqual(
      [domainName, other.domainName, 'example.com', 'www.example.com', '*.example.net', 'exact.example.net'].toSorted(),
    );
    expect(aws.appRunner.certificateNames('vpce-other')).toEqual([]);
  });

  test('knows a paused service, until it has resumed', async () => {
    const aws = cloud();
    const { serviceArn, domainName } = await aws.connected();
    const paused = () => aws.appRunner.route(endpointId, domainName)?.paused;
    expect(paused()).toBe(false);
    await aws.send(new PauseServiceCommand({ ServiceArn: serviceArn }));
    await aws.clock.advance(aws.profile.serviceOperation);
    expect(paused()).toBe(true);
    await aws.send(new ResumeServiceCommand({ ServiceArn: serviceArn }));
    expect(paused()).toBe(true);
    await aws.clock.advance(aws.profile.serviceOperation);
    expect(paused()).toBe(false);
  });
});
