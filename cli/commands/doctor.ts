import type { CommandDefinition } from '../command.ts';
import { stackCommand } from './stack-command.ts';

export const doctorCommand: CommandDefinition = (run) =>
  stackCommand('doctor', [
    { line: 'doctor', does: 'check this account before you choose parameters' },
    {
      line: "doctor --param AllowedZones=Z0123456789ABCDEFGHIJ --param 'AllowedNames=*.example.com' --param VpcId=vpc-0123456789abcdef0",
      does: 'check whether a deployment with these parameters can succeed',
    },
    { line: 'doctor --policy', does: 'the IAM policy for whoever deploys, to be attached' },
    { line: 'doctor --json', does: 'each check as a JSON object' },
    { line: 'doctor --local', does: 'check the embedded cloud of "npm start"' },
  ])
    .summary('what a deployment lacks, with the command that fixes it')
    .description(
      'Checks everything that a deployment and its operation need: Node.js, credentials, region, App Runner, the rights to deploy, zones and certificates, VPC and endpoint, probe, quotas, trail, and an existing stack with its kill switch. Writes nothing. Takes the parameters of deploy; those that are not given are those of the deployed stack. Ends with 3 when a check is missing, a warning, or unknown.',
    )
    .option('--policy', 'print the IAM policies that a deployment needs, derived from the packaged template')
    .action((options) =>
      run(options, async ({ output, environment }) => {
        // Loaded late: help needs neither packaging nor AWS clients.
        const { stackTarget } = await import('../stack/target.ts');
        const { examine } = await import('../doctor/doctor.ts');
        const { checksText, withEndpoint } = await import('../doctor/text.ts');
        const { examination, local } = await stackTarget(options, environment);
        if (options.policy === true) {
          const { deployerPolicies } = await import('../doctor/deployer-policy.ts');
          const policies = await deployerPolicies(examination);
          output.sayAll(policies, () => policies.map((policy) => JSON.stringify(policy, null, 2)).join('\n'));
          return 'fine';
        }
        const checks = (await examine(examination)).map((check) => withEndpoint(check, local));
        output.sayAll(checks, (layout) => checksText(checks, layout));
        return checks.every(({ status }) => status === 'ok') ? 'fine' : 'findings';
      }),
    );
