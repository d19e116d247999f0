/** Smallest subnet that AWS makes (documented), and enough for an endpoint. */
const PREFIX = 28;
const SIZE = 2 ** (32 - PREFIX);

interface Range {
  readonly first: number;
  readonly last: number;
}

function range(block: string): Range {
  const [address = '', prefix = '32'] = block.split('/');
  const first = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  return { first, last: first + 2 ** (32 - Number(prefix)) - 1 };
}

/** The first /28 within the VPC's IPv4 ranges that no subnet has, or `undefined`. */
export function freeBlock(vpcBlocks: readonly string[], subnetBlocks: readonly string[]): string | undefined {
  const taken = subnetBlocks.map(range);
  for (const { first, last } of vpcBlocks.map(range)) {
    for (let start = first; start + SIZE - 1 <= last; ) {
      const end = start + SIZE - 1;
      const blocking = taken.find((one) => one.first <= end && start <= one.last);
      if (blocking === undefined) return `${address(start)}/${PREFIX}`;
      start = Math.max(end + 1, blocking.last + 1);
    }
  }
  return undefined;
}

const address = (value: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
