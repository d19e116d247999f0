import { expect, test } from 'vitest';
import { seededChance } from '../../src/chance.ts';
import { parseBlock } from '../../src/services/ec2/address-block.ts';
import { InterfaceAddresses } from '../../src/services/ec2/interface-addresses.ts';
import { Ec2Network, type InterfaceRecord, type SubnetRecord } from '../../src/services/ec2/network.ts';
import { given } from './cloud.ts';

const subnet: SubnetRecord = {
  subnetId: 'subnet-1',
  vpcId: 'vpc-1',
  block: given(parseBlock('10.0.0.16/28')),
  ipv6Block: undefined,
  zone: { name: 'ap-northeast-1a', id: 'apne1-az4' },
};

/** A network in which just these addresses are taken. */
class Taken extends Ec2Network {
  readonly addresses: string[] = [];

  override interfaces(): readonly InterfaceRecord[] {
    return this.addresses.map((address, index) => ({
      networkInterfaceId: `eni-${index}`,
      endpointId: 'vpce-1',
      subnet,
      address,
      ipv6Address: undefined,
      macAddress: '',
      attachmentId: '',
      createdAt: 0,
    }));
  }
}

test('a /28 has 11 addresses to give: neither the first four nor the last', () => {
  const network = new Taken('123456789012', 'ap-northeast-1');
  const addresses = new InterfaceAddresses(seededChance('addresses'));
  for (let count = 0; count < 11; count++) network.addresses.push(addresses.ipv4(network, subnet, undefined));
  const expected = Array.from({ length: 11 }, (_, index) => `10.0.0.${20 + index}`);
  expect([...network.addresses].sort()).toEqual(expected);
  expect(() => addresses.ipv4(network, subnet, undefined)).toThrow('does not have enough free addresses');
});

test('reserved addresses go first, and an address in use is not given again', () => {
  const network = new Taken('123456789012', 'ap-northeast-1');
  const addresses = new InterfaceAddresses(seededChance('addresses'));
  addresses.reserve(subnet.subnetId, '10.0.0.30');
  addresses.reserve(subnet.subnetId, '10.0.0.29');
  for (let count = 0; count < 3; count++) network.addresses.push(addresses.ipv4(network, subnet, undefined));
  expect(network.addresses.slice(0, 2)).toEqual(['10.0.0.30', '10.0.0.29']);
  expect(new Set(network.addresses).size).toBe(3);
  expect(() => addresses.ipv4(network, subnet, '10.0.0.30')).toThrow('Address 10.0.0.30 is in use.');
});
