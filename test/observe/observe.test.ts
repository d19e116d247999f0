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
import { emptyLedger, type OwnedResources } from '../../shared/plan/ledger.ts';
import { service } from '../fixtures.ts';

const unused = () => Promise.reject(new Error('not asked in this test'));

it.each<[string, OwnedResources, number]>([
  ['is not asked for a new service', emptyLedger, 0],
  ['is asked for one that the stack has made private', { ...emptyLedger, madePrivate: true }, 2],
])('at which addresses a pending endpoint is %s', async (_, ledger, addresses) => {
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
  const observer = new Observer({
    ...{ appRunner: new AppRunnerClient(config), ec2, vpcZones: route53, now: () => clock.now() },
    ...{ zones: { own: route53, shared: [] }, reads: new JoinedReads(), probe: () => unused },
    ...{ resolve: unused, issuers: unused, nameServers: unused, cname: unused },
  });
  const network = { vpcId, subnetIds: [], securityGroupIds: [], allowFrom: [] };
  const seen = await observer.world(
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
      ledger,
    },
  );
  expect(seen.network?.endpoints).toMatchObject([{ state: 'pending' }]);
  expect(seen.network?.endpoints[0]?.addresses).toHaveLength(addresses);
});
