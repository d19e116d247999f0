import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findPolicyFile, openPolicy } from '../../../shared/policy/file/open.ts';
import { PolicyFileError } from '../../../shared/policy/file/problems.ts';
import { START } from '../../fixtures.ts';
import { completed } from './valid.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'policy-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the policy file', () => {
  it('is policy.yml where there is one', async () => {
    expect(findPolicyFile(folder, {})).toBeUndefined();
    await writeFile(join(folder, 'policy.yml'), '');
    expect(findPolicyFile(folder, {})).toBe(join(folder, 'policy.yml'));
  });

  it('is what POLICY_FILE says, there or not, and none where that is empty', async () => {
    await writeFile(join(folder, 'policy.yml'), '');
    expect(findPolicyFile(folder, { POLICY_FILE: 'other.yml' })).toBe(join(folder, 'other.yml'));
    expect(findPolicyFile(folder, { POLICY_FILE: '/somewhere/else.yml' })).toBe('/somewhere/else.yml');
    expect(findPolicyFile(folder, { POLICY_FILE: '' })).toBeUndefined();
  });

  it('is read and checked', async () => {
    const file = join(folder, 'policy.yml');
    await writeFile(file, completed(''));
    expect((await openPolicy(file, START)).policy.owner).toBe('platform');
    await writeFile(file, completed('owner: A\n'));
    await expect(openPolicy(file, START)).rejects.toThrow(`${file}:1:8: "A" is invalid`);
  });

  it('that cannot be read is a problem like any other', async () => {
    await expect(openPolicy(join(folder, 'nowhere.yml'), START)).rejects.toThrow(PolicyFileError);
    await expect(openPolicy(folder, START)).rejects.toThrow(`${folder}:1:1: the file cannot be read (EISDIR`);
  });
});
