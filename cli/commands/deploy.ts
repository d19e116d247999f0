import type { CommandDefinition } from '../command.ts';
import { UsageError } from '../errors.ts';
import { stackCommand } from './stack-command.ts';

const PARAMETERS = "--param AllowedZones=Z0123456789ABCDEFGHIJ --param 'AllowedNames=*.example.com'";

export const deployCommand: CommandDefinition = (run) =>
  stackCommand('deploy', [
    { line: `deploy ${PARAMETERS}`, does: 'look, show what changes, ask, and deploy; "npm run deploy --" is the same' },
    { line: `deploy ${PARAMETERS} --dry-run`, does: 'look and show only' },
    { line: `deploy ${PARAMETERS} --yes`, does: 'without asking, for a pipeline' },
  ])
    .summary('check, show what changes, ask, and deploy through serverless')
    .description(
      'Deploys the stack of this repository: checks the parameters against the template and, as doctor does, the account; packages; shows what would be added, changed, replaced and removed; asks; deploys through serverless; says what to do next. What is not given falls back to its default, also when the stack is deployed again. Ends with 3 when something is missing, so that nothing was deployed.',
    )
    .option('--yes', 'deploy without asking')
    .option('--dry-run', 'show what would change, and deploy nothing')
    .option('--ignore-missing', 'deploy although something is missing')
    .action((options) =>
      run(options, async ({ output, environment }) => {
        const { yes = false, dryRun = false, ignoreMissing = false } = options;
        if (!yes && !dryRun && (output.json || environment.ask === undefined)) {
          throw new UsageError(
            'Nobody can be asked here: add --yes to deploy without asking, or --dry-run to look only.',
          );
        }
        // Loaded only now: packaging and the AWS clients are most of the start, and help does without.
        const { composeDeployment } = await import('../deploy/compose.ts');
        const { deploy } = await import('../deploy/deploy.ts');
        // It takes a quarter of a minute until there is anything to show.
        output.note('Packaging the stack, and looking at the account …');
        const { stackName, ports } = await composeDeployment(options, output, environment);
        return deploy(stackName, { yes, dryRun, ignoreMissing }, ports);
      }),
    );
