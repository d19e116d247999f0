import type * as z from 'zod';

/** What services claim against each other: names, attempts to create an endpoint, shared validation records. */
export interface Claims {
  /** The current value, with a revision to write on. */
  get(claim: string): Promise<{ readonly value: unknown; readonly revision: number }>;
  /** The current values, `undefined` where there is none, with one call for up to 100 of them. */
  values(claims: readonly string[]): Promise<readonly unknown[]>;
  /**
   * Writes on condition that nothing was written since `revision`.
   * @returns whether it was written.
   */
  put(claim: string, value: object, revision: number): Promise<boolean>;
}

/** Others write between read and write at most a few times: each has its own service under lease. */
const MAX_RETRIES = 10;

/**
 * Reads, decides and writes, again whenever another writer was faster.
 * @param change the value that is to be there; the same object: nothing is written.
 * @returns the value that is there.
 * @throws ZodError for a damaged claim, which decides nothing.
 */
export async function changeClaim<Value extends object>(
  claims: Claims,
  claim: string,
  schema: z.ZodType<Value>,
  change: (value: Value) => Value | Promise<Value>,
): Promise<Value> {
  for (let attempt = 0; attempt < MAX_RETRIES; attempt++) {
    const { value, revision } = await claims.get(claim);
    const before = schema.parse(value ?? {});
    const after = await change(before);
    if (after === before || (await claims.put(claim, after, revision))) return after;
  }
  throw new Error(`The claim ${claim} changed ${MAX_RETRIES} times while it was being written.`);
}
