import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import type { z } from 'zod';

/** `serverless.yml` as far as `schema` looks at it; CloudFormation's own tags (`!Ref` …) are read as plain values. */
export async function readStack<Schema extends z.ZodType>(schema: Schema): Promise<z.output<Schema>> {
  const text = await readFile(new URL('../../serverless.yml', import.meta.url), 'utf8');
  return schema.parse(parse(text, { logLevel: 'silent' }));
}
