import { CreateTags$, CreateVpcEndpoint$, DescribeVpcEndpoints$, ModifyVpcEndpoint$ } from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import type { CallContext } from '../../src/wire/service.ts';
import { ACCOUNT, cloud, type Ec2TestCloud, endpoint, endpointInput, network, REGION, REQUESTS } from './cloud.ts';

const context: CallContext = {
  account: ACCOUNT,
  region: REGION,
  requestId: 'r',
  principal: { kind: 'root', account: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:root` },
  accessKeyId: ACCOUNT,
  userAgent: '',
  sourceAddress: '127.0.0.1',
};

function needed({ ec2 }: Ec2TestCloud, schema: unknown, input: object) {
  const found = ec2.definition.operations.find((operation) => operation.schema === schema);
  return found?.permissions(input, context);
}

const arn = (type: string, id: string) => `arn:aws:ec2:${REGION}:${ACCOUNT}:${type}/${id}`;

test('reading is on everything', () => {
  expect(needed(cloud(), DescribeVpcEndpoints$, { VpcEndpointIds: ['vpce-1'] })).toEqual([
    { action: 'ec2:DescribeVpcEndpoints', resources: ['*'] },
  ]);
});

test('every Describe is on everything, and nothing else but Get reads', () => {
  const { ec2 } = cloud();
  for (const operation of ec2.definition.operations) {
    const name = operation.schema[2];
    expect(operation.writes).toBe(!/^(Describe|Get)/.test(name));
    // What a Get names is its resource.
    if (name.startsWith('Describe'))
      expect(operation.permissions({}, context)).toEqual([{ action: `ec2:${name}`, resources: ['*'] }]);
  }
});

test('creating an endpoint is on each resource, with the service, the VPC and the tags as conditions', async () => {
  const world = cloud();
  const seeded = await network(world);
  const tags = [{ Key: 'owner', Value: 'one' }];
  const requestTags = { 'aws:RequestTag/owner': ['one'], 'aws:TagKeys': ['owner'] };
  const action = 'ec2:CreateVpcEndpoint';
  const inVpc = { 'ec2:Vpc': [arn('vpc', seeded.vpcId)] };
  const input = { ...endpointInput(seeded), TagSpecifications: [{ ResourceType: 'vpc-endpoint', Tags: tags }] };
  expect(needed(world, CreateVpcEndpoint$, input)).toEqual([
    {
      action,
      resources: [arn('vpc-endpoint', '*')],
      conditions: { 'ec2:VpceServiceName': [REQUESTS], ...requestTags },
    },
    {
      action: 'ec2:CreateTags',
      resources: [arn('vpc-endpoint', '*')],
      conditions: { 'ec2:CreateAction': ['CreateVpcEndpoint'], ...requestTags },
    },
    { action, resources: [arn('vpc', seeded.vpcId)], conditions: {} },
    { action, resources: [arn('subnet', seeded.a)], conditions: inVpc },
    { action, resources: [arn('subnet', seeded.c)], conditions: inVpc },
    { action, resources: [arn('security-group', seeded.groupId)], conditions: inVpc },
  ]);
});

test('what stands brings its own tags and service as conditions', async () => {
  const world = cloud();
  const { VpcEndpointId: id = '' } = await endpoint(world, await network(world), {
    TagSpecifications: [{ ResourceType: 'vpc-endpoint', Tags: [{ Key: 'owner', Value: 'one' }] }],
  });
  const own = { 'aws:ResourceTag/owner': ['one'], 'ec2:ResourceTag/owner': ['one'], 'ec2:VpceServiceName': [REQUESTS] };
  expect(needed(world, ModifyVpcEndpoint$, { VpcEndpointId: id })).toEqual([
    { action: 'ec2:ModifyVpcEndpoint', resources: [arn('vpc-endpoint', id)], conditions: own },
  ]);
  expect(needed(world, CreateTags$, { Resources: [id], Tags: [{ Key: 'a', Value: 'b' }] })).toEqual([
    {
      action: 'ec2:CreateTags',
      resources: [arn('vpc-endpoint', id)],
      conditions: { ...own, 'aws:RequestTag/a': ['b'], 'aws:TagKeys': ['a'] },
    },
  ]);
});
