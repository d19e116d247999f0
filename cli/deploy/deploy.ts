import { DEFAULT_STACK } from '../command.ts';
import type { DoctorCheck, Status } from '../doctor/check.ts';
import type { StackFacts } from '../doctor/checks/stack.ts';
import { checksText } from '../doctor/text.ts';
import type { CommandOutcome } from '../exit-code.ts';
import type { Output } from '../terminal/output.ts';
import type { ResourceChange } from './changes.ts';
import { changesText } from './text.ts';

export interface DeployOptions {
  readonly yes: boolean;
  readonly dryRun: boolean;
  /** Deploys even if the doctor finds something missing. */
  readonly ignoreMissing: boolean;
}

/** All effects of a deployment. */
export interface DeployDependencies {
  readonly output: Output;
  examine(): Promise<readonly DoctorCheck[]>;
  stack(): Promise<StackFacts>;
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
  if (stackNow.kind === 'present') output.note(`Asking CloudFormation what would change in ${stackName} …`);
  const changes = await dependencies.changes(stackNow);
  output.say({ event: 'changes', stackName, changes }, (layout) => changesText(stackName, changes, layout));
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
  output.say({ event: 'deployed', stackName, outputs }, () => nextSteps(stackName, outputs.ApiUrl));
  return 'fine';
}

const isYes = (answer: string | undefined): boolean => /^y(es)?$/i.test(answer?.trim() ?? '');

const nextSteps = (stackName: string, apiUrl: string | undefined): string =>
  [
    '',
    ...(apiUrl === undefined ? [] : [`The API is at ${apiUrl}`]),
    'Now make a service private, with a name under AllowedNames:',
    '  aws apprunner tag-resource --resource-arn <service-arn> \\',
    '    --tags Key=private-ingress,Value=enabled Key=private-ingress:domains,Value=app.example.com',
    'and watch it:',
    `  npm run cli -- watch <service-arn>${stackName === DEFAULT_STACK ? '' : ` --stack ${stackName}`}`,
    'All tags: docs/tags.md. Before you remove the stack, detach the services: docs/deploy.md.',
  ].join('\n');
