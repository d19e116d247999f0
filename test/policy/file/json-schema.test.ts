import { readFile } from 'node:fs/promises';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { itemsOf, type JsonSchema, keysOf, policyJsonSchema } from '../../../shared/policy/file/json-schema.ts';
import { policyDocument } from '../../../shared/policy/file/schema.ts';
import { brokenParts } from './broken-parts.ts';
import { brokenValues } from './broken-values.ts';
import { completed } from './valid.ts';

const schema = policyJsonSchema();
const accepts = new Ajv({ strict: true, allowUnionTypes: true }).compile(schema);
const taken = (text: string): unknown => parse(text, { uniqueKeys: false, merge: false });

describe('the JSON Schema', () => {
  it('takes what is right', async () => {
    expect(accepts(taken(completed('')))).toBe(true);
    expect(accepts(taken(await readFile(new URL('../../../policy.example.yml', import.meta.url), 'utf8')))).toBe(true);
  });

  it.each([...brokenValues, ...brokenParts])(
    'refuses nothing that the code takes, and nearly all else: $what',
    ({ text }) => {
      const document = taken(text);
      const takenByCode = policyDocument.safeParse(document).success;
      // Ranges of addresses, days that do not exist: what has a function and no pattern.
      const onlyByCode = /allowFrom|until: 2026-02-30/.test(text);
      if (takenByCode || !onlyByCode) expect(accepts(document)).toBe(takenByCode);
      else expect(takenByCode).toBe(false);
    },
  );

  it('has patterns in the syntax that every validator knows', () => {
    const patterns = JSON.stringify(schema).matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g);
    const texts = [...patterns].map(([, text = '']): string => JSON.parse(text));
    expect(texts.length).toBeGreaterThan(10);
    for (const text of texts) expect(text).not.toMatch(/\\[a-zA-Z/]|\(\?/);
  });

  it('takes a day without quotes, of which YAML 1.1 readers make a date', () => {
    const exceptions = itemsOf(new Map(keysOf(schema)).get('exceptions') ?? {});
    const until = new Map(keysOf(exceptions ?? {})).get('until');
    expect(until).toEqual({
      anyOf: [
        { type: 'string', pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' },
        { not: { type: ['string', 'null', 'boolean', 'number', 'array', 'object'] } },
      ],
      description: expect.any(String),
    });
  });

  it('describes every key, and is closed', () => {
    const look = (at: string, part: JsonSchema): void => {
      for (const [key, inner] of keysOf(part)) {
        const path = `${at}.${key}`;
        expect(inner.description, path).toMatch(/[.:]$|`$/);
        for (const below of [inner, itemsOf(inner)]) if (below !== undefined) look(path, below);
      }
      if (keysOf(part).length > 0) expect(part.additionalProperties, at).toBe(false);
    };
    look('', schema);
    expect(schema.$schema).toBe('http://json-schema.org/draft-07/schema#');
  });
});
