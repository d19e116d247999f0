import type { PartialPolicyDocument, Placed, Section } from './partial-document.ts';
import type { Path } from './positions.ts';

/** Reports a problem of the value at a path, or, where `of` says so, of the key it ends with. */
export type Report = (path: Path, message: string, of?: 'value' | 'key') => void;

/** @param now milliseconds since the epoch; without it, exceptions may have ended. */
export type DocumentCheck = (document: PartialPolicyDocument, report: Report, now: number | undefined) => void;

type SectionOf<Value> = (document: PartialPolicyDocument) => Section<Value>;

/** The lists of a document, by name. */
export const of = {
  accounts: (document: PartialPolicyDocument) => document.accounts,
  regions: (document: PartialPolicyDocument) => document.regions,
  networks: (document: PartialPolicyDocument) => document.networks,
  zones: (document: PartialPolicyDocument) => document.zones,
  rules: (document: PartialPolicyDocument) => document.rules,
  exceptions: (document: PartialPolicyDocument) => document.exceptions,
};

export const TWICE = 'is given twice; expected it once';

export function each<Value>(
  section: SectionOf<Value>,
  check: (item: Placed<Value>, ...more: Parameters<DocumentCheck>) => void,
): DocumentCheck {
  return (document, ...more) => {
    for (const item of section(document).items) check(item, document, ...more);
  };
}

/** @param at where the key is in the item. */
export function unique<Value>(
  section: SectionOf<Value>,
  keyOf: (value: Value) => string | undefined,
  at: Path,
  message: (value: Value) => string,
): DocumentCheck {
  return (document, report) => {
    const items = section(document).items.filter(({ value }) => keyOf(value) !== undefined);
    for (const { path, value } of repeated<Placed<Value>>(items, (item) => keyOf(item.value))) {
      report([...path, ...at], message(value));
    }
  };
}

export function noEffect<Value>(
  section: SectionOf<Value>,
  keys: readonly (keyof Value & string)[],
  when: (value: Value) => boolean,
  message: string,
): DocumentCheck {
  return each(section, ({ path, value }, _, report) => {
    if (!when(value)) return;
    for (const key of keys.filter((one) => value[one] !== undefined)) {
      report([...path, key], `"${key}" has no effect ${message}`, 'key');
    }
  });
}

/** Those that have the same key as an earlier one. */
function repeated<Item>(items: readonly Item[], keyOf: (item: Item) => unknown): readonly Item[] {
  const keys = items.map(keyOf);
  return items.filter((_, index) => keys.indexOf(keys[index]) < index);
}

export function reportRepeated(path: Path, values: readonly string[] | undefined, report: Report): void {
  for (const [index, value] of repeated([...(values ?? []).entries()], ([, one]) => one)) {
    report([...path, index], `${value} ${TWICE}`);
  }
}
