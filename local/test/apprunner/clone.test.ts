import {
  DescribeCustomDomainsCommand,
  DescribeVpcIngressConnectionCommand,
  ListServicesCommand,
  ListVpcIngressConnectionsCommand,
} from '@aws-sdk/client-apprunner';
import { expect, it } from 'vitest';
import { account, cloud } from './cloud.ts';

const OTHER = '111122223333';

it('a clone stands beside the original, as it is, under other names, and in another account', async () => {
  const aws = cloud();
  const { serviceArn, connectionArn } = await aws.connected('orders');
  await aws.activate(serviceArn, 'orders.example.com');
  const rename = (text: string) =>
    text === account ? OTHER : text.replaceAll(`:${account}:`, `:${OTHER}:`).replaceAll('orders', 'cart');
  aws.appRunner.clone(serviceArn, rename);

  const place = { account: OTHER };
  const { ServiceSummaryList = [] } = await aws.send(new ListServicesCommand({}), place);
  expect(ServiceSummaryList).toMatchObject([
    { ServiceArn: rename(serviceArn), ServiceName: 'cart', Status: 'RUNNING' },
  ]);
  const { VpcIngressConnectionSummaryList } = await aws.send(new ListVpcIngressConnectionsCommand({}), place);
  expect(VpcIngressConnectionSummaryList).toEqual([
    { VpcIngressConnectionArn: rename(connectionArn), ServiceArn: rename(serviceArn) },
  ]);
  const describe = new DescribeVpcIngressConnectionCommand({ VpcIngressConnectionArn: rename(connectionArn) });
  const { VpcIngressConnection } = await aws.send(describe, place);
  expect(VpcIngressConnection).toMatchObject({ Status: 'AVAILABLE', AccountId: OTHER });

  // They share nothing: what becomes of one does not become of the other.
  await aws.associate(serviceArn, 'late.example.com');
  expect(await aws.domains(serviceArn)).toHaveLength(2);
  const describeDomains = new DescribeCustomDomainsCommand({ ServiceArn: rename(serviceArn) });
  const { CustomDomains } = await aws.send(describeDomains, place);
  expect(CustomDomains).toMatchObject([{ DomainName: 'cart.example.com', Status: 'active' }]);
});

it('refuses a clone of nothing, and one that would take the place of another', async () => {
  const aws = cloud();
  const serviceArn = await aws.service('orders');
  expect(() => aws.appRunner.clone('arn:nothing', (text) => text)).toThrow('there is no service arn:nothing');
  expect(() => aws.appRunner.clone(serviceArn, (text) => text)).toThrow('it exists');
});
