import type { Filter, Tag } from '@aws-sdk/client-ec2';
import { AwsError } from '../../wire/errors.ts';

/** What each filter of an operation looks at: the values an item has under that name. */
export type Fields<Item> = Readonly<Record<string, (item: Item) => readonly string[]>>;

/** `*` is any text, `?` any one character, and a backslash takes the meaning of either away (documented). */
function pattern(value: string): RegExp {
  const source = value.replace(/\\[*?\\]|[\s\S]/g, (piece) => {
    if (piece === '*') return '[\\s\\S]*';
    if (piece === '?') return '[\\s\\S]';
    return (piece.length === 2 ? piece.slice(1) : piece).replace(/[.*+?^${}()|[\]\\]/, '\\$&');
  });
  return new RegExp(`^${source}$`);
}

/**
 * The items that match every filter; a filter matches when any of its values does. Case counts (documented).
 *
 * | filter | looks at |
 * |---|---|
 * | `tag:Name` | the value of the tag `Name` |
 * | `tag-key` | the keys of the tags |
 * | any other | `fields[name]` |
 *
 * @throws AwsError `InvalidParameterValue` for a filter that the operation does not know.
 */
export function matching<Item>(
  items: readonly Item[],
  filters: readonly Filter[] | undefined,
  fields: Fields<Item>,
  tagsOf: (item: Item) => readonly Tag[],
): readonly Item[] {
  const tests = (filters ?? []).map((filter) => {
    const name = filter.Name ?? '';
    const patterns = (filter.Values ?? []).map(pattern);
    const values = valuesOf(name, fields, tagsOf);
    return (item: Item) => values(item).some((value) => patterns.some((expected) => expected.test(value)));
  });
  return items.filter((item) => tests.every((test) => test(item)));
}

function valuesOf<Item>(name: string, fields: Fields<Item>, tagsOf: (item: Item) => readonly Tag[]) {
  if (name === 'tag-key') return (item: Item) => tagsOf(item).map((tag) => tag.Key ?? '');
  if (name.startsWith('tag:')) {
    const key = name.slice('tag:'.length);
    return (item: Item) =>
      tagsOf(item)
        .filter((tag) => tag.Key === key)
        .map((tag) => tag.Value ?? '');
  }
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (field === undefined) throw new AwsError('InvalidParameterValue', `The filter '${name}' is invalid`);
  return field;
}
