import * as z from 'zod';
import { accountId, regionName } from './formats.ts';
import type { Path } from './positions.ts';
import { exceptionSchema, networkSchema, organizationSchema, ruleSchema, zoneSchema } from './schema.ts';

/** A value and where it is in the document. */
export interface Placed<Value> {
  readonly path: Path;
  readonly value: Value;
}

/** The items of a list that fit. */
export interface Section<Value> {
  readonly items: readonly Placed<Value>[];
  /** Whether all of them do: then one that is not in it is not in the file. */
  readonly complete: boolean;
}

export type PartialNetwork = z.output<typeof networkSchema>;
export type PartialZone = z.output<typeof zoneSchema>;
export type PartialRule = z.output<typeof ruleSchema>;
export type PartialException = z.output<typeof exceptionSchema>;

/** What of a document fits, so that it can be checked whatever is wrong with the rest. */
export interface PartialPolicyDocument {
  /** Keys at the top, whether what they hold fits or not. */
  readonly given: ReadonlySet<string>;
  readonly accounts: Section<string>;
  readonly organization: z.output<typeof organizationSchema> | undefined;
  readonly regions: Section<string>;
  readonly networks: Section<PartialNetwork>;
  readonly zones: Section<PartialZone>;
  readonly rules: Section<PartialRule>;
  readonly exceptions: Section<PartialException>;
}

export function partialDocumentOf(document: unknown): PartialPolicyDocument {
  const keys = z.record(z.string(), z.unknown()).safeParse(document).data ?? {};
  const section = <Schema extends z.ZodType>(key: string, schema: Schema): Section<z.output<Schema>> => {
    const list: readonly unknown[] = Array.isArray(keys[key]) ? keys[key] : [];
    const items = list.flatMap((item, index) => {
      const { success, data } = schema.safeParse(item);
      return success ? [{ path: [key, index], value: data }] : [];
    });
    return { items, complete: items.length === list.length && (keys[key] === undefined || Array.isArray(keys[key])) };
  };
  return {
    given: new Set(Object.keys(keys)),
    accounts: section('accounts', accountId),
    organization: organizationSchema.safeParse(keys.organization).data,
    regions: section('regions', regionName),
    networks: section('networks', networkSchema),
    zones: section('zones', zoneSchema),
    rules: section('rules', ruleSchema),
    exceptions: section('exceptions', exceptionSchema),
  };
}
