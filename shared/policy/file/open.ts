import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { errorMessage } from '../../errors.ts';
import { type ParsedPolicy, parsePolicy } from './parse.ts';
import { PolicyFileError } from './problems.ts';

/**
 * Where the policy file is, as an absolute path: what `POLICY_FILE` says (empty: there is none), otherwise `policy.yml` in
 * the folder, if it is there.
 */
export function findPolicyFile(
  folder: string,
  { POLICY_FILE }: Readonly<Record<string, string | undefined>>,
): string | undefined {
  if (POLICY_FILE !== undefined) return POLICY_FILE === '' ? undefined : resolve(folder, POLICY_FILE);
  const standard = join(folder, 'policy.yml');
  return existsSync(standard) ? standard : undefined;
}

/**
 * Reads and checks a policy file.
 * @param now milliseconds since the epoch; exceptions that ended before are problems. Without it, they are not.
 * @throws PolicyFileError, also when it cannot be read
 */
export async function openPolicy(path: string, now: number | undefined): Promise<ParsedPolicy> {
  const shown = relative(process.cwd(), path);
  const name = shown.startsWith('..') ? path : shown;
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    const message = `the file cannot be read (${errorMessage(error)}); expected a policy file here`;
    throw new PolicyFileError(name, [{ line: 1, column: 1, message }]);
  });
  return parsePolicy(text, name, now);
}
