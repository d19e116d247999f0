import * as z from 'zod';
import { accountId, regionName } from './formats.ts';
import type { Path } from './positions.ts';
import { exceptionSchema, networkSchema, organizationSchema, ruleSchema, zoneSchema } from './schema.ts';

/** A value and where it is in the document. */
export interface Placed<Value> {
  readonly path: Path;
  readonly value: Value;
}

export type ValidParts = ReturnType<typeof validParts>;

/** The valid parts of a document, so that they can be checked whatever is wrong with the others. */
export function validParts(document: unknown) {
  const given = z.record(z.string(), z.unknown()).safeParse(document).data ?? {};
  /** `isComplete`: all items are valid, so an item that is not here is not in the file. */
  const list = <Schema extends z.ZodType>(key: string, schema: Schema) => {
    const values: readonly unknown[] = Array.isArray(given[key]) ? given[key] : [];
    const items = values.flatMap((item, index): readonly Placed<z.output<Schema>>[] => {
      const { success, data } = schema.safeParse(item);
      return success ? [{ path: [key, index], value: data }] : [];
    });
    return { items, isComplete: items.length === values.length && (given[key] ?? values) === values };
  };
  return {
    /** Keys at the top, whether their values are valid or not. */
    keys: Object.keys(given),
    organization: organizationSchema.safeParse(given.organization).data,
    accounts: list('accounts', accountId),
    regions: list('regions', regionName),
    networks: list('networks', networkSchema),
    zones: list('zones', zoneSchema),
    rules: list('rules', ruleSchema),
    exceptions: list('exceptions', exceptionSchema),
  };
}
