import { createHash } from 'node:crypto';
import { AwsError } from '../../wire/errors.ts';
import type { CallContext } from '../../wire/service.ts';
import type { World } from '../../world.ts';

export interface StoredObject {
  readonly key: string;
  readonly body: Uint8Array;
  readonly contentType: string;
  /** Such as `gzip`; what a client undoes. */
  readonly contentEncoding: string | undefined;
  readonly contentDisposition: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  /** With its quotation marks. */
  readonly etag: string;
  /** Milliseconds since the epoch. */
  readonly modified: number;
}

export interface Bucket {
  readonly name: string;
  readonly account: string;
  readonly region: string;
  /** Kept and returned, but not evaluated. */
  policy: string | undefined;
  /** By key. */
  readonly objects: Map<string, StoredObject>;
}

type Owner = Pick<CallContext, 'account' | 'region'>;

/** Documented: "Bucket naming rules". */
const NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** The buckets of all accounts: a name exists once in all of AWS. */
export class Buckets {
  readonly #world: World;
  readonly #buckets = new Map<string, Bucket>();

  constructor(world: World) {
    this.#world = world;
  }

  /** @throws AwsError InvalidBucketName, BucketAlreadyExists, BucketAlreadyOwnedByYou */
  create({ account, region }: Owner, name: string): Bucket {
    if (!NAME.test(name)) throw new AwsError('InvalidBucketName', 'The specified bucket is not valid.');
    const taken = this.#buckets.get(name);
    if (taken !== undefined) {
      const mine = taken.account === account;
      const message = mine
        ? 'Your previous request to create the named bucket succeeded and you already own it.'
        : 'The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.';
      throw new AwsError(mine ? 'BucketAlreadyOwnedByYou' : 'BucketAlreadyExists', message, { status: 409 });
    }
    const bucket: Bucket = { name, account, region, policy: undefined, objects: new Map() };
    this.#buckets.set(name, bucket);
    return bucket;
  }

  /** @throws AwsError NoSuchBucket, BucketNotEmpty */
  delete(owner: Pick<Owner, 'account'>, name: string): void {
    if (this.get(owner, name).objects.size > 0)
      throw new AwsError('BucketNotEmpty', 'The bucket you tried to delete is not empty', { status: 409 });
    this.#buckets.delete(name);
  }

  /** The bucket of that name, whoever owns it. */
  find(name: string): Bucket | undefined {
    return this.#buckets.get(name);
  }

  /** @throws AwsError NoSuchBucket; AccessDenied for a bucket of another account, whose policy is not evaluated. */
  get({ account }: Pick<Owner, 'account'>, name: string): Bucket {
    const bucket = this.#buckets.get(name);
    if (bucket === undefined)
      throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', { status: 404 });
    if (bucket.account !== account) throw new AwsError('AccessDenied', 'Access Denied', { status: 403 });
    return bucket;
  }

  of({ account }: Pick<Owner, 'account'>): readonly Bucket[] {
    return [...this.#buckets.values()].filter((bucket) => bucket.account === account);
  }

  put(bucket: Bucket, object: Omit<StoredObject, 'etag' | 'modified'>): StoredObject {
    const etag = `"${createHash('md5').update(object.body).digest('hex')}"`;
    const stored = { ...object, etag, modified: this.#world.clock.now() };
    bucket.objects.set(object.key, stored);
    return stored;
  }

  /** @throws AwsError NoSuchBucket, NoSuchKey, AccessDenied */
  object(owner: Pick<Owner, 'account'>, bucketName: string, key: string): StoredObject {
    const object = this.get(owner, bucketName).objects.get(key);
    if (object === undefined) throw new AwsError('NoSuchKey', 'The specified key does not exist.', { status: 404 });
    return object;
  }
}
