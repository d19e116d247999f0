import type { Chance } from '../../chance.ts';
import { AwsError } from '../../wire/errors.ts';
import { type AddressBlock, addressNumber, addressText, parseBlock } from './address-block.ts';
import type { Ec2Network, SubnetRecord } from './network.ts';

/** EC2 keeps the first four addresses of a subnet and the last one for itself (documented). */
const KEPT_AT_START = 4n;
const KEPT_AT_END = 1n;
export const KEPT_ADDRESSES = Number(KEPT_AT_START + KEPT_AT_END);

/** Which address a new network interface gets. */
export class InterfaceAddresses {
  readonly #chance: Chance;
  readonly #reserved = new Map<string, readonly string[]>();

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  /** Interfaces made in the subnet from now on get this address whenever it is free. */
  reserve(subnetId: string, address: string): void {
    this.#reserved.set(subnetId, [...(this.#reserved.get(subnetId) ?? []), address]);
  }

  /**
   * `wanted`, else the first reserved address that is free, else one by chance.
   * @throws AwsError `InvalidParameterValue` or `InvalidIPAddress.InUse` for a wanted address that cannot be had.
   */
  ipv4(network: Ec2Network, subnet: SubnetRecord, wanted: string | undefined): string {
    const taken = network.interfaces().map((item) => item.address);
    const usable = { first: subnet.block.first + KEPT_AT_START, last: subnet.block.last - KEPT_AT_END };
    if (wanted !== undefined) return this.#wanted(wanted, { ...subnet.block, ...usable }, taken);
    const reserved = this.#reserved.get(subnet.subnetId) ?? [];
    return (
      reserved.find((address) => !taken.includes(address)) ??
      this.#any({ ...subnet.block, ...usable }, taken, subnet.subnetId)
    );
  }

  /** An address of the subnet's IPv6 block. The subnet has to have one. */
  ipv6(network: Ec2Network, subnet: SubnetRecord, wanted: string | undefined): string {
    if (subnet.ipv6Block === undefined) {
      throw new AwsError(
        'InvalidParameter',
        `The subnet ${subnet.subnetId} has no IPv6 CIDR block, which the IP address type dualstack needs.`,
      );
    }
    const block = { ...subnet.ipv6Block, first: subnet.ipv6Block.first + KEPT_AT_START };
    const taken = network.interfaces().flatMap((item) => item.ipv6Address ?? []);
    return wanted === undefined ? this.#any(block, taken, subnet.subnetId) : this.#wanted(wanted, block, taken);
  }

  #wanted(wanted: string, usable: AddressBlock, taken: readonly string[]): string {
    const one = parseBlock(`${wanted}/${usable.family === 4 ? 32 : 128}`);
    if (one === undefined || one.first < usable.first || one.last > usable.last) {
      throw new AwsError('InvalidParameterValue', `Address ${wanted} does not fall within the subnet's address range`);
    }
    const address = addressText(usable.family, one.first);
    if (taken.includes(address)) throw new AwsError('InvalidIPAddress.InUse', `Address ${wanted} is in use.`);
    return address;
  }

  /** Starts at a random address and continues to the first free one, so that a new interface rarely gets an old one's address. */
  #any(usable: AddressBlock, taken: readonly string[], subnetId: string): string {
    const numbers = new Set(taken.map(addressNumber));
    const count = usable.last - usable.first + 1n;
    const start = BigInt(`0x${this.#chance.hex(16)}`);
    for (let step = 0n; step < count && step <= BigInt(numbers.size); step++) {
      const candidate = usable.first + ((start + step) % count);
      if (!numbers.has(candidate)) return addressText(usable.family, candidate);
    }
    throw new AwsError(
      'InsufficientFreeAddressesInSubnet',
      `The specified subnet ${subnetId} does not have enough free addresses to satisfy the request.`,
    );
  }
}
