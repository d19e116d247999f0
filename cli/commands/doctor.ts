import type { CommandDefinition } from '../command.ts';
import { stackCommand } from './stack-command.ts';

export const doctorCommand: CommandDefinition = (run) =>
  stackCommand('doctor', [
    { line: 'doctor', does: 'what is missing in this account, before anything is chosen' },
    {
      line: "doctor --param AllowedZones=Z0123456789ABCDEFGHIJ --param 'AllowedNames=*.example.com' --param VpcId=vpc-0123456789abcdef0",
      does: 'whether a deployment with these parameters would do',
    },
    { line: 'doctor --json', does: 'each check as a JSON object' },
    { line: 'doctor --local', does: 'the embedded cloud of "npm start"' },
  ])
    .summary('what is missing for a deployment, with the command that mends each')
    .description(
      'Looks at everything a deployment and the work after it need: Node.js, credentials, region, App Runner itself, the right to deploy, zones and certificates, VPC and endpoint, probe, quotas, trail, and the stack if it is there. Writes nothing. Takes the parameters that deploy takes; without any, those of the deployed stack. Ends with 3 when anything is missing, could be better, or cannot be told.',
    )
    .action((options) =>
      run(options, async ({ output, environment }) => {
        // Loaded only now: packaging and the AWS clients are most of the start, and help does without.
        const { stackTarget } = await import('../stack/target.ts');
        const { examine } = await import('../doctor/doctor.ts');
        const { checksText, withEndpoint } = await import('../doctor/text.ts');
        const { examination, local } = await stackTarget(options, environment.environment);
        const checks = (await examine(examination)).map((check) => withEndpoint(check, local));
        output.sayAll(checks, (layout) => checksText(checks, layout));
        return checks.every(({ status }) => status === 'ok') ? 'fine' : 'findings';
      }),
    );
