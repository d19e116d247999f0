import type { NormalizedSchema } from '@smithy/core/schema';
import { AwsError } from './errors.ts';

/** How a service refuses an input that breaks the schema: same finding, another code and sentence for each protocol. */
export interface Refusals {
  /** The body is not JSON, XML, a form … at all. */
  malformed(detail: string): AwsError;
  /** The value at `path` is a `got` where the model has an `expected`. */
  wrongType(path: string, expected: string, got: string): AwsError;
  /** Required members that are not there; at least one. */
  missing(paths: readonly string[]): AwsError;
}

/** Members the schema requires. The SDK's schemas keep them first and carry only their count. */
export function requiredMembers(ns: NormalizedSchema): readonly string[] {
  const schema = ns.getSchema();
  if (!Array.isArray(schema) || (schema[0] !== 3 && schema[0] !== -3)) return [];
  return schema[4].slice(0, schema[6] ?? 0);
}

/** What a schema wants, in words for messages. */
export function typeName(ns: NormalizedSchema): string {
  if (ns.isStructSchema()) return 'structure';
  if (ns.isListSchema()) return 'list';
  if (ns.isMapSchema()) return 'map';
  if (ns.isTimestampSchema()) return 'timestamp';
  if (ns.isBlobSchema()) return 'base64 blob';
  if (ns.isBooleanSchema()) return 'boolean';
  if (ns.isStringSchema()) return 'string';
  return 'number';
}

const lowerFirst = (name: string) => name.charAt(0).toLowerCase() + name.slice(1);

/** Paths as AWS's validation messages spell them: `tags.1.member.key`. */
export const path = {
  member: (parent: string, name: string) => (parent === '' ? lowerFirst(name) : `${parent}.${lowerFirst(name)}`),
  item: (parent: string, index: number) => `${parent}.${index + 1}.member`,
  value: (parent: string, key: string) => `${parent}.${key}.member`,
};

/** `1 validation error detected: Value null at 'serviceArn' failed to satisfy constraint: Member must not be null`. */
function missingMessage(paths: readonly string[]): string {
  const found = paths.map((at) => `Value null at '${at}' failed to satisfy constraint: Member must not be null`);
  return `${paths.length} validation error${paths.length === 1 ? '' : 's'} detected: ${found.join('; ')}`;
}

/** `1 validation error detected: Value at 'tags' failed to satisfy constraint: Member must be a list, not a string`. */
const wrongTypeMessage = (at: string, expected: string, got: string): string =>
  `1 validation error detected: Value at '${at}' failed to satisfy constraint: Member must be a ${expected}, not a ${got}`;

/** The refusals of a service that has one code for all breaches of its schema. */
export const refusalsWith = (codes: { malformed: string; wrongType: string; missing: string }): Refusals => ({
  malformed: (detail) => new AwsError(codes.malformed, detail),
  wrongType: (at, expected, got) => new AwsError(codes.wrongType, wrongTypeMessage(at, expected, got)),
  missing: (paths) => new AwsError(codes.missing, missingMessage(paths)),
});
