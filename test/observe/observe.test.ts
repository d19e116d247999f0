import { AppRunnerClient } from '@aws-sdk/client-apprunner';
import { CreateVpcEndpointCommand, EC2Client } from '@aws-sdk/client-ec2';
import { Route53Client } from '@aws-sdk/client-route-53';
import { createCloud } from 'apprunner-embedded-cloud';
import { VirtualClock } from 'apprunner-embedded-cloud/clock';
import { seedNetwork } from 'apprunner-embedded-cloud/seed';
import { expect, it, onTestFinished } from 'vitest';
import { JoinedReads } from '../../shared/observe/joined-reads.ts';
import { endpointServiceName } from '../../shared/observe/network.ts';
import { Observer } from '../../shared/observe/observe.ts';
import { ZoneReads } from '../../shared/observe/zone-reads.ts';
import { emptyLedger } from '../../shared/plan/ledger.ts';
import { service } from '../fixtures.ts';

const unused = () => Promise.reject(new Error('not asked in this test'));

/** App Runner with these connections of the service. */
function appRunnerWith(arns: readonly string[]): AppRunnerClient {
  const client = new AppRunnerClient({ region: service.region });
  const answers: Readonly<Record<string, object>> = {
    ListVpcIngressConnectionsCommand: {
      VpcIngressConnectionSummaryList: arns.map((VpcIngressConnectionArn) => ({ VpcIngressConnectionArn })),
    },
    DescribeVpcIngressConnectionCommand: { VpcIngressConnection: { Status: 'PENDING_UPDATE' } },
  };
  client.middlewareStack.add((_, { commandName = '' }) => async () => ({
    output: { $metadata: {}, ...answers[commandName] },
    response: {},
  }));
  return client;
}

it.each<[string, readonly string[], (one: Observer) => Observer, number]>([
  ['is not asked while the service has no connection', [], (one) => one, 0],
  ['is asked while it has one, whoever made it', ['arn:connection'], (one) => one, 2],
  ['is asked for many services, of which others have one', [], (one) => one.forManyServices(new ZoneReads()), 2],
])('at which addresses a pending endpoint is reached %s', async (_, connections, made, addresses) => {
  const clock = new VirtualClock();
  const cloud = createCloud({ clock });
  onTestFinished(() => cloud.stop());
  const { vpcId, subnetIds, securityGroupId } = await seedNetwork(cloud);
  const config = cloud.clientConfig();
  const ec2 = new EC2Client(config);
  await ec2.send(
    new CreateVpcEndpointCommand({
      ...{ VpcId: vpcId, SubnetIds: [...subnetIds], SecurityGroupIds: [securityGroupId] },
      ...{ VpcEndpointType: 'Interface', PrivateDnsEnabled: false },
      ServiceName: endpointServiceName(service.region),
    }),
  );
  const route53 = new Route53Client(config);
  const one = new Observer({
    ...{ appRunner: appRunnerWith(connections), ec2, vpcZones: route53, now: () => clock.now() },
    ...{ zones: { own: route53, shared: [] }, reads: new JoinedReads(), probe: () => unused },
    ...{ resolve: unused, issuers: unused, nameServers: unused, cname: unused },
  });
  const network = { vpcId, subnetIds: [], securityGroupIds: [], allowFrom: [] };
  const seen = await made(one).world(
    { kind: 'deleted' },
    {
      service,
      installation: 'default',
      ownerTag: 'default',
      network,
      keeps: true,
      domains: [],
      allowedZones: [],
      zones: [],
      ledger: emptyLedger,
    },
  );
  expect(seen.network?.endpoints).toMatchObject([{ state: 'pending' }]);
  expect(seen.network?.endpoints[0]?.addresses).toHaveLength(addresses);
});
