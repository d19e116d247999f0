import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { AwsConfig } from './aws-config.ts';

/**
 * The switch over the whole installation, asked anew each time. Anything but `policy` holds everything: a value that is
 * not understood lets nothing be written.
 * @param parameterName of an SSM parameter; without one there is no switch.
 */
export function composeMode(
  parameterName: string | undefined,
  config: AwsConfig = {},
): () => Promise<'policy' | 'audit'> {
  if (parameterName === undefined) return async () => 'policy';
  const ssm = new SSMClient(config);
  return async () => {
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: parameterName }));
    return Parameter?.Value === 'policy' ? 'policy' : 'audit';
  };
}
