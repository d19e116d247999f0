import { productTags, serviceTags, type TagDefinition } from '../../shared/tags.ts';
import type { GeneratedDocument } from './document.ts';
import { table } from './table.ts';

/** `docs/tags.md`, from `shared/tags.ts`. */
export function tagsDocument(): GeneratedDocument {
  const content = `<!-- Generated from shared/tags.ts by "npm run docs". -->
# Tags

## On App Runner services

These tags are requests. People, templates, the API and the command line write them, and every reconciliation reads them. The
stack removes only the two that request something once.

${tagTable(serviceTags)}

## On resources that the stack creates

${tagTable(productTags)}
`;
  return { path: 'docs/tags.md', content };
}

const tagTable = (tags: readonly TagDefinition[]): string =>
  table(
    ['key', 'value', 'meaning'],
    tags.map(({ key, values, meaning }) => [key.includes('`') ? key : `\`${key}\``, values, meaning]),
  );
