import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { build } from '../../build/bundle.ts';
import { packagedRecords } from '../../build/templates/allowed-records.ts';
import { askStack } from '../doctor/checks/stack.ts';
import { examine } from '../doctor/doctor.ts';
import { withEndpoint } from '../doctor/text.ts';
import type { CliEnvironment } from '../environment.ts';
import { UsageError } from '../errors.ts';
import { presentResources } from '../stack/conditions.ts';
import { missingParameters, parameterValues } from '../stack/parameters.ts';
import { type StackOptions, stackTarget } from '../stack/target.ts';
import type { Output } from '../terminal/output.ts';
import { previewChanges } from './change-set.ts';
import type { DeployDependencies } from './deploy.ts';
import { recordChanges, recordsOf } from './record-changes.ts';
import { runServerless } from './serverless.ts';
import { deployedTemplate, withUnchangedCode } from './unchanged-code.ts';

/**
 * Wires a deployment to AWS, serverless and the terminal.
 * @throws UsageError, ConnectError, BuildError, PackageError
 */
export async function composeDeployment(
  options: StackOptions,
  output: Output,
  environment: CliEnvironment,
): Promise<{ readonly stackName: string; readonly dependencies: DeployDependencies }> {
  const target = await stackTarget(options, environment.environment);
  const { packaged, config, stackName, given, local, stage, examination } = target;
  const { region, credentials } = config;
  const parameters = parameterValues(packaged.template.Parameters, given);
  const missing = missingParameters(packaged.template.Parameters, parameters);
  if (missing.length > 0) {
    const words = missing.map((name) => `--param '${name}=…'`).join(' ');
    throw new UsageError(`The stack needs ${missing.join(' and ')}: add ${words} (docs/parameters.md).`);
  }
  const cloudFormation = new CloudFormationClient(config);
  const stack = () => askStack(cloudFormation, stackName);
  const dependencies: DeployDependencies = {
    output,
    ask: environment.ask,
    stack,
    examine: async () => (await examine(examination)).map((check) => withEndpoint(check, local)),
    changes: async (facts) => {
      if (facts.kind === 'none') {
        return presentResources(packaged.template, parameters).map((id) => {
          const type = packaged.template.Resources[id]?.Type ?? '';
          return { kind: 'added', id, type, physicalId: undefined, properties: [] };
        });
      }
      const before = packagedRecords(await deployedTemplate(cloudFormation, stackName)) ?? recordsOf(facts.parameters);
      const after = packagedRecords(packaged.source) ?? recordsOf(given);
      for (const line of recordChanges(before, after)) output.note(line);
      const template = await withUnchangedCode(packaged, stackName, {
        cloudFormation,
        lambda: new LambdaClient(config),
      });
      const passed = Object.entries(given).filter(([name]) => packaged.template.Parameters[name] !== undefined);
      const preview = { stackName, stage, region, template, parameters: Object.fromEntries(passed) };
      const { now, pause } = environment;
      return previewChanges(preview, {
        cloudFormation,
        s3: new S3Client({ ...config, forcePathStyle: true }),
        now,
        pause,
      });
    },
    run: async () => {
      // serverless packages dist/, which may be missing although the package is there.
      await build();
      return runServerless({ stage, region, parameters: given, local, credentials }, output.json);
    },
  };
  return { stackName, dependencies };
}
