import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { policyFileOf } from '../../build/bundle.ts';
import { LIST_PARAMETERS, packagedRecords } from '../../build/templates/allowed-records.ts';
import type { ClientConfig } from '../../shared/aws/client-config.ts';
import { resolveIssuers, systemIssuers } from '../../shared/observe/names.ts';
import { apiClient } from '../api/client.ts';
import { findTarget } from '../api/target.ts';
import { awsAccess, embeddedResolver } from '../aws-access.ts';
import { askStack } from '../doctor/checks/stack.ts';
import type { Examination } from '../doctor/doctor.ts';
import type { CliEnvironment } from '../environment.ts';
import { liveServices } from '../policy/live-services.ts';
import { deployedTemplate } from './deployed-template.ts';
import { parseParameters } from './parameters.ts';
import { type PackagedStack, packagedStack, stackParameters } from './template.ts';

/** The options of `doctor` and `deploy`. */
export interface StackOptions {
  readonly param?: readonly string[] | undefined;
  readonly stage: string;
  readonly region?: string | undefined;
  readonly local?: string | true | undefined;
  /** Deploys no policy file, also where there is one. */
  readonly withoutPolicy?: true | undefined;
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
  /** The policy file to package, as an absolute path. */
  readonly policyFile: string | undefined;
  /** Parameters of the deployed stack; `undefined`: they cannot be read. */
  readonly deployed: Readonly<Record<string, string>> | undefined;
  /** The input of the doctor. */
  readonly examination: Examination;
}

/** Where a stack of this repository is, or is to go. */
export async function stackPlace({ stage, region: asked, local }: Pick<StackOptions, 'stage' | 'region' | 'local'>) {
  const { config: reached, embedded } = await awsAccess({ local, region: asked });
  const chosen = await regionOf(reached);
  const config = { ...reached, region: chosen ?? DEFAULT_REGION };
  const url = typeof config.endpoint === 'string' ? config.endpoint : undefined;
  return {
    config,
    embedded,
    regionChosen: chosen !== undefined,
    url,
    stage,
    stackName: `apprunner-private-ingress-${stage}`,
  };
}

/**
 * Checks the parameters, packages the stack, and finds out where it is to go.
 * @throws UsageError, ConnectError, BuildError, PackageError
 */
export async function stackTarget(
  { param = [], stage, region: asked, local, withoutPolicy }: StackOptions,
  { environment, now }: Pick<CliEnvironment, 'environment' | 'now'>,
): Promise<StackTarget> {
  const typed = parseParameters(param, await stackParameters());
  const { config, embedded, regionChosen, url, stackName } = await stackPlace({ stage, region: asked, local });
  const policyFile = policyFileOf(withoutPolicy === true ? { policyFile: '' } : {});
  const deployed = await deployedParameters(new CloudFormationClient(config), stackName);
  const given = { ...(policyFile === undefined ? keptLists(deployed) : {}), ...typed };
  const packaged = await packagedStack(stage === DEFAULT_STAGE ? undefined : stage, given, policyFile ?? '');
  const examination: Examination = {
    config,
    regionChosen,
    profile: embedded === undefined ? environment.AWS_PROFILE : undefined,
    nodeVersion: process.version,
    stackName,
    template: packaged.template,
    given,
    policyFile,
    policySource: async () =>
      liveServices(apiClient(await findTarget({ stack: stackName, region: config.region, local }), now)),
    issuers: embedded === undefined ? systemIssuers : (name) => resolveIssuers(name, () => embeddedResolver(embedded)),
  };
  return {
    packaged,
    config,
    local: url,
    stackName,
    stage,
    given,
    policyFile,
    deployed,
    examination,
  };
}

/** The parameters of a stack, with the lists that are part of its template; `undefined`: they cannot be read. */
async function deployedParameters(
  cloudFormation: CloudFormationClient,
  stackName: string,
): Promise<Readonly<Record<string, string>> | undefined> {
  try {
    const stack = await askStack(cloudFormation, stackName);
    if (stack.kind === 'none' || stack.parameters.AllowedZones !== undefined)
      return stack.kind === 'none' ? {} : stack.parameters;
    const records = packagedRecords(await deployedTemplate(cloudFormation, stackName));
    if (records === undefined) return stack.parameters;
    const { zones, names, zoneRoleZones } = records;
    const lists = { AllowedZones: zones, AllowedNames: names, ZoneRoleZones: zoneRoleZones };
    const joined = Object.entries(lists).map(([name, items]) => [name, items.join(',')] as const);
    return { ...stack.parameters, ...Object.fromEntries(joined) };
  } catch {
    // `doctor` reports it, and a deployment asks again and fails.
    return undefined;
  }
}

/** Long lists are packaged, so CloudFormation cannot keep them; without a policy file, which names them, they are given again. */
function keptLists(deployed: Readonly<Record<string, string>> | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(LIST_PARAMETERS.flatMap((name) => (deployed?.[name] ? [[name, deployed[name]]] : [])));
}

/** As every AWS client finds it: from the environment or the profile; `undefined` when nothing says one. */
async function regionOf(config: ClientConfig): Promise<string | undefined> {
  try {
    return await new CloudFormationClient(config).config.region();
  } catch {
    return undefined;
  }
}
