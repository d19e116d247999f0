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
  /** Goes on although the doctor found something missing. */
  readonly ignoreMissing: boolean;
}

/** Everything that is not deciding. */
export interface DeployPorts {
  readonly output: Output;
  examine(): Promise<readonly DoctorCheck[]>;
  stack(): Promise<StackFacts>;
  /** What would become of a stack that is there, or of one that is not. */
  changes(stack: StackFacts): Promise<readonly ResourceChange[]>;
  /** A person's answer; `undefined` where there is none to ask. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
  /** Deploys; answers the exit code of serverless. */
  run(): Promise<number>;
}

/**
 * Looks, shows, asks, deploys:
 *
 *     something missing                → told, with what mends it, and nothing is deployed
 *     --dry-run                        → the changes are shown, and nothing is deployed
 *     --yes, or a person who says yes  → deployed
 */
export async function deploy(stackName: string, options: DeployOptions, ports: DeployPorts): Promise<CommandOutcome> {
  const { output } = ports;
  const open = (await ports.examine()).filter(({ status }) => status !== 'ok');
  const has = (status: Status) => open.some((check) => check.status === status);
  if (open.length > 0) output.note(checksText(open, output.layout));
  if (has('missing') && !options.ignoreMissing) {
    const missing = open.filter(({ status }) => status === 'missing');
    output.say({ event: 'refused', missing }, () => 'Nothing was deployed. --ignore-missing deploys all the same.');
    return 'findings';
  }
  const stackNow = await ports.stack();
  if (stackNow.kind === 'present') output.note(`Asking CloudFormation what would change in ${stackName} …`);
  const changes = await ports.changes(stackNow);
  output.say({ event: 'changes', stackName, changes }, (layout) => changesText(stackName, changes, layout));
  if (options.dryRun) return 'fine';
  if (!options.yes && !isYes(await ports.ask?.(`Deploy ${stackName}? [y/N] `))) {
    output.say({ event: 'declined' }, () => 'Nothing was deployed.');
    return 'fine';
  }
  if ((await ports.run()) !== 0) {
    output.say({ event: 'failed' }, () => `The deployment of ${stackName} failed; what serverless said is above.`);
    return 'failed';
  }
  const stack = await ports.stack();
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
    'and see what becomes of it:',
    `  npm run cli -- watch <service-arn>${stackName === DEFAULT_STACK ? '' : ` --stack ${stackName}`}`,
    'All tags are in docs/tags.md. To take the stack away again, give the services back first: docs/deploy.md.',
  ].join('\n');
