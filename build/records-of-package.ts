import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PackagedRecords } from '../shared/packaged-records.ts';
import { findPolicyFile, openPolicy } from '../shared/policy/file/open.ts';
import { normalizeName } from '../shared/records/names.ts';
import { type AllowedRecords, fitParameters, withAllowedRecords } from './templates/allowed-records.ts';

/** Functions that read the lists. */
const READERS = ['reconcile', 'api', 'report', 'sweep', 'sweep-region'];

/**
 * The lists to write into the package; `undefined`: they are parameters of the stack.
 * Parameters that are given go before the zones of this account in the policy file.
 * @param root folder of the project, where the policy file is looked for
 * @param words `Name=value` of each `--param`
 * @throws PolicyFileError
 */
export async function recordsOfPackage(
  root: string,
  words: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<PackagedRecords | undefined> {
  const given = recordsOfParameters(words);
  const zoneRoleZones = listOf(words, 'ZoneRoleZones');
  const known = given ?? (await recordsOfPolicy(root, environment));
  if (known === undefined || fitParameters(known, zoneRoleZones)) return undefined;
  return { zones: [...known.zones], names: known.names.map(normalizeName), zoneRoleZones: [...zoneRoleZones] };
}

/** Of `--param`, if both lists are given. */
function recordsOfParameters(words: readonly string[]): AllowedRecords | undefined {
  const zones = listOf(words, 'AllowedZones');
  const names = listOf(words, 'AllowedNames');
  return zones.length === 0 || names.length === 0 ? undefined : { zones, names };
}

async function recordsOfPolicy(
  root: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<AllowedRecords | undefined> {
  const file = findPolicyFile(root, environment);
  if (file === undefined) return undefined;
  const { zones } = (await openPolicy(file, undefined)).policy;
  const own = zones.filter(({ roleArn }) => roleArn === undefined);
  return own.length === 0 ? undefined : merged(own);
}

/** The zones of each role in a policy file, by the role's ARN. */
export async function recordsByRole(file: string): Promise<ReadonlyMap<string, AllowedRecords>> {
  const { zones } = (await openPolicy(file, undefined)).policy;
  const byRole = Map.groupBy(zones, ({ roleArn }) => roleArn);
  return new Map([...byRole].flatMap(([role, some]) => (role === undefined ? [] : [[role, merged(some)] as const])));
}

const merged = (
  zones: readonly { readonly id: string; readonly allowedNames: readonly string[] }[],
): AllowedRecords => ({
  zones: zones.map(({ id }) => id),
  names: [...new Set(zones.flatMap(({ allowedNames }) => allowedNames))],
});

function listOf(words: readonly string[], name: string): readonly string[] {
  const word = words.findLast((one) => one.startsWith(`${name}=`));
  const items = (word ?? '').slice(name.length + 1).split(',');
  return items.map((item) => item.trim()).filter((item) => item !== '');
}

/** Puts the lists beside the bundles, where the functions read them, or takes those of an earlier package away. */
export async function writeRecords(outDir: string, records: PackagedRecords | undefined): Promise<void> {
  const files = READERS.map((name) => join(outDir, name, 'allowed-records.json'));
  await Promise.all(
    files.map((file) => (records === undefined ? rm(file, { force: true }) : writeFile(file, JSON.stringify(records)))),
  );
}

/** The hub's template with the lists in it, and in its metadata, for whoever compares it with a later one. */
export function templateWithRecords(template: unknown, records: PackagedRecords): Record<string, unknown> {
  return { ...withAllowedRecords(template, records), Metadata: { AllowedRecords: records } };
}
