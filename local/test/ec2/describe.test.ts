import {
  CreateTagsCommand,
  CreateVpcCommand,
  DeleteSecurityGroupCommand,
  DeleteTagsCommand,
  DescribeAvailabilityZonesCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRegionsCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeTagsCommand,
  DescribeVpcEndpointServicesCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcsCommand,
  type EC2Client,
  type Filter,
} from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import { cloud, type Ec2TestCloud, endpoint, given, network, REGION, REQUESTS } from './cloud.ts';

const tagged = (name: string) => [{ ResourceType: 'vpc' as const, Tags: [{ Key: 'Name', Value: name }] }];

async function vpcs(...names: string[]) {
  return createVpcs(cloud(), names);
}

async function createVpcs(world: Ec2TestCloud, names: readonly string[]) {
  for (const [index, name] of names.entries()) {
    await world.client.send(new CreateVpcCommand({ CidrBlock: `10.${index}.0.0/16`, TagSpecifications: tagged(name) }));
  }
  return world;
}

test.each<[Filter[], string[]]>([
  [[], ['main', 'main-2', 'Main', 'a*b', 'ab']],
  [[{ Name: 'tag:Name', Values: ['main'] }], ['main']],
  [[{ Name: 'tag:Name', Values: ['main*'] }], ['main', 'main-2']],
  [[{ Name: 'tag:Name', Values: ['?ain'] }], ['main', 'Main']],
  [[{ Name: 'tag:Name', Values: ['a\\*b'] }], ['a*b']],
  [[{ Name: 'tag:Name', Values: ['a.b'] }], []],
  [[{ Name: 'tag:Name', Values: ['main', 'ab'] }], ['main', 'ab']],
  [
    [
      { Name: 'tag:Name', Values: ['main*'] },
      { Name: 'cidr', Values: ['10.1.0.0/16'] },
    ],
    ['main-2'],
  ],
  [
    [
      { Name: 'tag-key', Values: ['Name'] },
      { Name: 'state', Values: ['pending'] },
    ],
    [],
  ],
  [[{ Name: 'tag-key', Values: ['name'] }], []],
])('the filters %j pass %j', async (Filters, expected) => {
  const { client } = await vpcs('main', 'main-2', 'Main', 'a*b', 'ab');
  const { Vpcs } = await client.send(new DescribeVpcsCommand({ Filters }));
  expect(Vpcs?.map((vpc) => vpc.Tags?.[0]?.Value)).toEqual(expected);
});

test.each(['no-such-filter', 'toString', 'vpc-endpoint-id'])('the filter %s is invalid for VPCs', async (Name) => {
  const call = cloud().client.send(new DescribeVpcsCommand({ Filters: [{ Name, Values: ['x'] }] }));
  await expect(call).rejects.toMatchObject({
    name: 'InvalidParameterValue',
    message: `The filter '${Name}' is invalid`,
  });
});

test.each<[Filter, boolean]>([
  [{ Name: 'service-name', Values: [REQUESTS] }, true],
  [{ Name: 'service-name', Values: ['*.apprunner'] }, false],
  [{ Name: 'vpc-endpoint-state', Values: ['available', 'pending'] }, true],
  [{ Name: 'vpc-endpoint-state', Values: ['Pending'] }, false],
  [{ Name: 'vpc-endpoint-type', Values: ['Interface'] }, true],
  [{ Name: 'ip-address-type', Values: ['dualstack'] }, false],
  [{ Name: 'tag:private-ingress', Values: ['owner-1'] }, true],
])('endpoints and the filter %j: %s', async (filter, found) => {
  const world = cloud();
  await endpoint(world, await network(world), {
    TagSpecifications: [{ ResourceType: 'vpc-endpoint', Tags: [{ Key: 'private-ingress', Value: 'owner-1' }] }],
  });
  const { VpcEndpoints } = await world.client.send(new DescribeVpcEndpointsCommand({ Filters: [filter] }));
  expect(VpcEndpoints).toHaveLength(found ? 1 : 0);
});

