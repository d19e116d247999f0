import * as cloudtrail from '@aws-sdk/client-cloudtrail';
import * as ec2 from '@aws-sdk/client-ec2';
import * as iam from '@aws-sdk/client-iam';
import * as route53 from '@aws-sdk/client-route-53';
import * as quotas from '@aws-sdk/client-service-quotas';
import { NormalizedSchema } from '@smithy/core/schema';
import type { StaticOperationSchema } from '@smithy/types';

interface Client {
  send(command: object): Promise<unknown>;
}

type Config = ConstructorParameters<typeof ec2.EC2Client>[0];

interface Service {
  readonly sdk: object;
  client(config: Config): Client;
}

/** By the name the AWS CLI has for it. */
const services: Readonly<Record<string, Service>> = {
  cloudtrail: { sdk: cloudtrail, client: (config) => clientOf(new cloudtrail.CloudTrailClient(config ?? {})) },
  ec2: { sdk: ec2, client: (config) => clientOf(new ec2.EC2Client(config ?? {})) },
  iam: { sdk: iam, client: (config) => clientOf(new iam.IAMClient(config ?? {})) },
  route53: { sdk: route53, client: (config) => clientOf(new route53.Route53Client(config ?? {})) },
  'service-quotas': { sdk: quotas, client: (config) => clientOf(new quotas.ServiceQuotasClient(config ?? {})) },
};

/** Every client sends every command of its own service; which one it is is only known at run time here. */
const clientOf = (client: { send(command: never): Promise<unknown> }): Client => ({
  send: (command) => client.send(command as never),
});

const plain = (name: string) => name.replaceAll('-', '').toLowerCase();

/** Words of a line in which only single quotes mean something, as `awsCommand` writes it. */
export function shellWords(line: string): readonly string[] {
  return [...line.matchAll(/(?:\\'|[^\s']|'[^']*')+/g)].map(([word]) =>
    word.replace(/'([^']*)'|\\'/g, (whole, inside: string | undefined) => inside ?? whole.slice(1)),
  );
}

/**
 * Does what a line for the AWS CLI says, with the SDK: names in kebab case, structures as JSON, bare options true.
 * @throws Error for a line that the AWS CLI would not understand either.
 */
export async function runAwsLine(line: string, config: NonNullable<Config>): Promise<unknown> {
  const [aws, name = '', operation = '', ...rest] = shellWords(line);
  const service = services[name];
  if (aws !== 'aws' || service === undefined) throw new Error(`not a line for the AWS CLI that is known here: ${line}`);
  const exports = Object.entries(service.sdk);
  const exported = (ending: string) => exports.find(([key]) => plain(key) === `${plain(operation)}${ending}`)?.[1];
  const command = exported('command');
  const schema: StaticOperationSchema | undefined = exported('$');
  if (command === undefined || schema === undefined) throw new Error(`aws ${name} has no operation ${operation}`);
  const { region, input } = inputOf(schema, rest);
  return service.client({ ...config, ...(region === undefined ? {} : { region }) }).send(new command(input));
}

function inputOf(schema: StaticOperationSchema, words: readonly string[]) {
  const members = new Map(
    [...NormalizedSchema.of(schema[4]).structIterator()].map(([key, ns]) => [plain(key), { key, ns }]),
  );
  const input: Record<string, unknown> = {};
  let region: string | undefined;
  for (let at = 0; at < words.length; ) {
    const option = words[at++]?.replace(/^--/, '') ?? '';
    const values: string[] = [];
    while (at < words.length && words[at]?.startsWith('--') === false) values.push(words[at++] ?? '');
    const [first = ''] = values;
    if (option === 'region') {
      region = first;
      continue;
    }
    const negated = option.startsWith('no-') && !members.has(plain(option));
    const member = members.get(plain(negated ? option.slice('no-'.length) : option));
    if (member === undefined) throw new Error(`${schema[2]} has no option --${option}`);
    const { key, ns } = member;
    if (values.length === 0) input[key] = !negated;
    else if (ns.isStructSchema() || (ns.isListSchema() && ns.getValueSchema().isStructSchema()))
      input[key] = JSON.parse(first);
    else if (ns.isListSchema()) input[key] = values;
    else input[key] = ns.isNumericSchema() ? Number(first) : first;
  }
  return { region, input };
}
