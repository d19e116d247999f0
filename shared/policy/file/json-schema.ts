import * as z from 'zod';
import { policyDocument } from './schema.ts';

export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** For editors: draft 7, the one that every YAML language server knows. */
export function policyJsonSchema(): JsonSchema {
  return z.toJSONSchema(policyDocument, { target: 'draft-7', io: 'input' });
}

/** The keys that a mapping may have; none where any may be. */
export function keysOf({ properties }: JsonSchema): readonly (readonly [key: string, schema: JsonSchema])[] {
  return Object.entries(properties ?? {}).flatMap(([key, schema]) =>
    typeof schema === 'object' ? [[key, schema]] : [],
  );
}

/** The schema of a list's items. */
export function itemsOf({ items }: JsonSchema): JsonSchema | undefined {
  return typeof items === 'object' && !Array.isArray(items) ? items : undefined;
}
