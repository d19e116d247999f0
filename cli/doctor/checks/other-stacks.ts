import { type CloudFormationClient, paginateDescribeStacks } from '@aws-sdk/client-cloudformation';
import { about, type DoctorCheck } from '../check.ts';

/** Another stack of this product that manages the account and region. */
export interface OtherStack {
  /** Of the stack that reconciles: this account's own, or the hub of a member stack. */
  readonly hub: string;
  /** The hub's account, where it is another. */
  readonly account?: string;
}

/** Stacks beside `stackName` in the same account and region, and hubs whose member stack is there. */
export async function askOtherStacks(client: CloudFormationClient, stackName: string): Promise<readonly OtherStack[]> {
  const others: OtherStack[] = [];
  for await (const { Stacks = [] } of paginateDescribeStacks({ client }, {})) {
    for (const { StackName = '', Outputs = [], Parameters = [] } of Stacks) {
      const outputs = Outputs.map(({ OutputKey }) => OutputKey);
      const parameter = (name: string) => Parameters.find(({ ParameterKey }) => ParameterKey === name)?.ParameterValue;
      const [account, hub] = [parameter('HubAccount'), parameter('HubName')];
      if (outputs.includes('ReconcileFunction') && outputs.includes('SweepFunction')) others.push({ hub: StackName });
      else if (account !== undefined && hub !== undefined) others.push({ hub, account });
    }
  }
  return others.filter(({ hub }) => hub !== stackName);
}

/** Two stacks do not harm each other, but both act on one tag: the first to claim a name has it. */
export function judgeOtherStacks(others: readonly OtherStack[], stackName: string, region: string): DoctorCheck {
  const check = about('other-stack', stackName);
  if (others.length === 0) return check.ok(`is the only stack of this product in ${region}`);
  const named = others.map(({ hub, account }) => (account === undefined ? hub : `${hub} of account ${account}`));
  return check.warning(
    `${named.join(' and ')} manages this account in ${region} already`,
    'Both act on the same tags, and neither changes what the other wrote. Remove one of the stacks, or divide the services between them by rules of their policy files.',
  );
}
