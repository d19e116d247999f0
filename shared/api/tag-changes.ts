import { parseDomain } from '../records/names.ts';
import { ADOPT_TAG, ALIAS_TAG, DOMAIN_TAGS, ENDPOINT_TAG, TAG, VPC_TAG, WILDCARD_LABEL, ZONE_TAG } from '../tags.ts';
import { type ProblemError, RequestProblem } from './problems.ts';
import type { AttachRequest } from './requests.ts';

export type Tags = Readonly<Record<string, string>>;

/** By key: the value it shall have, or `null` if it shall be gone. Keys that are not in it stay as they are. */
export type TagChanges = Readonly<Record<string, string | null>>;

/** The length limit of a tag value (docs/facts.md#tag-value-characters). */
const MAX_VALUE_LENGTH = 256;

/** @throws RequestProblem for what is not a domain name. */
export function attachTags({ domains, vpc, endpoint, strategy, zones }: AttachRequest): TagChanges {
  const given = (key: string, value: string | null | undefined): TagChanges =>
    value === undefined ? {} : { [key]: value };
  return {
    [TAG]: 'enabled',
    ...(domains === undefined ? {} : domainTags(tagNames(domains ?? []))),
    ...given(VPC_TAG, vpc),
    ...given(ENDPOINT_TAG, endpoint),
    ...given(ALIAS_TAG, strategy),
    ...given(ZONE_TAG, zones?.length === 0 ? null : zones?.join(' ')),
    ...(zones === null ? { [ZONE_TAG]: null } : {}),
  };
}

/**
 * Names that the tag has already stay in it.
 * @throws RequestProblem for what is not a domain name, and when they do not fit into one tag.
 */
export function adoptTags(domains: readonly string[], tags: Tags): TagChanges {
  const asked = (tags[ADOPT_TAG] ?? '').split(/\s+/).filter((word) => word !== '');
  const value = [...new Set([...asked, ...tagNames(domains)])].join(' ');
  if (value.length > MAX_VALUE_LENGTH) {
    const detail = `names of ${value.length} characters do not fit into one tag, which holds ${MAX_VALUE_LENGTH}: adopt fewer at once`;
    throw new RequestProblem('body-invalid', `#/domains: ${detail}`, { errors: [{ pointer: '#/domains', detail }] });
  }
  return { [ADOPT_TAG]: value };
}

/** Names as a tag spells them, each once. */
function tagNames(domains: readonly string[]): readonly string[] {
  const errors: ProblemError[] = [];
  const names = domains.flatMap((domain, index) => {
    const parsed = parseDomain(inTag(domain));
    if (parsed.ok) return [inTag(parsed.name)];
    errors.push({ pointer: `#/domains/${index}`, detail: parsed.reason });
    return [];
  });
  if (errors.length === 0) return [...new Set(names)];
  const detail = errors.map(({ pointer, detail: what }) => `${pointer}: ${what}`).join('; ');
  throw new RequestProblem('body-invalid', detail, { errors });
}

/** A tag value takes no `*` (docs/facts.md#tag-value-characters). */
const inTag = (name: string): string => name.replace(/^\*(?=\.)/, WILDCARD_LABEL);

/**
 * Spread over as few tags as hold them, in order; the others get an empty value, which removes their names at once. Without
 * the tag, the names would stay for the grace time. Five names always fit into five tags.
 */
function domainTags(names: readonly string[]): TagChanges {
  const values: string[] = [];
  for (const name of names) {
    const last = values.at(-1);
    const joined = last === undefined ? name : `${last} ${name}`;
    if (last === undefined || joined.length > MAX_VALUE_LENGTH) values.push(name);
    else values.splice(-1, 1, joined);
  }
  return Object.fromEntries(DOMAIN_TAGS.map((key, index) => [key, values[index] ?? '']));
}

/** The tags a service would have. */
export function changed(tags: Tags, changes: TagChanges): Tags {
  const { set, removed } = outstanding(tags, changes);
  const kept = Object.entries(tags).filter(([key]) => !removed.includes(key));
  return { ...Object.fromEntries(kept), ...set };
}

/** The changes that are not made yet. A tag that does not exist needs no empty value. */
export function outstanding(
  tags: Tags,
  changes: TagChanges,
): { readonly set: Tags; readonly removed: readonly string[] } {
  const set = Object.entries(changes).filter(
    (entry): entry is [string, string] => entry[1] !== null && (tags[entry[0]] ?? '') !== entry[1],
  );
  const removed = Object.keys(changes).filter((key) => changes[key] === null && Object.hasOwn(tags, key));
  return { set: Object.fromEntries(set), removed };
}
