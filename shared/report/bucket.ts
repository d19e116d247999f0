import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { Hash } from '@smithy/core/serde';
import { SignatureV4 } from '@smithy/signature-v4';
import * as z from 'zod';
import type { ClientConfig } from '../aws/client-config.ts';
import { errorName } from '../errors.ts';
import { type ReportFormat, reportFormats } from './formats.ts';

/** Where the reports of sweeps are kept. */
export interface ReportBucket {
  /** Writes one format of the report of a sweep. */
  put(sweep: string, format: ReportFormat, text: string): Promise<void>;
  /** Whether the report of a sweep was written. */
  has(sweep: string): Promise<boolean>;
  /** An address at which whoever has it reads the report for a time. @param now milliseconds since the epoch. */
  address(sweep: string, format: ReportFormat, seconds: number, now: number): Promise<string>;
}

const key = (sweep: string, format: ReportFormat): string => `reports/${sweep}/report.${format}`;

/** The formats in the order in which they are written: a report is there once the last one is. */
const LAST = 'html' satisfies ReportFormat;

const compressed = promisify(gzip);

class Sha256 extends Hash {
  constructor(secret?: ConstructorParameters<typeof Hash>[1]) {
    super('sha256', secret);
  }
}

/** The S3 bucket `name`. */
export function s3ReportBucket(name: string, config: ClientConfig = {}): ReportBucket {
  const s3 = new S3Client(config);
  return {
    async put(sweep, format, text) {
      await s3.send(
        new PutObjectCommand({
          Bucket: name,
          Key: key(sweep, format),
          Body: await compressed(text),
          ContentType: `${reportFormats[format]}; charset=utf-8`,
          ContentEncoding: 'gzip',
        }),
      );
    },

    async has(sweep) {
      try {
        await s3.send(new HeadObjectCommand({ Bucket: name, Key: key(sweep, LAST) }));
        return true;
      } catch (error) {
        // The function may list the bucket: then a denial is never the answer for what is not there
        // (docs/facts.md#missing-object-without-list-right).
        if (['NotFound', 'NoSuchKey'].includes(errorName(error))) return false;
        throw error;
      }
    },

    async address(sweep, format, seconds, now) {
      const { protocol, hostname, port, path } = await addressed(s3, name, key(sweep, format));
      const host = port === undefined ? hostname : `${hostname}:${port}`;
      const signer = new SignatureV4({
        service: 's3',
        region: await s3.config.region(),
        credentials: s3.config.credentials,
        sha256: Sha256,
        // S3 encodes a path once.
        uriEscapePath: false,
      });
      const { query = {} } = await signer.presign(
        {
          ...{ method: 'GET', protocol, hostname, path, query: { 'x-id': 'GetObject' } },
          // No payload is signed.
          headers: { host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' },
        },
        { expiresIn: seconds, signingDate: new Date(now) },
      );
      const parameters = Object.entries(query).map((pair) =>
        pair.map((part) => encodeURIComponent(String(part))).join('='),
      );
      return `${protocol}//${host}${path}?${parameters.sort().join('&')}`;
    },
  };
}

const requestParts = z.object({
  protocol: z.string(),
  hostname: z.string(),
  port: z.number().optional(),
  path: z.string(),
});

/** Where the client would read an object. It sends nothing: the request is taken before it is signed. */
async function addressed(s3: S3Client, Bucket: string, Key: string): Promise<z.output<typeof requestParts>> {
  const command = new GetObjectCommand({ Bucket, Key });
  let taken: unknown;
  command.middlewareStack.add(
    () =>
      async ({ request }) => {
        taken = request;
        return { response: {}, output: { $metadata: {} } };
      },
    { step: 'build', priority: 'low', name: 'takeRequest' },
  );
  await s3.send(command);
  return requestParts.parse(taken);
}
