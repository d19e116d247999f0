import type { NormalizedSchema } from '@smithy/core/schema';
import { NumericValue } from '@smithy/core/serde';
import { typeName } from './validation.ts';

const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** Base64 to bytes, or `undefined` for text that is none. */
export function bytesFromBase64(text: string): Uint8Array | undefined {
  const compact = text.replace(/\s/g, '');
  return BASE64.test(compact) ? new Uint8Array(Buffer.from(compact, 'base64')) : undefined;
}

/** A timestamp in any of AWS's three spellings: epoch seconds, ISO 8601, RFC 7231. */
export function dateFromText(text: string): Date | undefined {
  const milliseconds = NUMBER.test(text)
    ? Math.round(Number(text) * 1000)
    : /\d\d:\d\d/.test(text)
      ? Date.parse(text)
      : NaN;
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function parsed(ns: NormalizedSchema, text: string): unknown {
  if (ns.isStringSchema() || ns.isDocumentSchema()) return text;
  if (ns.isTimestampSchema()) return dateFromText(text);
  if (ns.isBlobSchema()) return bytesFromBase64(text);
  if (ns.isBooleanSchema()) {
    const lower = text.toLowerCase();
    return lower === 'true' ? true : lower === 'false' ? false : undefined;
  }
  if (ns.isNumericSchema() && /^(NaN|-?Infinity)$/.test(text)) return Number(text);
  if (!NUMBER.test(text)) return undefined;
  if (ns.isBigIntegerSchema()) return /^[-+]?\d+$/.test(text) ? BigInt(text) : undefined;
  return ns.isBigDecimalSchema() ? new NumericValue(text, 'bigDecimal') : Number(text);
}

/**
 * A scalar from the text of a header, a label, a form field or an XML element.
 * @throws what `refuse` makes of the type that was expected.
 */
export function fromText(ns: NormalizedSchema, text: string, refuse: (expected: string) => Error): unknown {
  const value = parsed(ns, text);
  if (value === undefined) throw refuse(typeName(ns));
  return value;
}
