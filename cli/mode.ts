import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { errorMessage, errorName } from '../shared/errors.ts';
import { awsAccess } from './aws-access.ts';
import { ConnectError } from './errors.ts';

interface Switched {
  /** Name of the SSM parameter. */
  readonly parameter: string;
  readonly before: string;
  readonly mode: string;
}

/**
 * Reads the kill switch of a stack, and sets it if a mode is given.
 * @throws ConnectError
 */
export async function switchMode(
  mode: 'audit' | 'policy' | undefined,
  { stack, local }: { readonly stack: string; readonly local?: string | true | undefined },
): Promise<Switched> {
  const { config } = await awsAccess({ local });
  const ssm = new SSMClient(config);
  const parameter = `/${stack}/mode`;
  try {
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: parameter }));
    const before = Parameter?.Value ?? '';
    if (mode === undefined || mode === before) return { parameter, before, mode: before };
    await ssm.send(new PutParameterCommand({ Name: parameter, Value: mode, Overwrite: true }));
    return { parameter, before, mode };
  } catch (error) {
    if (errorName(error) === 'CredentialsProviderError') throw error;
    if (errorName(error) === 'ParameterNotFound') {
      // Never made here: a switch that no stack reads would only look as if it were one.
      throw new ConnectError(
        `There is no parameter ${parameter} in ${String(await ssm.config.region())}: name the stack with --stack and its region with AWS_REGION.`,
      );
    }
    throw new ConnectError(
      `${parameter} cannot be ${mode === undefined ? 'read' : 'set'}: ${errorMessage(error)}\nThe calls are ssm:GetParameter and ssm:PutParameter.`,
    );
  }
}
