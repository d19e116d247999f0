import { gunzipSync, gzipSync } from 'node:zlib';
import * as z from 'zod';

/**
 * The content of an item, compressed: JSON of many equal parts. An item holds 400 kB, which is enough if every account of
 * a large organisation fails, and for the names of a zone with 10,000 records, the quota.
 */
export function packed(content: object): Uint8Array {
  return gzipSync(JSON.stringify(content));
}

/** Only this stack writes these items, so only their outline is checked. */
export function unpacked<Content extends object>() {
  const outline = z.custom<Content>((value) => typeof value === 'object' && value !== null);
  return z.instanceof(Uint8Array).transform((bytes) => outline.parse(JSON.parse(gunzipSync(bytes).toString('utf8'))));
}
