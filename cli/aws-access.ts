import { Resolver } from 'node:dns/promises';
import { z } from 'zod';
import type { ClientConfig } from '../shared/aws/client-config.ts';
import { errorMessage } from '../shared/errors.ts';
import { EMBEDDED_URL } from './command.ts';
import { ConnectError, UsageError } from './errors.ts';

/** The part of `/_embedded/ready` that is used here. */
const readySchema = z.object({ api: z.url().optional(), dns: z.looseObject({ public: z.string() }) });
export type EmbeddedCloudAddresses = z.output<typeof readySchema>;

/** How to reach AWS. */
export interface AwsAccess {
  readonly config: ClientConfig;
  /** Only of the embedded cloud. */
  readonly embedded: EmbeddedCloudAddresses | undefined;
}

/** Any key is root of the embedded cloud's account. */
const EMBEDDED_CREDENTIALS = { accessKeyId: 'embedded', secretAccessKey: 'embedded' };
const EMBEDDED_REGION = 'ap-northeast-1';

/**
 * AWS by its own conventions (AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL), or the embedded cloud: by `--local`, or because
 * AWS_ENDPOINT_URL leads to one on this machine. `--local` ignores AWS_PROFILE and takes a key from the environment.
 * @throws ConnectError, UsageError
 */
export async function awsAccess(options: {
  readonly local?: string | true | undefined;
  readonly region?: string | undefined;
}): Promise<AwsAccess> {
  const local = options.local === true ? EMBEDDED_URL : options.local;
  const embedded = await (local === undefined ? embeddedByEnvironment() : embeddedAt(local));
  const { AWS_REGION, AWS_DEFAULT_REGION, AWS_ACCESS_KEY_ID, AWS_PROFILE } = process.env;
  const region = options.region ?? AWS_REGION ?? AWS_DEFAULT_REGION ?? (embedded && EMBEDDED_REGION);
  const hasKey = AWS_ACCESS_KEY_ID !== undefined || (local === undefined && AWS_PROFILE !== undefined);
  return {
    config: {
      ...(region === undefined ? {} : { region }),
      ...(local === undefined ? {} : { endpoint: local }),
      ...(embedded === undefined || hasKey ? {} : { credentials: EMBEDDED_CREDENTIALS }),
    },
    embedded,
  };
}

/** The region a client asks in. @throws ConnectError */
export async function regionFor({ config }: { readonly config: { region(): Promise<string> } }): Promise<string> {
  try {
    return await config.region();
  } catch {
    throw new ConnectError(
      'No AWS region is set. Set AWS_REGION or a region in the AWS profile, or pass --local for the embedded cloud of "npm start".',
    );
  }
}

/** A resolver with the public view of the embedded cloud. */
export function embeddedResolver({ dns }: EmbeddedCloudAddresses): Resolver {
  const resolver = new Resolver({ timeout: 2000, tries: 2 });
  resolver.setServers([dns.public]);
  return resolver;
}

async function embeddedAt(url: string): Promise<EmbeddedCloudAddresses> {
  if (!URL.canParse(url)) throw new UsageError(`--local is "${url}", which is not a URL such as ${EMBEDDED_URL}.`);
  const elsewhere = 'If "npm start" printed another port, pass it: --local http://127.0.0.1:PORT.';
  let ready: unknown;
  try {
    ready = await askReady(url);
  } catch (error) {
    throw new ConnectError(
      `No embedded cloud answers at ${url}: ${reason(error)}. Start one with "npm start". ${elsewhere}`,
    );
  }
  const parsed = readySchema.safeParse(ready);
  if (parsed.success) return parsed.data;
  const isStarting = typeof ready === 'object' && ready !== null && Object.keys(ready).length === 0;
  throw new ConnectError(
    isStarting
      ? `The embedded cloud at ${url} is still starting; try again in a moment.`
      : `What answers at ${url} is not the embedded cloud of this product. ${elsewhere}`,
  );
}

async function embeddedByEnvironment(): Promise<EmbeddedCloudAddresses | undefined> {
  const endpoint = process.env.AWS_ENDPOINT_URL;
  if (endpoint === undefined) return undefined;
  if (!URL.canParse(endpoint)) {
    throw new ConnectError(`AWS_ENDPOINT_URL is "${endpoint}", which is not a URL such as ${EMBEDDED_URL}.`);
  }
  if (!['127.0.0.1', 'localhost', '[::1]'].includes(new URL(endpoint).hostname)) return undefined;
  try {
    return readySchema.safeParse(await askReady(endpoint)).data;
  } catch (error) {
    throw new ConnectError(
      `Nothing answers at AWS_ENDPOINT_URL (${endpoint}): ${reason(error)}. Start the embedded cloud with "npm start", or unset the variable.`,
    );
  }
}

/** @returns `undefined` for an answer that is not JSON. */
async function askReady(url: string): Promise<unknown> {
  const response = await fetch(new URL('/_embedded/ready', url));
  return response.json().catch(() => undefined);
}

/** The cause of a failed `fetch`, whose own message is empty of meaning. */
export function reason(error: unknown): string {
  return error instanceof Error && error.cause instanceof Error ? errorMessage(error.cause) : errorMessage(error);
}
