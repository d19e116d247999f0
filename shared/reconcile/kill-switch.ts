import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { ClientConfig } from '../aws/client-config.ts';
import { errorMessage, errorName } from '../errors.ts';
import type { WriteBlock } from './audit.ts';

/** Reads whether the installation may write. `undefined`: it may. */
export type KillSwitch = () => Promise<WriteBlock | undefined>;

/**
 * The kill switch of the installation, read on every call. Only `off` allows writes:
 *
 *     value of the parameter   →
 *     off                      writes are allowed
 *     on                       writes are blocked
 *     anything else            writes are blocked, and the finding quotes the value
 *     unreadable               writes are blocked, and the read is retried
 *
 * @param parameterName an SSM parameter; without one there is no kill switch.
 */
export function createKillSwitch(parameterName: string | undefined, config: ClientConfig = {}): KillSwitch {
  if (parameterName === undefined) return async () => undefined;
  const ssm = new SSMClient(config);
  return async () => {
    let value: string | undefined;
    try {
      const { Parameter } = await ssm.send(new GetParameterCommand({ Name: parameterName }));
      value = Parameter?.Value;
    } catch (error) {
      const cause = `${errorName(error)}: ${errorMessage(error)}`;
      return { reason: `the kill switch ${parameterName} cannot be read (${cause})`, isTransient: true };
    }
    if (value === 'off') return undefined;
    const reason =
      value === 'on'
        ? `the kill switch ${parameterName} is on`
        : `the kill switch ${parameterName} has the invalid value "${value}" (expected on or off)`;
    return { reason, isTransient: false };
  };
}
