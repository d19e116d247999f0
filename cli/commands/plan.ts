import { DEFAULT_STACK } from '../../shared/command-line.ts';
import { parseServiceArn } from '../../shared/service-arn.ts';
import { type CommandDefinition, command, type Example, localOption } from '../command.ts';

const SERVICE = 'arn:aws:apprunner:ap-northeast-1:123456789012:service/hello/0123456789abcdef0123456789abcdef';

/** A command that plans locally and reads AWS itself. */
function planningCommand<const Name extends string>(name: Name, examples: readonly Example[]) {
  return command(name, examples)
    .option(
      '--function <name>',
      "the stack's reconcile function; the plan uses its settings",
      `${DEFAULT_STACK}-reconcile`,
    )
    .option(
      '--policy <file>',
      "a policy file, or 'parameters' for the policy that the stack's parameters make (default: the policy in force; without a stack, policy.yml)",
    )
    .addOption(localOption());
}

export const planCommand: CommandDefinition = (run) =>
  planningCommand('plan', [
    { line: `plan ${SERVICE}`, does: 'what the stack would do now, and why' },
    { line: 'plan hello --local', does: 'the service named hello in the embedded cloud of "npm start"' },
    { line: `plan ${SERVICE} --json`, does: 'the same as one JSON object' },
  ])
    .summary('what would be done for a service, and why; reads AWS, needs no API')
    .description(
      'Shows what would be done for one App Runner service and why, what it waits for, since when and until when at most, and what the endpoint costs. Reads AWS with your own credentials. Uses the settings of the stack and the policy in force or, without a stack, the environment (ALLOWED_ZONES, ALLOWED_NAMES, VPC_ID … as in docs/parameters.md). Writes nothing. Ends with 0 for every plan.',
    )
    .argument('<service>', 'its ARN, or its name in your own account and region')
    .action((called, options) =>
      run(options, async ({ output, environment }) => {
        // Loaded late: help needs no AWS clients.
        const { findPlanned } = await import('../planned-service.ts');
        const service = parseServiceArn(called) ?? (await findPlanned(called, options));
        const { livePlan } = await import('../live-plan.ts');
        const { serviceText } = await import('../service-text.ts');
        const plan = await livePlan(service, options, environment);
        output.say(plan, (layout) => serviceText(plan, layout, environment.now(), plan.settingsFrom));
        return 'fine';
      }),
    );
