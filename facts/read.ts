import { readFile } from 'node:fs/promises';
import { type Facts, parseFacts } from './schema.ts';

/** In the order of `docs/facts.md`. */
const topics = [
  'the-field-report',
  'vpc-ingress-connection',
  'service',
  'interface-endpoint',
  'custom-domains',
  'alias-target',
  'route-53',
  'events',
  'iam',
  's3',
  'cloudwatch',
  'lifecycle',
  'measured',
];

/** What is known of AWS. @throws FactsError when a file is wrong. */
export async function readFacts(): Promise<Facts> {
  const [sources, ...files] = await Promise.all([read('sources'), ...topics.map(read)]);
  return parseFacts(sources, files);
}

async function read(name: string): Promise<{ path: string; content: string }> {
  const file = `${name}.yml`;
  return { path: `facts/${file}`, content: await readFile(new URL(file, import.meta.url), 'utf8') };
}
