import { hash, randomBytes } from 'node:crypto';

/** The only source of chance in the embedded cloud: ids, tokens and keys come from here. */
export interface Chance {
  /** `length` lower-case hexadecimal digits. */
  hex(length: number): string;
  /** `length` characters A–Z and 2–7, as in access keys and zone ids. */
  base32(length: number): string;
  /** A UUID. */
  uuid(): string;
}

function fromBytes(bytes: (count: number) => Uint8Array): Chance {
  const hex = (length: number) =>
    Buffer.from(bytes(Math.ceil(length / 2)))
      .toString('hex')
      .slice(0, length);
  return {
    hex,
    base32: (length) => Array.from(bytes(length), (byte) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[byte & 31]).join(''),
    uuid() {
      const all = hex(32);
      return `${all.slice(0, 8)}-${all.slice(8, 12)}-4${all.slice(13, 16)}-8${all.slice(17, 20)}-${all.slice(20)}`;
    },
  };
}

/** Unpredictable, for a cloud that people use. */
export const systemChance = (): Chance => fromBytes((count) => randomBytes(count));

/** The same sequence for the same seed, for tests. */
export function seededChance(seed: string): Chance {
  let counter = 0;
  return fromBytes((count) => {
    const blocks: Buffer[] = [];
    for (let have = 0; have < count; have += 32) {
      blocks.push(hash('sha256', `${seed}:${counter++}`, 'buffer'));
    }
    return Buffer.concat(blocks).subarray(0, count);
  });
}
