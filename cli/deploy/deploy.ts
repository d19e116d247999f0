import { withCommands } from '../../shared/command-line.ts';
import type { DoctorCheck, Status } from '../doctor/check.ts';
import type { StackFacts } from '../doctor/checks/stack.ts';
import { checksText } from '../doctor/text.ts';
import type { CommandOutcome } from '../exit-code.ts';
import type { Layout, Output } from '../terminal/output.ts';
import type { ResourceChange } from './changes.ts';
import { dropsPolicyFile, type PolicyChange, policyChangeText } from './policy-change.ts';
import { changesText } from './text.ts';

export interface DeployOptions {
  readonly yes: boolean;
  readonly dryRun: boolean;
  /** Deploys even if the doctor finds something missing. */
  readonly ignoreMissing: boolean;
  /** Deploys no policy file, although the stack has one. */
  readonly withoutPolicy: boolean;
}

/** All effects of a deployment. */
export interface DeployDependencies {
  readonly output: Output;
  examine(): Promise<readonly DoctorCheck[]>;
  stack(): Promise<StackFacts>;
  /** What happens to the policy. */
  policyChange(stack: StackFacts): Promise<PolicyChange>;
  /** The changes to an existing stack, or to a new one. */
  changes(stack: StackFacts): Promise<readonly ResourceChange[]>;
  /** A person's answer; `undefined` without a terminal. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
  /** Deploys. @returns the exit code of serverless. */
  run(): Promise<number>;
}

/**
 * Checks, shows the changes, asks, deploys:
 *
 *     something missing                → printed with its fix; nothing is deployed
 *     the policy file is gone          → nothing is deployed without --without-policy
 *     --dry-run                        → the changes are shown; nothing is deployed
 *     --yes, or confirmed              → deployed
 */
export async function deploy(
  stackName: string,
  options: DeployOptions,
  dependencies: DeployDependencies,
): Promise<CommandOutcome> {
  const { output } = dependencies;
  const open = (await dependencies.examine()).filter(({ status }) => status !== 'ok');
  const has = (status: Status) => open.some((check) => check.status === status);
  if (open.length > 0) output.note(checksText(open, output.layout));
  if (has('missing') && !options.ignoreMissing) {
    const missing = open.filter(({ status }) => status === 'missing');
    output.say({ event: 'refused', missing }, () => 'Nothing was deployed. Pass --ignore-missing to deploy anyway.');
    return 'findings';
  }
  const stackNow = await dependencies.stack();
  const policy = await dependencies.policyChange(stackNow);
  const policyText = policyChangeText(policy, output.layout);
  if (policyText !== '') output.note(policyText);
  if (dropsPolicyFile(policy) && !options.withoutPolicy) {
    output.say({ event: 'refused', policy }, ({ typed }) => withCommands(REFUSED_WITHOUT_POLICY, typed));
    return 'findings';
  }
  if (stackNow.kind === 'present') output.note(`Asking CloudFormation what would change in ${stackName} …`);
  const changes = await dependencies.changes(stackNow);
  output.say({ event: 'changes', stackName, changes, policy }, (layout) => changesText(stackName, changes, layout));
  if (options.dryRun) return 'fine';
  if (!options.yes && !isYes(await dependencies.ask?.(`Deploy ${stackName}? [y/N] `))) {
    output.say({ event: 'declined' }, () => 'Nothing was deployed.');
    return 'fine';
  }
  if ((await dependencies.run()) !== 0) {
    output.say({ event: 'failed' }, () => `The deployment of ${stackName} failed; see the output of serverless above.`);
    return 'failed';
  }
  const stack = await dependencies.stack();
  const outputs = stack.kind === 'present' ? stack.outputs : {};
  output.say({ event: 'deployed', stackName, outputs }, (layout) => nextSteps(outputs.ApiUrl, layout));
  return 'fine';
}

const REFUSED_WITHOUT_POLICY = [
  'Nothing was deployed. The stack has a policy file, or may have one, and this deployment has none: the rules, networks,',
  'zones and limits of the file would be gone, and the next sweep would act without them.',
  'Deploy with the file: put it here as policy.yml, or name it in POLICY_FILE. "policy show --file" prints the one that is',
  'deployed. To go without one, pass --without-policy.',
].join('\n');

const isYes = (answer: string | undefined): boolean => /^y(es)?$/i.test(answer?.trim() ?? '');

const nextSteps = (apiUrl: string | undefined, { typed }: Layout): string =>
  [
    '',
    ...(apiUrl === undefined ? [] : [`The API is at ${apiUrl}`]),
    'Now make a service private, with a name under AllowedNames:',
    '  aws apprunner tag-resource --resource-arn <service-arn> \\',
    '    --tags Key=private-ingress,Value=enabled Key=private-ingress:domains,Value=app.example.com',
    'and watch it:',
    `  npm run cli -- ${typed('watch <service-arn>')}`,
    `All tags: docs/tags.md. To remove the stack: npm run cli -- ${typed('remove')}`,
  ].join('\n');
