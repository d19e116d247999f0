import { parseArgs } from 'node:util';

export const HELP = `npm run conformance -- [options]

Asks AWS what this product relies on, and reports what holds and what differs. Without options it asks a new embedded
cloud in this process, which takes seconds and costs nothing.

Targets
  --aws                 a real account: creates the smallest App Runner service, one interface endpoint in one subnet, a
                        VPC ingress connection, a security group, a private hosted zone, an EventBridge rule and an SQS
                        queue, and removes them again. Takes 40 to 60 minutes and costs less than 0.25 USD.
  --endpoint URL        another endpoint, such as an embedded cloud that runs (AWS_ENDPOINT_URL does the same)

Options of --aws and --endpoint
  --vpc ID              the VPC of the endpoint: with a subnet in a zone that App Runner offers, and without an App Runner
                        endpoint. Required on AWS
  --zone ID             a public hosted zone. Without it the contracts on custom domains are not asked
  --region NAME         instead of AWS_REGION
  --dns HOST[:PORT]     a public DNS server (default: 1.1.1.1 and 8.8.8.8; none with --endpoint)
  --vpc-dns HOST[:PORT] the DNS server of the VPC; --inside-vpc uses that of this machine
  --inside-vpc          this machine is in the VPC
  --yes                 do not ask before anything is created
  --clean               remove what earlier runs left, such as runs that were killed, and ask nothing
  --journal FOLDER      where runs note what they create (default: .conformance)

Report
  --json FILE           the report as JSON (default with --aws: conformance-report.json)
  --markdown FILE       the report as Markdown (default with --aws: conformance-report.md)
  --record FILE         write the dates of a JSON report of AWS to facts/*.yml, and ask nothing
  --help                this text

It stops at Ctrl-C and removes what it created. A second Ctrl-C ends it at once; run --clean then.

Examples
  npm run conformance
  npm run conformance -- --aws --region eu-west-1 --vpc vpc-0123456789abcdef0 --zone Z0123456789ABCDEFGHIJ
  npm run conformance -- --aws --region eu-west-1 --clean

Exit codes
  0 every answer is the expected one   1 one differs or could not be asked, or something remains   2 usage
  3 a person has to agree
`;

export interface RemoteOptions {
  readonly endpoint: string | undefined;
  readonly region: string | undefined;
  readonly vpcId: string | undefined;
  readonly zoneId: string | undefined;
  readonly dns: string | undefined;
  readonly vpcDns: string | undefined;
  readonly insideVpc: boolean;
  readonly journal: string;
}

export interface ReportFiles {
  readonly json: string | undefined;
  readonly markdown: string | undefined;
}

export type Options =
  | { readonly command: 'help' }
  | { readonly command: 'record'; readonly report: string }
  | ({ readonly command: 'embedded' } & ReportFiles)
  | { readonly command: 'clean'; readonly remote: RemoteOptions; readonly yes: boolean }
  | ({ readonly command: 'remote'; readonly remote: RemoteOptions; readonly yes: boolean } & ReportFiles);

/** Its message says what is wrong with the arguments. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** @throws UsageError */
export function parseOptions(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Options {
  const values = parse(args);
  if (values.help) return { command: 'help' };
  if (values.record !== undefined) return { command: 'record', report: values.record };
  const { json, markdown } = values;
  // Never report an endpoint as AWS.
  const endpoint = values.endpoint ?? (values.aws ? environment.AWS_ENDPOINT_URL : undefined);
  if (endpoint !== undefined && !URL.canParse(endpoint)) throw new UsageError(`"${endpoint}" is not a URL.`);
  if (!values.aws && endpoint === undefined) {
    const remoteOnly = (['vpc', 'zone', 'region', 'dns', 'vpc-dns', 'inside-vpc', 'yes', 'clean'] as const).find(
      (name) => values[name] !== undefined && values[name] !== false,
    );
    if (remoteOnly !== undefined) throw new UsageError(`--${remoteOnly} is an option of --aws and --endpoint.`);
    return { command: 'embedded', json, markdown };
  }
  const remote: RemoteOptions = {
    endpoint,
    region: values.region ?? environment.AWS_REGION ?? environment.AWS_DEFAULT_REGION,
    vpcId: values.vpc,
    zoneId: values.zone,
    dns: values.dns,
    vpcDns: values['vpc-dns'],
    insideVpc: values['inside-vpc'],
    journal: values.journal,
  };
  if (remote.region === undefined) throw new UsageError('Pass --region, or set AWS_REGION.');
  // An endpoint on this machine belongs to no AWS account.
  const yes = values.yes || (endpoint !== undefined && isLoopback(endpoint));
  if (values.clean) return { command: 'clean', remote, yes };
  if (endpoint === undefined && remote.vpcId === undefined)
    throw new UsageError('Pass the VPC of the endpoint: --vpc vpc-…');
  return {
    command: 'remote',
    remote,
    yes,
    json: json ?? (endpoint === undefined ? 'conformance-report.json' : undefined),
    markdown: markdown ?? (endpoint === undefined ? 'conformance-report.md' : undefined),
  };
}

const isLoopback = (url: string): boolean => /^(127\.|localhost$|\[::1\]$)/.test(new URL(url).hostname);

function parse(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        aws: { type: 'boolean', default: false },
        endpoint: { type: 'string' },
        vpc: { type: 'string' },
        zone: { type: 'string' },
        region: { type: 'string' },
        dns: { type: 'string' },
        'vpc-dns': { type: 'string' },
        'inside-vpc': { type: 'boolean', default: false },
        yes: { type: 'boolean', default: false },
        clean: { type: 'boolean', default: false },
        journal: { type: 'string', default: '.conformance' },
        json: { type: 'string' },
        markdown: { type: 'string' },
        record: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    return values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
