import { readFile } from 'node:fs/promises';
import { createCloud } from 'apprunner-embedded-cloud';
import type { GeneratedDocument } from './document.ts';
import { table } from './table.ts';

const PATH = 'local/README.md';
const SECTION = /(<!-- Generated from the gateway by "npm run docs". -->\n).*?(<!-- End of what is generated. -->)/s;

const NAMES: Readonly<Record<string, string>> = {
  apprunner: 'App Runner',
  cloudformation: 'CloudFormation',
  cloudtrail: 'CloudTrail',
  dynamodb: 'DynamoDB',
  ec2: 'EC2',
  ecr: 'ECR',
  events: 'EventBridge',
  iam: 'IAM',
  lambda: 'Lambda',
  logs: 'CloudWatch Logs',
  monitoring: 'CloudWatch',
  organizations: 'Organizations',
  route53: 'Route 53',
  s3: 'S3',
  servicequotas: 'Service Quotas',
  sns: 'SNS',
  sqs: 'SQS',
  ssm: 'Systems Manager',
  sts: 'STS',
};

interface ServedService {
  readonly signingName: string;
  readonly served: readonly string[];
  /** All operations of the AWS service. */
  readonly all: number;
  readonly enforced: readonly string[];
}

/** The table of services in `local/README.md`, from the definitions that the gateway serves. */
export async function embeddedCloudDocument(): Promise<GeneratedDocument> {
  await using cloud = createCloud();
  const { services, passthroughs } = cloud.gateway;
  const nameOf = ({ 2: name }: { readonly 2: string }): string => name;
  const served: ServedService[] = [
    ...services
      .filter(({ operations }) => operations.length > 0)
      .map(({ signingName, operations, api = [], resourcePolicy, errors }) => ({
        signingName,
        served: operations.map(({ schema }) => nameOf(schema)),
        all: api.length,
        enforced: [
          'caller’s policies',
          ...(resourcePolicy === undefined ? [] : ['resource policies']),
          'constraints of the API model',
          ...(errors.length === 0 ? [] : [`${errors.length} modelled errors`]),
        ],
      })),
    ...passthroughs.map((passthrough) => ({
      signingName: passthrough.signingName,
      served: passthrough.api.map(nameOf).filter((name) => passthrough.serves(name)),
      all: passthrough.api.length,
      enforced: ['caller’s policies', 'what [dynalite](https://github.com/architect/dynalite) checks'],
    })),
  ];
  const rows = served
    .map(({ signingName, served: operations, all, enforced }) => {
      const name = NAMES[signingName];
      if (name === undefined) throw new Error(`${signingName} has no name in scripts/docs/embedded-cloud.ts`);
      const names = operations.toSorted().map((operation) => `\`${operation}\``);
      return [name, names.join(', '), String(all - operations.length), enforced.join('; ')];
    })
    .sort(([a = ''], [b = '']) => a.localeCompare(b, 'en'));
  const section = `\n${table(['service', 'operations it serves', 'operations it does not serve', 'enforced on each call'], rows)}\n\n`;
  const readme = await readFile(new URL(`../../${PATH}`, import.meta.url), 'utf8');
  if (!SECTION.test(readme)) throw new Error(`${PATH} lacks the comments around its table of services`);
  return { path: PATH, content: readme.replace(SECTION, (_all, start, end) => `${start}${section}${end}`) };
}
