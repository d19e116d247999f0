import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { errorMessage, SettingsError } from './errors.ts';

const recordsSchema = z.strictObject({
  zones: z.array(z.string()),
  names: z.array(z.string()),
  zoneRoleZones: z.array(z.string()),
});

/** Lists of zones and names that are too long for environment variables. */
export type PackagedRecords = z.output<typeof recordsSchema>;

/** Beside the bundle that this is part of. */
const PACKAGED = new URL('allowed-records.json', import.meta.url);

/** @throws SettingsError */
export function readPackagedRecords(file: URL = PACKAGED): PackagedRecords | undefined {
  try {
    return recordsSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new SettingsError(`${file.pathname} is not what packaging writes (${errorMessage(error)}): deploy again.`);
  }
}