test('pages', async () => {
  const { client } = await vpcs(...Array.from({ length: 12 }, (_, index) => `vpc ${index}`));
  const names: (string | undefined)[] = [];
  const sizes: (number | undefined)[] = [];
  let NextToken: string | undefined;
  do {
    const answer = await client.send(
      new DescribeVpcsCommand({ MaxResults: 5, ...(NextToken === undefined ? {} : { NextToken }) }),
    );
    names.push(...given(answer.Vpcs).map((vpc) => vpc.Tags?.[0]?.Value));
    sizes.push(answer.Vpcs?.length);
    NextToken = answer.NextToken;
  } while (NextToken !== undefined);
  expect(sizes).toEqual([5, 5, 2]);
  expect(new Set(names).size).toBe(12);
});

test('page sizes and tokens that are not right', async () => {
  const { client } = cloud();
  const vpcPage = (MaxResults: number) => client.send(new DescribeVpcsCommand({ MaxResults }));
  await expect(vpcPage(4)).rejects.toMatchObject({
    name: 'InvalidParameterValue',
    message: 'Value ( 4 ) for parameter maxResults is invalid. Expecting a value greater than 5.',
  });
  await expect(vpcPage(1001)).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  await expect(client.send(new DescribeVpcEndpointsCommand({ MaxResults: 1001 }))).resolves.toMatchObject({
    VpcEndpoints: [],
  });
  await expect(client.send(new DescribeVpcsCommand({ NextToken: 'mine' }))).rejects.toMatchObject({
    name: 'InvalidNextToken',
  });
});

test('a page may hold fewer items than requested, and then has a token', async () => {
  const { client } = await createVpcs(
    cloud({ switches: { smallPages: true } }),
    Array.from({ length: 5 }, (_, index) => `vpc ${index}`),
  );
  const sizes: (number | undefined)[] = [];
  let NextToken: string | undefined;
  do {
    const answer = await client.send(new DescribeVpcsCommand(NextToken === undefined ? {} : { NextToken }));
    sizes.push(answer.Vpcs?.length);
    NextToken = answer.NextToken;
  } while (NextToken !== undefined);
  expect(sizes).toEqual([2, 2, 1]);
  expect((await client.send(new DescribeVpcsCommand({ MaxResults: 5 }))).Vpcs).toHaveLength(2);
});

const Filters = [{ Name: 'no-such-filter', Values: ['x'] }];

// Every operation that takes filters.
test.each<[string, (client: EC2Client) => Promise<object>]>([
  ['DescribeVpcs', (client) => client.send(new DescribeVpcsCommand({ Filters }))],
  ['DescribeSubnets', (client) => client.send(new DescribeSubnetsCommand({ Filters }))],
  ['DescribeSecurityGroups', (client) => client.send(new DescribeSecurityGroupsCommand({ Filters }))],
  ['DescribeSecurityGroupRules', (client) => client.send(new DescribeSecurityGroupRulesCommand({ Filters }))],
  ['DescribeVpcEndpoints', (client) => client.send(new DescribeVpcEndpointsCommand({ Filters }))],
  ['DescribeVpcEndpointServices', (client) => client.send(new DescribeVpcEndpointServicesCommand({ Filters }))],
  ['DescribeNetworkInterfaces', (client) => client.send(new DescribeNetworkInterfacesCommand({ Filters }))],
  ['DescribeTags', (client) => client.send(new DescribeTagsCommand({ Filters }))],
  ['DescribeAvailabilityZones', (client) => client.send(new DescribeAvailabilityZonesCommand({ Filters }))],
  ['DescribeRegions', (client) => client.send(new DescribeRegionsCommand({ Filters }))],
])('%s checks filters even where there is nothing to filter', async (_, call) => {
  await expect(call(cloud().client)).rejects.toMatchObject({ name: 'InvalidParameterValue' });
});

test.each<[string, string, (client: EC2Client, id: string) => Promise<object>]>([
  ['sg-ABC', 'InvalidGroupId', (client, id) => client.send(new DescribeSecurityGroupsCommand({ GroupIds: [id] }))],
  ['default', 'InvalidGroupId', (client, id) => client.send(new DeleteSecurityGroupCommand({ GroupId: id }))],
  ['vpc_1', 'InvalidVpcID', (client, id) => client.send(new DescribeVpcsCommand({ VpcIds: [id] }))],
  ['10.0.0.0', 'InvalidSubnetID', (client, id) => client.send(new DescribeSubnetsCommand({ SubnetIds: [id] }))],
  [
    'vpc-1',
    'InvalidVpcEndpointId',
    (client, id) => client.send(new DescribeVpcEndpointsCommand({ VpcEndpointIds: [id] })),
  ],
  [
    'eni',
    'InvalidNetworkInterfaceId',
    (client, id) => client.send(new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [id] })),
  ],
])('the id %s is refused as %s.Malformed', async (id, code, call) => {
  await expect(call(cloud().client, id)).rejects.toMatchObject({
    name: `${code}.Malformed`,
    message: expect.stringContaining(`Invalid id: "${id}"`),
  });
});

