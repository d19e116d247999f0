import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { apiClient } from '../api/client.ts';
import { findTarget } from '../api/target.ts';
import { runServerless } from '../deploy/serverless.ts';
import { askStack } from '../doctor/checks/stack.ts';
import type { CliEnvironment } from '../environment.ts';
import { stackPlace } from '../stack/target.ts';
import type { Output } from '../terminal/output.ts';
import type { RemoveDependencies } from './remove.ts';

const POLL_INTERVAL_MS = 5000;
const EMBEDDED_POLL_INTERVAL_MS = 500;

/** Wires a removal to AWS, the API, serverless and the terminal. @throws UsageError, ConnectError */
export async function composeRemoval(
  options: Parameters<typeof stackPlace>[0],
  output: Output,
  { ask, now, pause }: CliEnvironment,
): Promise<{ readonly stackName: string; readonly dependencies: RemoveDependencies }> {
  const { config, stackName, stage, url, embedded } = await stackPlace(options);
  const { region, credentials } = config;
  const cloudFormation = new CloudFormationClient(config);
  const dependencies: RemoveDependencies = {
    output,
    ask,
    now,
    pause,
    pace: embedded === undefined ? POLL_INTERVAL_MS : EMBEDDED_POLL_INTERVAL_MS,
    stack: () => askStack(cloudFormation, stackName),
    client: async () => apiClient(await findTarget({ stack: stackName, region, local: options.local }), now),
    run: () =>
      runServerless(
        { command: 'remove', stage, region, parameters: {}, policyFile: undefined, local: url, credentials },
        output.json,
      ),
  };
  return { stackName, dependencies };
}
