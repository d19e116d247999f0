import * as z from 'zod';
import { accountId, regionName } from './formats.ts';
import type { Path } from './positions.ts';
import { exceptionSchema, networkSchema, organizationSchema, ruleSchema, zoneSchema } from './schema.ts';

/** A value and where it is in the document. */
export interface Placed<Value> {
  readonly path: Path;
  readonly value: Value;
}

/** The lists of a policy document, by the schema of their items. */
const itemSchemas = {
  accounts: accountId,
  regions: regionName,
  networks: networkSchema,
  zones: zoneSchema,
  rules: ruleSchema,
  exceptions: exceptionSchema,
};

export type Sections = { readonly [Key in keyof typeof itemSchemas]: z.output<(typeof itemSchemas)[Key]> };

export interface Section<Value> {
  /** The items that are valid. */
  readonly items: readonly Placed<Value>[];
  /** Whether all of them are: then an item that is not here is not in the file. */
  readonly complete: boolean;
}

/** The valid parts of a document, so that they can be checked whatever is wrong with the others. */
export type PartialPolicyDocument = { readonly [Key in keyof Sections]: Section<Sections[Key]> } & {
  /** Keys at the top, whether their values are valid or not. */
  readonly given: ReadonlySet<string>;
  readonly organization: z.output<typeof organizationSchema> | undefined;
};

export function partialDocumentOf(document: unknown): PartialPolicyDocument {
  const keys = z.record(z.string(), z.unknown()).safeParse(document).data ?? {};
  const section = <Schema extends z.ZodType>(key: string, schema: Schema): Section<z.output<Schema>> => {
    const list: readonly unknown[] = Array.isArray(keys[key]) ? keys[key] : [];
    const items = list.flatMap((item, index) => {
      const parsed = schema.safeParse(item);
      return parsed.success ? [{ path: [key, index], value: parsed.data }] : [];
    });
    return { items, complete: items.length === list.length && (keys[key] === undefined || Array.isArray(keys[key])) };
  };
  return {
    given: new Set(Object.keys(keys)),
    organization: organizationSchema.safeParse(keys.organization).data,
    accounts: section('accounts', itemSchemas.accounts),
    regions: section('regions', itemSchemas.regions),
    networks: section('networks', itemSchemas.networks),
    zones: section('zones', itemSchemas.zones),
    rules: section('rules', itemSchemas.rules),
    exceptions: section('exceptions', itemSchemas.exceptions),
  };
}
