import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { AwsConfig } from '../aws/client-config.ts';
import { errorMessage, errorName } from '../errors.ts';
import type { Hold } from './audit.ts';

/**
 * The switch over the whole installation, asked anew each time. Only `policy` lets anything be written:
 *
 *     the parameter is     →
 *     policy               nothing is held
 *     audit                held
 *     anything else        held, and the value is told
 *     not to be read       held, and tried again
 *
 * @param parameterName of an SSM parameter; without one there is no switch.
 */
export function composeMode(
  parameterName: string | undefined,
  config: AwsConfig = {},
): () => Promise<Hold | undefined> {
  if (parameterName === undefined) return async () => undefined;
  const ssm = new SSMClient(config);
  return async () => {
    let value: string | undefined;
    try {
      const { Parameter } = await ssm.send(new GetParameterCommand({ Name: parameterName }));
      value = Parameter?.Value;
    } catch (error) {
      const reason = `${errorName(error)}: ${errorMessage(error)}`;
      return { why: `the switch ${parameterName} cannot be read (${reason})`, passes: true };
    }
    if (value === 'policy') return undefined;
    const why =
      value === 'audit'
        ? `the switch ${parameterName} is set to audit`
        : `the switch ${parameterName} is set to "${value}", and takes policy or audit`;
    return { why, passes: false };
  };
}
