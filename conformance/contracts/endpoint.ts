import { CreateVpcEndpointCommand, DescribeSecurityGroupsCommand } from '@aws-sdk/client-ec2';
import { type Contract, outcomeOf, refusalOf } from '../contract.ts';
import type { World } from '../world.ts';

const create = async (world: World, more: object) =>
  world.clients.ec2.send(new CreateVpcEndpointCommand({ ...(await world.endpointRequest()), ...more }));

/** An endpoint that a client token made, and what the token means afterwards. */
const tokens = (world: World) =>
  world.once('client token', async () => {
    const ClientToken = world.run;
    const id = await world.createEndpoint({ ClientToken });
    const repeated = await create(world, { ClientToken });
    const mismatch = await outcomeOf(create(world, { ClientToken, TagSpecifications: [] }));
    await world.availableEndpoint(id);
    const second = await outcomeOf(create(world, {}));
    await world.deleteEndpoint(id);
    const again = await create(world, { ClientToken }).then(({ VpcEndpoint }) => VpcEndpoint?.VpcEndpointId, refusalOf);
    const isNew = again?.startsWith('vpce-') === true && again !== id;
    if (isNew) await world.once('endpoint', () => world.availableEndpoint(again));
    const afterDeletion = again === id ? 'the endpoint that is gone' : isNew ? 'a new endpoint' : (again ?? 'nothing');
    return {
      repeat: repeated.VpcEndpoint?.VpcEndpointId === id ? 'the same endpoint' : 'another endpoint',
      mismatch,
      second,
      afterDeletion,
    };
  });

export const endpointContracts: readonly Contract[] = [
  {
    id: 'endpoint-private-dns',
    fact: 'endpoint-service-name',
    asks: 'Can an endpoint for App Runner have private DNS?',
    expected: 'refused with InvalidParameter',
    answer: (world) => outcomeOf(create(world, { PrivateDnsEnabled: true })),
  },
  {
    id: 'endpoint-token-repeated',
    fact: 'create-endpoint-client-token',
    asks: 'What does CreateVpcEndpoint answer when it is repeated with its client token?',
    expected: 'the same endpoint',
    answer: async (world) => (await tokens(world)).repeat,
  },
  {
    id: 'endpoint-token-mismatch',
    fact: 'create-endpoint-client-token',
    asks: 'And with other parameters?',
    expected: 'refused with IdempotentParameterMismatch',
    answer: async (world) => (await tokens(world)).mismatch,
  },
  {
    id: 'endpoint-second-in-vpc',
    fact: 'one-endpoint-per-vpc',
    asks: 'Can a VPC have a second App Runner endpoint?',
    expected: 'refused with InvalidParameter',
    answer: async (world) => (await tokens(world)).second,
  },
  {
    id: 'endpoint-token-after-deletion',
    fact: 'create-endpoint-client-token',
    asks: 'What does a client token mean once its endpoint is deleted?',
    expected: 'the endpoint that is gone',
    answer: async (world) => (await tokens(world)).afterDeletion,
  },
  {
    id: 'endpoint-state-case',
    fact: 'endpoint-state-case',
    asks: 'How is the state of an endpoint written?',
    expected: 'available',
    answer: async (world) => String((await world.endpoint()).State),
  },
  {
    id: 'endpoint-dns-entries',
    fact: 'endpoint-dns-entries',
    asks: 'Which names does an endpoint have?',
    expected: 'the regional name, then one per zone, each with a hosted zone id',
    answer: async (world) => {
      const { DnsEntries = [] } = await world.endpoint();
      const [first, ...others] = DnsEntries.map(({ DnsName = '' }) => DnsName);
      const stem = first?.split('.')[0] ?? '-';
      const ordered = others.length > 0 && others.every((name) => name.startsWith(`${stem}-`));
      const ids = DnsEntries.every(({ HostedZoneId }) => HostedZoneId?.startsWith('Z'));
      return ordered && ids
        ? 'the regional name, then one per zone, each with a hosted zone id'
        : `${DnsEntries.length} names in another order, or without hosted zone ids`;
    },
  },
  {
    id: 'ec2-pages',
    fact: 'ec2-pages-may-be-short',
    asks: 'Does a page of a listing hold all that was asked for?',
    expected: 'yes',
    answer: async (world) => {
      const { clients, site } = world;
      await world.securityGroup();
      const Filters = [{ Name: 'vpc-id', Values: [site.vpcId] }];
      const { NextToken } = await clients.ec2.send(new DescribeSecurityGroupsCommand({ Filters, MaxResults: 1000 }));
      return NextToken === undefined ? 'yes' : 'no, it has a token for the rest';
    },
  },
];
