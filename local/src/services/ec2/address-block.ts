import { isIPv4, isIPv6 } from 'node:net';

/** A CIDR block of either family, as the numbers of its first and last address. */
export interface AddressBlock {
  readonly family: 4 | 6;
  readonly prefixLength: number;
  readonly first: bigint;
  readonly last: bigint;
}

/** The number of an IPv4 or IPv6 address. The text has to be one (`net.isIP`). */
export function addressNumber(address: string): bigint {
  if (isIPv4(address)) return address.split('.').reduce((number, byte) => number * 256n + BigInt(byte), 0n);
  const [head = '', tail] = address.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':'));
  const [before, after] = [groups(head), groups(tail ?? '')];
  const zeros = tail === undefined ? [] : Array<string>(8 - before.length - after.length).fill('0');
  return [...before, ...zeros, ...after].reduce((number, group) => number * 65536n + BigInt(`0x${group}`), 0n);
}

/** The canonical text of an address, the inverse of `addressNumber`. */
export function addressText(family: 4 | 6, number: bigint): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => (number >> shift) & 255n).join('.');
  const groups = Array.from({ length: 8 }, (_, index) => (number >> BigInt(112 - 16 * index)) & 0xffffn);
  // The URL standard's serialiser knows RFC 5952's shortest form.
  return new URL(`http://[${groups.map((group) => group.toString(16)).join(':')}]`).hostname.slice(1, -1);
}

/**
 * Reads `10.0.0.0/16` or `2001:db8::/56`; bits beyond the prefix are cleared, as EC2 does
 * ("100.68.0.18/18 becomes 100.68.0.0/18", documented). `undefined` when the text is no CIDR block.
 */
export function parseBlock(text: string): AddressBlock | undefined {
  const [address = '', prefix = '', ...rest] = text.split('/');
  const family = isIPv4(address)
    ? 4
    : isIPv6(address) && !address.includes('.') && !address.includes('%')
      ? 6
      : undefined;
  const bits = family === 4 ? 32 : 128;
  if (family === undefined || rest.length > 0 || !/^\d{1,3}$/.test(prefix) || Number(prefix) > bits) return undefined;
  const size = 1n << BigInt(bits - Number(prefix));
  const first = (addressNumber(address) / size) * size;
  return { family, prefixLength: Number(prefix), first, last: first + size - 1n };
}

/** `10.0.0.0/16`. */
export const blockText = (block: AddressBlock): string =>
  `${addressText(block.family, block.first)}/${block.prefixLength}`;

export const overlaps = (one: AddressBlock, other: AddressBlock): boolean =>
  one.family === other.family && one.first <= other.last && other.first <= one.last;

export const contains = (outer: AddressBlock, inner: AddressBlock): boolean =>
  outer.family === inner.family && outer.first <= inner.first && inner.last <= outer.last;

/** Whether `blocks` together leave no address of `target` out. */
export function cover(blocks: readonly AddressBlock[], target: AddressBlock): boolean {
  let next = target.first;
  const sorted = blocks.filter((block) => overlaps(block, target)).sort((a, b) => (a.first < b.first ? -1 : 1));
  for (const block of sorted) {
    if (block.first > next) return false;
    if (block.last >= next) next = block.last + 1n;
  }
  return next > target.last;
}
