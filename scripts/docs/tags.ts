import { productTags, serviceTags, type TagDefinition } from '../../shared/tags.ts';
import type { GeneratedDocument } from './document.ts';
import { table } from './table.ts';

/** `docs/tags.md`, from `shared/tags.ts`. */
export function tagsDocument(): GeneratedDocument {
  const content = `<!-- Generated from shared/tags.ts by "npm run docs". -->
# Tags

## On App Runner services

These say what is wanted. They are read at every look; nothing but people, scripts and the command line writes them.

${tagTable(serviceTags)}

## On what the stack creates

${tagTable(productTags)}
`;
  return { path: 'docs/tags.md', content };
}

const tagTable = (tags: readonly TagDefinition[]): string =>
  table(
    ['key', 'value', 'meaning'],
    tags.map(({ key, values, meaning }) => [key.includes('`') ? key : `\`${key}\``, values, meaning]),
  );
