import { parseServiceArn } from '../../shared/service-arn.ts';
import { type CommandDefinition, command, DEFAULT_STACK, type Example, localOption } from '../command.ts';

const SERVICE = 'arn:aws:apprunner:ap-northeast-1:123456789012:service/hello/0123456789abcdef0123456789abcdef';

/** A command that makes a plan here, asking AWS itself. */
function planningCommand<const Name extends string>(name: Name, examples: readonly Example[]) {
  return command(name, examples)
    .option(
      '--function <name>',
      "the stack's reconcile function, whose settings are used",
      `${DEFAULT_STACK}-reconcile`,
    )
    .option(
      '--policy <file>',
      "a policy file to judge by, or parameters for what the stack's parameters say (default: what the stack goes by; without a stack, policy.yml)",
    )
    .addOption(localOption());
}

export const planCommand: CommandDefinition = (run) =>
  planningCommand('plan', [
    { line: `plan ${SERVICE}`, does: 'what the stack would do now, and why' },
    { line: 'plan hello --local', does: 'the same of the service named hello, in the embedded cloud of "npm start"' },
    { line: `plan ${SERVICE} --json`, does: 'the same as one JSON object' },
  ])
    .summary('what would be done for a service, and why; asks AWS, needs no API')
    .description(
      'What would be done for one App Runner service, and why; what is waited for, since when and until when at most; what the endpoint costs. Asks AWS itself, with the settings of the stack and the policy it goes by, or, without a stack, those of the environment (ALLOWED_ZONES, ALLOWED_NAMES, VPC_ID … as in docs/parameters.md). Writes nothing, and ends with 0 whatever the plan says.',
    )
    .argument('<service>', 'its ARN, or its name where the account and region are your own')
    .action((called, options) =>
      run(options, async ({ output, environment }) => {
        // Loaded only now: the AWS clients are most of the start, and help does without.
        const { findPlanned } = await import('../planned-service.ts');
        const service = parseServiceArn(called) ?? (await findPlanned(called, options));
        const { livePlan } = await import('../live-plan.ts');
        const { serviceText } = await import('../service-text.ts');
        const plan = await livePlan(service, options, environment);
        output.say(plan, (layout) => serviceText(plan, layout, environment.now(), plan.settingsFrom));
        return 'fine';
      }),
    );
