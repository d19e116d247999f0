import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { errorMessage, errorName } from '../../../shared/errors.ts';
import { awsCommand } from '../aws-command.ts';
import { about, type DoctorCheck } from '../check.ts';

export type StackFacts =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'present';
      /** `UPDATE_COMPLETE` */
      readonly status: string;
      readonly parameters: Readonly<Record<string, string>>;
      readonly outputs: Readonly<Record<string, string>>;
    };

export async function askStack(client: CloudFormationClient, stackName: string): Promise<StackFacts> {
  try {
    const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName: stackName }));
    if (stack === undefined) return { kind: 'none' };
    return {
      kind: 'present',
      status: stack.StackStatus ?? '',
      parameters: Object.fromEntries((stack.Parameters ?? []).map((one) => [one.ParameterKey, one.ParameterValue])),
      outputs: Object.fromEntries((stack.Outputs ?? []).map((one) => [one.OutputKey, one.OutputValue])),
    };
  } catch (error) {
    // CloudFormation has no error of its own for it (documented): "Stack with id … does not exist".
    if (errorName(error) === 'ValidationError' && /does not exist/.test(errorMessage(error))) return { kind: 'none' };
    throw error;
  }
}

/** Whether it has nothing but the bucket of a first deployment that failed: every template of this product has parameters. */
export const isOnlyBegun = (stack: StackFacts): boolean =>
  stack.kind === 'present' && Object.keys(stack.parameters).length === 0;

/**
 * | status                                                   | →                                   |
 * |----------------------------------------------------------|-------------------------------------|
 * | …_IN_PROGRESS                                            | another deployment runs: wait       |
 * | UPDATE_ROLLBACK_FAILED                                   | its rollback has to be ended        |
 * | CREATE_FAILED, ROLLBACK_…, REVIEW_IN_PROGRESS, DELETE_…  | was never complete: delete it       |
 * | anything else                                            | can be updated                      |
 */
export function judgeStack(stack: StackFacts, stackName: string, region: string): DoctorCheck {
  const check = about('stack', stackName);
  if (stack.kind === 'none') return check.ok(`is not there yet in ${region}`);
  const { status } = stack;
  const named = { 'stack-name': stackName, region };
  if (/^(CREATE_FAILED|ROLLBACK_COMPLETE|ROLLBACK_FAILED|REVIEW_IN_PROGRESS|DELETE_FAILED)$/.test(status)) {
    return check.missing(
      `is ${status}: it cannot be updated`,
      'Delete what is left of it, then deploy.',
      awsCommand('cloudformation delete-stack', named),
      awsCommand('cloudformation wait stack-delete-complete', named),
    );
  }
  if (status === 'UPDATE_ROLLBACK_FAILED') {
    return check.missing(
      `is ${status}: it cannot be updated`,
      'End its rollback.',
      awsCommand('cloudformation continue-update-rollback', named),
      awsCommand('cloudformation wait stack-rollback-complete', named),
    );
  }
  if (status.endsWith('_IN_PROGRESS')) {
    const wanted = status.startsWith('CREATE') ? 'create' : status.startsWith('DELETE') ? 'delete' : 'update';
    return check.missing(
      `is ${status}: another deployment is running`,
      'Wait until that has ended.',
      awsCommand(`cloudformation wait stack-${wanted}-complete`, named),
    );
  }
  return check.ok(isOnlyBegun(stack) ? `is ${status}: begun by a deployment that did not end` : `is ${status}`);
}
