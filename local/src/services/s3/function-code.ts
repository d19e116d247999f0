import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { AwsError } from '../../wire/errors.ts';
import type { Buckets } from './buckets.ts';
import { unzip } from './unzip.ts';

/** Unpacks functions' code into folders of its own, which end with it. */
export class FunctionCode {
  readonly #buckets: Buckets;
  readonly #folders: string[] = [];

  constructor(buckets: Buckets) {
    this.#buckets = buckets;
  }

  /**
   * @param code `{S3Bucket, S3Key}`, or `{ZipFile}` with the source of `index.js`.
   * @returns the folder, and the package's SHA-256 in base64; `undefined` for an object that is not there.
   * @throws Error for one that is no zip.
   */
  async unpack(
    account: string,
    code: { S3Bucket?: unknown; S3Key?: unknown; ZipFile?: unknown },
  ): Promise<{ readonly folder: string; readonly sha256: string } | undefined> {
    const content = this.#packageOf(account, code);
    if (content === undefined) return undefined;
    const files = typeof code.ZipFile === 'string' ? new Map([['index.js', content]]) : unzip(content);
    const folder = await mkdtemp(join(tmpdir(), 'embedded-function-'));
    this.#folders.push(folder);
    for (const [name, file] of files) {
      const path = join(folder, name);
      if (relative(folder, path).startsWith('..')) throw new Error(`the package has a file outside itself: ${name}`);
      if (name.endsWith('/')) continue;
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, file);
    }
    return { folder, sha256: createHash('sha256').update(content).digest('base64') };
  }

  #packageOf(
    account: string,
    { S3Bucket, S3Key, ZipFile }: { S3Bucket?: unknown; S3Key?: unknown; ZipFile?: unknown },
  ): Buffer | undefined {
    if (typeof ZipFile === 'string') return Buffer.from(ZipFile);
    if (typeof S3Bucket !== 'string' || typeof S3Key !== 'string') return undefined;
    try {
      return Buffer.from(this.#buckets.object({ account }, S3Bucket, S3Key).body);
    } catch (error) {
      if (error instanceof AwsError) return undefined;
      throw error;
    }
  }

  async close(): Promise<void> {
    for (const folder of this.#folders.splice(0)) await rm(folder, { recursive: true, force: true });
  }
}
