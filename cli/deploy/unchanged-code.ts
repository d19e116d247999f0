import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { GetFunctionConfigurationCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { errorName } from '../../shared/errors.ts';
import { deployedTemplate } from '../stack/deployed-template.ts';
import type { PackagedStack } from '../stack/template.ts';

/**
 * The packaged template, in which functions with unchanged code keep their code location. Each packaging gives the zips a new
 * location, so without this every function would count as changed.
 */
export async function withUnchangedCode(
  { source, template, zips }: PackagedStack,
  stackName: string,
  { cloudFormation, lambda }: { readonly cloudFormation: CloudFormationClient; readonly lambda: LambdaClient },
): Promise<Readonly<Record<string, unknown>>> {
  const deployed = resourcesOf(await deployedTemplate(cloudFormation, stackName));
  const functions = Object.entries(template.Resources).filter(([, { Type }]) => Type === 'AWS::Lambda::Function');
  const kept = await Promise.all(
    functions.map(async ([id, { Properties }]) => {
      const before = propertiesOf(deployed[id]).Code;
      const name = String(Properties.FunctionName);
      const zip = Object.entries(zips).find(([file]) => name.endsWith(`-${file}`))?.[1];
      if (before === undefined || zip === undefined) return [];
      const [there, here] = await Promise.all([deployedDigest(lambda, name), digestOf(zip)]);
      return there === here ? [[id, before] as const] : [];
    }),
  );
  const resources = { ...resourcesOf(source) };
  for (const [id, Code] of kept.flat()) {
    const resource = resources[id];
    resources[id] = {
      ...(resource instanceof Object ? resource : {}),
      Properties: { ...propertiesOf(resource), Code },
    };
  }
  return { ...source, Resources: resources };
}

/** SHA-256 in base64 from Lambda; `undefined` for a function that does not exist. */
async function deployedDigest(lambda: LambdaClient, name: string): Promise<string | undefined> {
  try {
    const { CodeSha256 } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: name }));
    return CodeSha256;
  } catch (error) {
    if (errorName(error) === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

const digestOf = async (path: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('base64');

const members = (value: unknown): Readonly<Record<string, unknown>> => (value instanceof Object ? { ...value } : {});
const resourcesOf = (template: unknown) => members(members(template).Resources);
const propertiesOf = (resource: unknown) => members(members(resource).Properties);
