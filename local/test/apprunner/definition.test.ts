import * as sdk from '@aws-sdk/client-apprunner';
import { describe, expect, test } from 'vitest';
import { cloud, endpointId, source, vpcId } from './cloud.ts';

test('operations that change something say so', () => {
  for (const { schema, writes } of cloud().appRunner.definition.operations) {
    expect(writes, schema[2]).toBe(!/^(Describe|List)/.test(schema[2]));
  }
});

describe('permissions', () => {
  const actions = (command: { readonly input: object }, aws = cloud()) =>
    aws.permissions(command).map(({ action, resources: [resource = ''] }) => `${action} ${resource}`);

  test('to create a service: on its future ARN, with its tags and the roles it is given', () => {
    const command = new sdk.CreateServiceCommand({
      ServiceName: 'orders',
      SourceConfiguration: source,
      InstanceConfiguration: { InstanceRoleArn: 'arn:aws:iam::123456789012:role/orders' },
      Tags: [{ Key: 'team', Value: 'blue' }],
    });
    const arn = 'arn:aws:apprunner:ap-northeast-1:123456789012:service/orders/*';
    expect(actions(command)).toEqual([
      `apprunner:CreateService ${arn}`,
      `apprunner:TagResource ${arn}`,
      'iam:PassRole arn:aws:iam::123456789012:role/orders',
    ]);
    expect(cloud().permissions(command)[0]?.conditions).toEqual({
      'aws:RequestTag/team': ['blue'],
      'aws:TagKeys': ['team'],
    });
  });

  test('to create a connection: narrowed by service, VPC and endpoint, and reads of the network', () => {
    const command = new sdk.CreateVpcIngressConnectionCommand({
      ServiceArn: 'arn:service',
      VpcIngressConnectionName: 'pi-1',
      IngressVpcConfiguration: { VpcId: vpcId, VpcEndpointId: endpointId },
    });
    expect(actions(command)).toEqual([
      'apprunner:CreateVpcIngressConnection arn:aws:apprunner:ap-northeast-1:123456789012:vpcingressconnection/pi-1/*',
      'ec2:DescribeVpcs *',
      'ec2:DescribeVpcEndpoints *',
      'ec2:DescribeSubnets *',
    ]);
    expect(cloud().permissions(command)[0]?.conditions).toEqual({
      'apprunner:ServiceArn': ['arn:service'],
      'apprunner:VpcId': [vpcId],
      'apprunner:VpcEndpointId': [endpointId],
    });
  });

  test('on what exists: its ARN and its tags', async () => {
    const aws = cloud();
    const ServiceArn = await aws.createService('orders', { Tags: [{ Key: 'team', Value: 'blue' }] });
    for (const command of [
      new sdk.DescribeServiceCommand({ ServiceArn }),
      new sdk.UpdateServiceCommand({ ServiceArn }),
      new sdk.DeleteServiceCommand({ ServiceArn }),
      new sdk.ListOperationsCommand({ ServiceArn }),
      new sdk.DescribeCustomDomainsCommand({ ServiceArn }),
      new sdk.AssociateCustomDomainCommand({ ServiceArn, DomainName: 'example.com' }),
      new sdk.ListTagsForResourceCommand({ ResourceArn: ServiceArn }),
    ]) {
      expect(aws.permissions(command)).toEqual([
        {
          action: `apprunner:${command.constructor.name.replace('Command', '')}`,
          resources: [ServiceArn],
          conditions: { 'aws:ResourceTag/team': ['blue'] },
        },
      ]);
    }
  });

  test('an update that names an outbound connector or roles has their condition keys', () => {
    const connector = 'arn:aws:apprunner:ap-northeast-1:123456789012:vpcconnector/a/1/b';
    const [update, ...roles] = cloud().permissions(
      new sdk.UpdateServiceCommand({
        ServiceArn: 'arn:service',
        SourceConfiguration: { AuthenticationConfiguration: { AccessRoleArn: 'arn:role' } },
        NetworkConfiguration: { EgressConfiguration: { EgressType: 'VPC', VpcConnectorArn: connector } },
      }),
    );
    expect(update?.conditions).toEqual({ 'apprunner:VpcConnectorArn': [connector] });
    expect(roles).toEqual([
      {
        action: 'iam:PassRole',
        resources: ['arn:role'],
        conditions: { 'iam:PassedToService': ['apprunner.amazonaws.com'] },
      },
    ]);
  });

  test('lists know no resource', () => {
    expect(actions(new sdk.ListServicesCommand({}))).toEqual(['apprunner:ListServices *']);
    expect(actions(new sdk.ListVpcIngressConnectionsCommand({}))).toEqual(['apprunner:ListVpcIngressConnections *']);
  });

  test('to delete a service with domains: to disassociate them, too', async () => {
    const aws = cloud();
    const ServiceArn = await aws.service();
    await aws.associate(ServiceArn, 'example.com');
    expect(actions(new sdk.DeleteServiceCommand({ ServiceArn }), aws)).toEqual([
      `apprunner:DeleteService ${ServiceArn}`,
      `apprunner:DisassociateCustomDomain ${ServiceArn}`,
    ]);
  });
});
