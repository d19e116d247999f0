import * as z from 'zod';
import { dayPattern } from './formats.ts';
import { policyDocument } from './schema.ts';

export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** For editors and validators: draft 7, which every YAML language server knows. */
export function policyJsonSchema(): JsonSchema {
  return z.toJSONSchema(policyDocument, {
    target: 'draft-7',
    io: 'input',
    override: ({ jsonSchema }) => {
      if (typeof jsonSchema.pattern === 'string') jsonSchema.pattern = portablePattern(jsonSchema.pattern);
      if (jsonSchema.pattern !== portablePattern(dayPattern.source)) return;
      // YAML 1.1 readers make a date of an unquoted day, which is of none of JSON's types.
      const { pattern } = jsonSchema;
      delete jsonSchema.type;
      delete jsonSchema.pattern;
      jsonSchema.anyOf = [
        { type: 'string', pattern },
        { not: { type: ['string', 'null', 'boolean', 'number', 'array', 'object'] } },
      ];
    },
  });
}

/**
 * A pattern in the syntax that JSON Schema recommends, because validators in other languages refuse the rest: no escapes
 * for classes of characters (`\p{L}`, `\d`, `\s`).
 * See https://json-schema.org/draft-07/json-schema-validation#rfc.section.4.3.
 */
function portablePattern(pattern: string): string {
  return (
    pattern
      // Letters and digits of other scripts: whatever is not ASCII.
      .replaceAll(/\[\\p\{L\}\\p\{N\}([^\]]*)\]/g, '([A-Za-z0-9$1]|[^ -~])')
      .replaceAll('[^\\s', '[^ ')
      .replaceAll('\\S', '[^ ]')
      .replaceAll('\\d', '[0-9]')
      .replaceAll('\\/', '/')
  );
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
