import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DEFAULT_STACK } from '../../shared/command-line.ts';
import { errorMessage, errorName } from '../../shared/errors.ts';
import { awsAccess, regionFor } from '../aws-access.ts';
import { ConnectError, NoApiError, UsageError } from '../errors.ts';
import { listedServices } from '../listed-services.ts';
import type { ServicePath } from './service-path.ts';
import type { Signer } from './signed-fetch.ts';

/** Options that select the API. Without them: the API of the default stack. */
export interface TargetOptions {
  readonly stack?: string | undefined;
  readonly api?: string | undefined;
  readonly local?: string | true | undefined;
  /** Region of the stack. Without it: AWS_REGION, or the region of the profile. */
  readonly region?: string | undefined;
}

/** An HTTP API of this product, and the caller's access to it. */
export interface ApiTarget extends Signer {
  /** Without a trailing slash. */
  readonly url: string;
  /** The services that App Runner lists in the caller's account and region. */
  readonly listed: () => Promise<readonly ServicePath[]>;
  /** Milliseconds between two reads of a watched service. */
  readonly pace: number;
}

/** Each read costs a dozen AWS calls; in the embedded cloud they are free. */
const POLL_INTERVAL_MS = 5000;
const EMBEDDED_POLL_INTERVAL_MS = 500;

/** @throws ConnectError, UsageError */
export async function findTarget(options: TargetOptions): Promise<ApiTarget> {
  const given = options.api === undefined ? undefined : httpUrl(options.api);
  const { config, embedded } = await awsAccess({
    local: options.local,
    region: options.region ?? (given && regionOf(given)),
  });
  const client = new CloudFormationClient(config);
  const region = await regionFor(client);
  const { credentials } = client.config;
  const pace = embedded === undefined ? POLL_INTERVAL_MS : EMBEDDED_POLL_INTERVAL_MS;
  const target = { region, credentials, pace, listed: () => listedServices(config) };
  // The embedded cloud prints the API of its own stack; another stack is found by its name.
  if (options.local !== undefined && options.stack === undefined && embedded?.api !== undefined)
    return { ...target, url: embedded.api };
  const url = given ?? new URL(await apiOf(options.stack ?? DEFAULT_STACK, region, client));
  // Names of API Gateway do not resolve on this machine: the embedded cloud serves them all and distinguishes them by Host.
  if (embedded !== undefined && regionOf(url) !== undefined) {
    if (embedded.api === undefined) throw new NoApiError('The embedded cloud serves no API.');
    return { ...target, url: embedded.api, host: url.host };
  }
  return { ...target, url: url.href.replace(/\/$/, '') };
}

function httpUrl(text: string): URL {
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol)) return url;
  throw new UsageError(
    `--api is "${text}", which is not the URL of an API, such as https://abcdefghij.execute-api.eu-west-1.amazonaws.com.`,
  );
}

/** The region is part of every URL of API Gateway, but not of a custom domain name. */
function regionOf({ hostname }: URL): string | undefined {
  return /\.execute-api\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?$/.exec(hostname)?.[1];
}

async function apiOf(stack: string, region: string, client: CloudFormationClient): Promise<string> {
  const instead =
    'Name the stack with --stack and its region with AWS_REGION, or the API itself with --api; --local uses an embedded cloud.';
  let outputs: Readonly<Record<string, string | undefined>>;
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: stack }));
    outputs = Object.fromEntries(
      Stacks.flatMap(({ Outputs = [] }) => Outputs).map((one) => [one.OutputKey, one.OutputValue]),
    );
  } catch (error) {
    // CloudFormation has no separate error for it (documented): "Stack with id … does not exist".
    if (errorName(error) === 'ValidationError' && /does not exist/.test(errorMessage(error))) {
      throw new NoApiError(`There is no stack ${stack} in ${region}. ${instead}`);
    }
    if (errorName(error) === 'CredentialsProviderError') throw error;
    throw new ConnectError(
      `The outputs of stack ${stack} cannot be read in ${region}: ${errorMessage(error)}\nThe call is cloudformation:DescribeStacks; with --api it is not needed.`,
    );
  }
  if (outputs.ApiUrl !== undefined) return outputs.ApiUrl;
  throw new NoApiError(
    `The stack ${stack} in ${region} has no output ApiUrl: it is not a stack of this product, or an older one. ${instead}`,
  );
}
