import type { CommandDefinition } from '../command.ts';
import { UsageError } from '../errors.ts';
import { stackCommand } from './stack-command.ts';

const PARAMETERS = "--param AllowedZones=Z0123456789ABCDEFGHIJ --param 'AllowedNames=*.example.com'";

export const deployCommand: CommandDefinition = (run) =>
  stackCommand('deploy', [
    { line: `deploy ${PARAMETERS}`, does: 'check, show what changes, ask, deploy; the same as "npm run deploy --"' },
    { line: `deploy ${PARAMETERS} --dry-run`, does: 'only check and show' },
    { line: `deploy ${PARAMETERS} --yes`, does: 'do not ask, for a pipeline' },
  ])
    .summary('check, show what changes, ask, and deploy through serverless')
    .description(
      'Deploys the stack of this repository. Checks the parameters against the template and the account as doctor does, packages, shows what will be added, changed, replaced and removed, asks, and deploys through serverless. Parameters that are not given keep the values of the deployed stack; those of a new stack take their defaults. Shows which services another policy file would change, and needs --without-policy to deploy none where the stack has one. Ends with 3 and deploys nothing when something is missing.',
    )
    .option('--yes', 'deploy without asking')
    .option('--dry-run', 'show what would change, and deploy nothing')
    .option('--without-policy', 'deploy no policy file, also where the stack or this folder has one')
    .option('--ignore-missing', 'deploy even if something is missing')
    .action((options) =>
      run(options, async ({ output, environment }) => {
        const { yes = false, dryRun = false, ignoreMissing = false, withoutPolicy = false } = options;
        if (!yes && !dryRun && (output.json || environment.ask === undefined)) {
          throw new UsageError(
            'No terminal to ask for confirmation. Pass --yes to deploy, or --dry-run to show the changes only.',
          );
        }
        // Loaded late: help needs neither packaging nor AWS clients.
        const { composeDeployment } = await import('../deploy/compose.ts');
        const { deploy } = await import('../deploy/deploy.ts');
        // Takes about 15 s.
        output.note('Packaging the stack and checking the account …');
        const { stackName, dependencies } = await composeDeployment(options, output, environment);
        return deploy(stackName, { yes, dryRun, ignoreMissing, withoutPolicy }, dependencies);
      }),
    );
