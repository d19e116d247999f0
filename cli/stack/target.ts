import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { ClientConfig } from '../../shared/aws/client-config.ts';
import { resolveIssuers, systemIssuers } from '../../shared/observe/names.ts';
import { awsAccess, embeddedResolver } from '../aws-access.ts';
import type { Examination } from '../doctor/doctor.ts';
import { parseParameters } from './parameters.ts';
import { type PackagedStack, packagedStack, stackParameters } from './template.ts';

/** The options of `doctor` and `deploy`. */
export interface StackOptions {
  readonly param?: readonly string[] | undefined;
  readonly stage: string;
  readonly region?: string | undefined;
  readonly local?: string | true | undefined;
}

const DEFAULT_STAGE = 'main';
/** The default of serverless.yml. */
const DEFAULT_REGION = 'ap-northeast-1';

/** The stack of this repository, as it would be deployed, and where. */
export interface StackTarget {
  readonly packaged: PackagedStack;
  readonly config: ClientConfig & { readonly region: string };
  /** URL of the embedded cloud, if the stack is there. */
  readonly local: string | undefined;
  readonly stackName: string;
  readonly stage: string;
  readonly given: Readonly<Record<string, string>>;
  /** The input of the doctor. */
  readonly examination: Examination;
}

/**
 * Checks the parameters, packages the stack, and finds out where it is to go.
 * @throws UsageError, ConnectError, BuildError, PackageError
 */
export async function stackTarget(
  { param = [], stage, region: asked, local }: StackOptions,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<StackTarget> {
  const given = parseParameters(param, await stackParameters());
  const packaged = await packagedStack(stage === DEFAULT_STAGE ? undefined : stage, given);
  const { config: reached, embedded } = await awsAccess({ local, region: asked });
  const chosen = await regionOf(reached);
  const config = { ...reached, region: chosen ?? DEFAULT_REGION };
  const stackName = `apprunner-private-ingress-${stage}`;
  const examination: Examination = {
    config,
    regionChosen: chosen !== undefined,
    profile: embedded === undefined ? environment.AWS_PROFILE : undefined,
    nodeVersion: process.version,
    stackName,
    template: packaged.template,
    given,
    issuers: embedded === undefined ? systemIssuers : (name) => resolveIssuers(name, () => embeddedResolver(embedded)),
  };
  const url = config.endpoint;
  return { packaged, config, local: typeof url === 'string' ? url : undefined, stackName, stage, given, examination };
}

/** As every AWS client finds it: from the environment or the profile; `undefined` when nothing says one. */
async function regionOf(config: ClientConfig): Promise<string | undefined> {
  try {
    return await new CloudFormationClient(config).config.region();
  } catch {
    return undefined;
  }
}
