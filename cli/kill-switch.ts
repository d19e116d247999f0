import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { errorMessage, errorName } from '../shared/errors.ts';
import { awsAccess } from './aws-access.ts';
import { ConnectError } from './errors.ts';

export type KillSwitchValue = 'on' | 'off';

interface KillSwitchChange {
  /** Name of the SSM parameter. */
  readonly parameter: string;
  readonly before: string;
  readonly killSwitch: string;
}

/**
 * Reads the kill switch of a stack, and sets it if a value is given.
 * @throws ConnectError
 */
export async function setKillSwitch(
  value: KillSwitchValue | undefined,
  { stack, local }: { readonly stack: string; readonly local?: string | true | undefined },
): Promise<KillSwitchChange> {
  const { config } = await awsAccess({ local });
  const ssm = new SSMClient(config);
  const parameter = `/${stack}/kill-switch`;
  try {
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: parameter }));
    const before = Parameter?.Value ?? '';
    if (value === undefined || value === before) return { parameter, before, killSwitch: before };
    await ssm.send(new PutParameterCommand({ Name: parameter, Value: value, Overwrite: true }));
    return { parameter, before, killSwitch: value };
  } catch (error) {
    if (errorName(error) === 'CredentialsProviderError') throw error;
    if (errorName(error) === 'ParameterNotFound') {
      // Never created here: no stack would read it.
      throw new ConnectError(
        `There is no parameter ${parameter} in ${String(await ssm.config.region())}. Pass the name of the stack with --stack, and its region with AWS_REGION.`,
      );
    }
    throw new ConnectError(
      `Cannot ${value === undefined ? 'read' : 'set'} ${parameter}: ${errorMessage(error)}\nThe command calls ssm:GetParameter and ssm:PutParameter.`,
    );
  }
}