test('DryRun does nothing but say that it would', async () => {
  const { client } = cloud();
  await expect(client.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16', DryRun: true }))).rejects.toMatchObject({
    name: 'DryRunOperation',
    $metadata: { httpStatusCode: 412 },
  });
  expect((await client.send(new DescribeVpcsCommand({}))).Vpcs).toEqual([]);
});

test('tags are set, changed, listed and removed', async () => {
  const world = cloud();
  const { client } = world;
  const { vpcId, a } = await network(world);
  await client.send(
    new CreateTagsCommand({
      Resources: [vpcId, a],
      Tags: [
        { Key: 'team', Value: 'x' },
        { Key: 'env', Value: 'dev' },
      ],
    }),
  );
  await client.send(new CreateTagsCommand({ Resources: [a], Tags: [{ Key: 'team', Value: 'y' }] }));
  const list = async (...Filters: Filter[]) =>
    (await client.send(new DescribeTagsCommand({ Filters }))).Tags?.map((tag) => [
      tag.ResourceType,
      tag.Key,
      tag.Value,
    ]);
  expect(await list({ Name: 'key', Values: ['team'] })).toEqual([
    ['vpc', 'team', 'x'],
    ['subnet', 'team', 'y'],
  ]);
  expect(await list({ Name: 'resource-id', Values: [a] })).toEqual([
    ['subnet', 'env', 'dev'],
    ['subnet', 'team', 'y'],
  ]);
  await client.send(new DeleteTagsCommand({ Resources: [a], Tags: [{ Key: 'team', Value: 'x' }, { Key: 'env' }] }));
  expect(await list({ Name: 'resource-type', Values: ['subnet'] })).toEqual([['subnet', 'team', 'y']]);
  await client.send(new DeleteTagsCommand({ Resources: [vpcId] }));
  expect(await list()).toEqual([['subnet', 'team', 'y']]);
});

test.each([
  ['aws:mine', 'x', 'InvalidParameterValue'],
  ['', 'x', 'InvalidParameterValue'],
  ['k'.repeat(128), 'x', 'InvalidParameterValue'],
  ['k', 'v'.repeat(256), 'InvalidParameterValue'],
])('the tag %j is refused', async (Key, Value, name) => {
  const world = cloud();
  const { vpcId } = await network(world);
  const call = world.client.send(new CreateTagsCommand({ Resources: [vpcId], Tags: [{ Key, Value }] }));
  await expect(call).rejects.toMatchObject({ name });
});

test('tagging what is not there, or too much', async () => {
  const world = cloud();
  const { vpcId } = await network(world);
  const tag = (id: string, count = 1) =>
    world.client.send(
      new CreateTagsCommand({
        Resources: [id],
        Tags: Array.from({ length: count }, (_, index) => ({ Key: `k${index}`, Value: '' })),
      }),
    );
  await expect(tag('vpce-0123')).rejects.toMatchObject({ name: 'InvalidVpcEndpointId.NotFound' });
  await expect(tag('banana')).rejects.toMatchObject({ name: 'InvalidID' });
  await expect(tag(vpcId, 51)).rejects.toMatchObject({ name: 'TagLimitExceeded' });
});

test('endpoint services are App Runner’s two, where App Runner is', async () => {
  const { client, as } = cloud();
  const names = async (of: typeof client) =>
    (await of.send(new DescribeVpcEndpointServicesCommand({ Filters: [{ Name: 'owner', Values: ['amazon'] }] })))
      .ServiceNames;
  expect(await names(client)).toEqual([`com.amazonaws.${REGION}.apprunner`, REQUESTS]);
  expect(await names(as({ region: 'sa-east-1' }))).toEqual([]);
});
