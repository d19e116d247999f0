import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { parseTemplate } from './templates/yaml.ts';

/**
 * A file of the stack before packaging, as far as `schema` covers it: `serverless.yml`, or one that it includes.
 * @param path from the root of the repository, such as `stack/parameters.yml`
 * @throws YAMLParseError, ZodError
 */
export async function readStackSource<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
): Promise<z.output<Schema>> {
  return schema.parse(parseTemplate(await readFile(new URL(`../${path}`, import.meta.url), 'utf8')));
}
