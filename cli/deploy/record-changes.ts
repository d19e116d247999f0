import type { AllowedRecords } from '../../build/templates/allowed-records.ts';

const MAX_LISTED = 10;

export function recordsOf({ AllowedZones = '', AllowedNames = '' }: Readonly<Record<string, string>>): AllowedRecords {
  const items = (text: string) => text.split(',').flatMap((item) => (item.trim() === '' ? [] : [item.trim()]));
  return { zones: items(AllowedZones), names: items(AllowedNames) };
}

/** What a deployment changes in the hosted zones and names that the stack may write, in lines. */
export function recordChanges(before: AllowedRecords, after: AllowedRecords): readonly string[] {
  return [...lines('AllowedZones', before.zones, after.zones), ...lines('AllowedNames', before.names, after.names)];
}

function lines(list: string, before: readonly string[], after: readonly string[]): readonly string[] {
  const removed = before.filter((item) => !after.includes(item));
  const added = after.filter((item) => !before.includes(item));
  return [
    ...(removed.length === 0 ? [] : [`${list}: the stack can no longer write ${shown(removed)}.`]),
    ...(added.length === 0 ? [] : [`${list}: the stack may now write ${shown(added)}.`]),
  ];
}

const shown = (items: readonly string[]): string =>
  items.length <= MAX_LISTED
    ? items.join(', ')
    : `${items.slice(0, MAX_LISTED).join(', ')} and ${items.length - MAX_LISTED} more`;
