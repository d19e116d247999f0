import { parseArgs } from 'node:util';
import { SettingsError } from '../shared/errors.ts';
import { parseServiceArn } from '../shared/service-arn.ts';
import { ConnectError, connect } from './connect.ts';
import { explain, explanationText } from './explain.ts';

const HELP = `npm run plan -- <service-arn> [options]

What would be done for one App Runner service, and why; what is waited for, since when and until when at most;
what the endpoint costs. Writes nothing.

Options
  --json             one JSON object instead of text
  --function NAME    the stack's reconcile function, whose settings are used
                     (default: apprunner-private-ingress-main-reconcile; if there is none, the settings are taken
                     from the environment: ALLOWED_ZONES, ALLOWED_NAMES, VPC_ID … as in docs/parameters.md)
  --help             this text

Environment
  AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL as for every AWS client; NO_COLOR for no colours.

Examples
  npm run plan -- arn:aws:apprunner:ap-northeast-1:123456789012:service/hello/0123456789abcdef0123456789abcdef
  AWS_ENDPOINT_URL=http://127.0.0.1:4566 npm run plan -- <service-arn> --json     against the embedded cloud

Exit codes
  0 explained   1 failed   2 usage
`;

async function main(): Promise<number> {
  const { values, positionals } = parse();
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const [arn, ...more] = positionals;
  if (arn === undefined || more.length > 0) return usage('Give exactly one service ARN.');
  const service = parseServiceArn(arn);
  if (service === undefined) {
    return usage(
      `"${arn}" is not the ARN of an App Runner service; it looks like arn:aws:apprunner:REGION:ACCOUNT:service/NAME/ID.`,
    );
  }
  const connection = await connect(service.region, values.function);
  const explanation = await explain(service, connection);
  process.stdout.write(values.json ? `${JSON.stringify(explanation)}\n` : explanationText(explanation));
  return 0;
}

function parse() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        function: { type: 'string', default: 'apprunner-private-ingress-main-reconcile' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    process.exit(usage(error instanceof Error ? error.message : String(error)));
  }
}

function usage(problem: string): number {
  process.stderr.write(`${problem}\n\nnpm run plan -- <service-arn> [--json] [--function NAME] [--help]\n`);
  return 2;
}

try {
  process.exitCode = await main();
} catch (error) {
  const known = error instanceof ConnectError || error instanceof SettingsError;
  process.stderr.write(`${known ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
