import { describe, expect, test } from 'vitest';
import { apiTypes } from '../../scripts/docs/api-types.ts';

const document = (schema: object) => ({ paths: {}, components: { schemas: { One: schema } } });
const typeOf = (schema: object) =>
  / One: ([\s\S]*);\n {2}\};\n\}\n$/.exec(apiTypes(document(schema)))?.[1]?.replaceAll(/\s+/g, ' ');

describe('types of OpenAPI schemas', () => {
  test.each<[object, string]>([
    [{ type: 'string' }, 'string'],
    [{ type: 'integer' }, 'number'],
    [{ type: ['string', 'null'] }, 'string | null'],
    [{ const: 'gone' }, "'gone'"],
    [{ type: 'string', enum: ['a', 'b'] }, "'a' | 'b'"],
    [{ type: 'array', items: { $ref: '#/components/schemas/Two' } }, "components['schemas']['Two'][]"],
    [{ type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'null' }] } }, '(string | null)[]'],
    [
      { type: 'object', properties: { a: { type: 'string' }, 'b-c': {} }, required: ['a'] },
      "{ a: string; 'b-c'?: unknown; }",
    ],
    [
      { type: 'object', properties: { a: { type: 'string', description: 'What' } }, additionalProperties: false },
      '{ /** What */ a?: string; }',
    ],
    [{ type: 'object', additionalProperties: { type: 'string' } }, 'Record<string, string>'],
    [{ type: 'object', additionalProperties: {} }, 'Record<string, unknown>'],
    [{ type: 'object', properties: {}, additionalProperties: false }, 'Record<string, never>'],
    [
      { oneOf: [{ type: 'object', properties: { a: { type: 'number' } } }, { type: 'null' }] },
      '{ a?: number; } | null',
    ],
  ])('%j', (schema, type) => expect(typeOf(schema)).toBe(type));

  test('what is not known is an error', () => {
    expect(() => apiTypes(document({ type: 'date' }))).toThrow('a schema of type "date"');
  });
});
