import { type Finding, finding } from '../findings.ts';
import { similar } from '../similar.ts';
import {
  ADOPT_TAG,
  ALIAS_TAG,
  DOMAIN_TAGS,
  ENDPOINT_TAG,
  OWNER_TAG,
  REASSOCIATE_TAG,
  TAG,
  VPC_TAG,
  ZONE_TAG,
} from '../tags.ts';

const OPTION_TAGS: readonly string[] = [
  ...DOMAIN_TAGS,
  VPC_TAG,
  ENDPOINT_TAG,
  ZONE_TAG,
  ADOPT_TAG,
  REASSOCIATE_TAG,
  ALIAS_TAG,
];
const KNOWN_TAGS: readonly string[] = [TAG, ...OPTION_TAGS, OWNER_TAG];

/** Tags that resemble the product's: misspelt, or in other capitals. */
export function unknownTagFindings(serviceArn: string, tags: Readonly<Record<string, string>>): readonly Finding[] {
  return Object.keys(tags)
    .filter((key) => key.toLowerCase().startsWith(TAG) && !KNOWN_TAGS.includes(key))
    .map((key) => {
      const meant = similar(key, KNOWN_TAGS);
      const hint = meant === undefined ? '' : ` Did you mean "${meant}"?`;
      const message = `The tag "${key}" has no meaning; it is ignored.${hint}`;
      return finding('tag-unknown', { resource: `${serviceArn}#${key}`, message });
    });
}

/** Tags that have no effect because the service lacks the tag that enables private ingress. */
export function incompleteTagFindings(serviceArn: string, tags: Readonly<Record<string, string>>): readonly Finding[] {
  const keys = OPTION_TAGS.filter((key) => Object.hasOwn(tags, key));
  if (keys.length === 0) return [];
  const message = `The tag "${TAG}" is missing, so ${keys.map((key) => `"${key}"`).join(', ')} has no effect.`;
  return [finding('tag-incomplete', { resource: serviceArn, message })];
}
