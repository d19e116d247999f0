import { STSClient } from '@aws-sdk/client-sts';
import { MANAGED_POLICY_LIMIT, policySize } from '../../build/templates/limits.ts';
import { ConnectError } from '../errors.ts';
import { askCaller } from './checks/caller.ts';
import { deploymentActions, type NeededActions } from './deployment-actions.ts';
import type { Examination } from './doctor.ts';

interface PolicyStatement {
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, unknown>>;
}

/** An identity-based policy, small enough for a managed policy. */
interface DeployerPolicy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly PolicyStatement[];
}

/**
 * The least rights with which this stack can be deployed to the account of the caller.
 * @throws ConnectError
 */
export async function deployerPolicies({
  config,
  template,
  stackName,
}: Pick<Examination, 'config' | 'template' | 'stackName'>): Promise<readonly DeployerPolicy[]> {
  const caller = await askCaller(new STSClient(config));
  if (caller.kind === 'refused') throw new ConnectError(`AWS refused the credentials: ${caller.message}`);
  const place = { account: caller.account, region: config.region, stackName };
  return policiesFor(deploymentActions(template, place), stackName);
}

/** One statement for each set of resources; names of the stack's resources end in a wildcard. */
export function policiesFor(needed: readonly NeededActions[], stackName: string): readonly DeployerPolicy[] {
  const byResources = Map.groupBy(needed, ({ resources }) =>
    [...new Set(resources.map((arn) => wildcard(arn, stackName)))].sort().join(' '),
  );
  const statements = [...byResources].flatMap(([resources, all]): PolicyStatement[] => {
    const actions = [...new Set(all.flatMap(({ actions: some }) => some))].sort();
    const Resource = resources.split(' ');
    const others = actions.filter((action) => action !== PASS_ROLE);
    return [
      { Effect: 'Allow', Action: others, Resource },
      ...(others.length === actions.length ? [] : [{ ...PASS_TO_LAMBDA, Resource }]),
    ];
  });
  const policies: PolicyStatement[][] = [];
  for (const statement of statements) {
    const last = policies.at(-1);
    if (last !== undefined && policySize(policyOf([...last, statement])) <= MANAGED_POLICY_LIMIT) last.push(statement);
    else policies.push([statement]);
  }
  return policies.map(policyOf);
}

const policyOf = (Statement: readonly PolicyStatement[]): DeployerPolicy => ({ Version: '2012-10-17', Statement });

const PASS_ROLE = 'iam:PassRole';
const PASS_TO_LAMBDA = {
  Effect: 'Allow',
  Action: [PASS_ROLE],
  Condition: { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } },
} as const;

/** `…:apprunner-private-ingress-main-reconcile` → `…:apprunner-private-ingress-main-*`. */
function wildcard(arn: string, stackName: string): string {
  const at = arn.toLowerCase().indexOf(stackName.toLowerCase());
  if (at === -1) return arn;
  const end = at + stackName.length;
  const [, name = '', rest = ''] = /^(-[^:/]*)?(.*)$/.exec(arn.slice(end)) ?? [];
  return `${arn.slice(0, end)}${name === '' ? '' : '-*'}${rest}`;
}
