import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { build } from '../../build/bundle.ts';
import { packagedRecords } from '../../build/templates/allowed-records.ts';
import { askStack, isOnlyBegun } from '../doctor/checks/stack.ts';
import { examine } from '../doctor/doctor.ts';
import { withEndpoint } from '../doctor/text.ts';
import type { CliEnvironment } from '../environment.ts';
import { presentResources } from '../stack/conditions.ts';
import { deployedTemplate } from '../stack/deployed-template.ts';
import { parameterValues, requireParameters } from '../stack/parameters.ts';
import { type StackOptions, stackTarget } from '../stack/target.ts';
import type { Output } from '../terminal/output.ts';
import { previewChanges } from './change-set.ts';
import type { DeployDependencies } from './deploy.ts';
import { policyChange, policyToDeploy } from './policy-change.ts';
import { recordChanges, recordsOf } from './record-changes.ts';
import { runServerless } from './serverless.ts';
import { withUnchangedCode } from './unchanged-code.ts';

/**
 * Wires a deployment to AWS, serverless and the terminal.
 * @throws UsageError, ConnectError, BuildError, PackageError
 */
export async function composeDeployment(
  options: StackOptions,
  output: Output,
  environment: CliEnvironment,
): Promise<{ readonly stackName: string; readonly dependencies: DeployDependencies }> {
  const target = await stackTarget(options, environment);
  const { packaged, config, stackName, given, local, stage, policyFile, deployed, examination } = target;
  const { region, credentials } = config;
  const definitions = packaged.template.Parameters;
  const parameters = parameterValues(definitions, given, deployed);
  // Where the stack cannot be read, the examination says why.
  if (deployed !== undefined) requireParameters(definitions, parameters);
  const cloudFormation = new CloudFormationClient(config);
  const stack = () => askStack(cloudFormation, stackName);
  const dependencies: DeployDependencies = {
    output,
    ask: environment.ask,
    stack,
    policyChange: async (facts) => {
      const { Account: account = '' } = await new STSClient(config).send(new GetCallerIdentityCommand({}));
      const after = await policyToDeploy(policyFile, parameters, { account, region, stackName });
      if (facts.kind === 'none' || isOnlyBegun(facts)) return { kind: 'first', after };
      return policyChange(after, examination.policySource, environment.now());
    },
    examine: async () => (await examine(examination)).map((check) => withEndpoint(check, local)),
    changes: async (facts) => {
      if (facts.kind === 'none') {
        return presentResources(packaged.template, parameters).map((id) => {
          const type = packaged.template.Resources[id]?.Type ?? '';
          return { kind: 'added', id, type, physicalId: undefined, properties: [] };
        });
      }
      const kept = Object.entries(parameters.kept).filter(
        ([name, value]) => value !== (definitions[name]?.Default?.toString() ?? ''),
      );
      if (kept.length > 0) {
        output.note(`Parameters that the stack keeps: ${kept.map(([name, value]) => `${name}=${value}`).join(' ')}`);
      }
      const before = packagedRecords(await deployedTemplate(cloudFormation, stackName)) ?? recordsOf(facts.parameters);
      const after = packagedRecords(packaged.source) ?? recordsOf({ ...parameters.kept, ...given });
      for (const line of recordChanges(before, after)) output.note(line);
      const template = await withUnchangedCode(packaged, stackName, {
        cloudFormation,
        lambda: new LambdaClient(config),
      });
      const passed = Object.entries(given).filter(([name]) => definitions[name] !== undefined);
      const preview = {
        stackName,
        stage,
        region,
        template,
        parameters: Object.fromEntries(passed),
        kept: Object.keys(parameters.kept),
      };
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
      await build({ policyFile: policyFile ?? '' });
      return runServerless(
        { command: 'deploy', stage, region, parameters: given, policyFile, local, credentials },
        output.json,
      );
    },
  };
  return { stackName, dependencies };
}
