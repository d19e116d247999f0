import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { stringify } from 'yaml';
import { counted } from '../../shared/counted.ts';
import { errorMessage } from '../../shared/errors.ts';
import { writePolicy } from '../../shared/policy/file/document.ts';
import { findPolicyFile, openPolicy } from '../../shared/policy/file/open.ts';
import { PolicyFileError } from '../../shared/policy/file/problems.ts';
import type { Policy, Subject } from '../../shared/policy/policy.ts';
import { parseServiceArn } from '../../shared/service-arn.ts';
import { apiClient, dataOf } from '../api/client.ts';
import type { TargetOptions } from '../api/target.ts';
import { type CommandContext, type CommandDefinition, command, group, type RunCommand } from '../command.ts';
import { UsageError } from '../errors.ts';
import { decidedService, explanationText } from '../policy/decision-text.ts';
import { differenceText, policyDifference } from '../policy/difference.ts';
import { liveServices } from '../policy/live-services.ts';
import { parseServices, parseTags, SERVICES_FORM, type ServiceSource } from '../policy/services.ts';
import { apiCommand, withApi } from './api-command.ts';

const SERVICE = 'arn:aws:apprunner:ap-northeast-1:111111111111:service/pay-api/0123456789abcdef0123456789abcdef';

/** Connects to the API that the options name. */
type Connect = (options: TargetOptions, now: () => number) => Promise<ServiceSource>;

/** @param connect reads services and the policy in force, if an option names a stack. */
export function policyCommandWith(connect: Connect): CommandDefinition {
  return (run) =>
    group('policy')
      .summary('check a policy file and show what it means for services')
      .description('Checks a policy file and shows what it means for services. docs/policy.md describes the file.')
      .addCommand(checkCommand(run))
      .addCommand(explainCommand(run, connect))
      .addCommand(diffCommand(run, connect))
      .addCommand(showCommand(run));
}

export const policyCommand = policyCommandWith(async (options, now) => {
  // Loaded late: help needs no AWS clients.
  const { findTarget } = await import('../api/target.ts');
  return liveServices(apiClient(await findTarget(options), now));
});

const LIVE = 'With --stack, --api or --local, tags and units come from the stack';

const checkCommand: CommandDefinition = (run) =>
  command('check', [
    { line: 'policy check', does: 'policy.yml in this folder, or the file that POLICY_FILE names' },
    { line: 'policy check policy.example.yml --json', does: 'another file, problems as JSON' },
  ])
    .summary('every problem of a policy file, with its position and what is expected')
    .description(
      'Lists every problem of a policy file, one per line: file:line:column, what is wrong, and what is expected. Warns where owners can take services out of a rule that requires them to be private, by their tags, names or regions. Needs no AWS. Ends with 3 if there is a problem, with 0 if there are only warnings.',
    )
    .argument('[file]', 'the policy file (default: $POLICY_FILE, else policy.yml)')
    .action((file, options) =>
      run(options, async ({ output, environment }) => {
        const path = pathOf(file, environment);
        try {
          const { policy, warnings } = await openPolicy(path, environment.now());
          output.say({ file: path, problems: [], warnings }, () =>
            [
              ...warnings.map(({ line, column, message }) => `${file ?? path}:${line}:${column}: warning: ${message}`),
              `${file ?? path}: no problems${warned(warnings.length)} (${contents(policy)})`,
            ].join('\n'),
          );
          return 'fine';
        } catch (error) {
          if (!(error instanceof PolicyFileError)) throw error;
          output.say({ file: path, problems: error.problems }, () => error.message);
          return 'findings';
        }
      }),
    );

const explainCommand = (run: RunCommand, connect: Connect) =>
  apiCommand('explain', [
    {
      line: `policy explain ${SERVICE} --tags stage=prod --unit ou-abcd-payments r-abcd`,
      does: 'which rule applies to a service with this tag in these units',
    },
    { line: `policy explain ${SERVICE} --local`, does: 'with its tags and units in the embedded cloud' },
    { line: `policy explain ${SERVICE} --file new-policy.yml --json`, does: 'by another file, as JSON' },
  ])
    .summary('which rule of a policy file applies to a service, and why the earlier ones do not')
    .description(
      `Shows which rule of a policy file applies to a service, its effect, and why the earlier rules do not match. Needs no AWS; the service need not exist. ${LIVE}, and without a file the policy is the one in force.`,
    )
    .argument('<service-arn>', 'ARN of the App Runner service')
    .option('--file <file>', 'the policy file (default: $POLICY_FILE, else policy.yml)')
    .option('--tags <key=value...>', 'the tags of the service')
    .option('--unit <id...>', "the organisational units above the service's account, and the root")
    .action((arn, options) =>
      run(options, async ({ output, environment }) => {
        const service = parseServiceArn(arn);
        if (service === undefined) {
          throw new UsageError(
            `"${arn}" is not the ARN of an App Runner service; it looks like arn:aws:apprunner:REGION:ACCOUNT:service/NAME/ID.`,
          );
        }
        const source = isLive(options) ? await connect(options, environment.now) : undefined;
        const hasFile = options.file !== undefined || findPolicyFile(process.cwd(), environment.environment);
        const policy = source && !hasFile ? (await source.inForce()).policy : await policyOf(options.file, environment);
        const given = options.tags !== undefined || options.unit !== undefined;
        const facts = given ? undefined : await source?.describe(service);
        const { tags, units } = facts ?? { tags: parseTags(options.tags ?? []), units: options.unit ?? [] };
        if (facts === undefined && !given && asksForFacts(policy)) {
          output.note(
            'Explained for a service without tags in an account without units. Pass --tags and --unit, or --stack to read them.',
          );
        }
        const missing = facts === undefined ? {} : await missingTags(source, policy, output);
        const explained = decidedService(policy, { ...service, tags, units }, environment.now());
        output.say({ serviceArn: arn, tags, units, ...missing, ...explained }, (layout) =>
          explanationText(arn, explained, layout),
        );
        return 'fine';
      }),
    );

const diffCommand = (run: RunCommand, connect: Connect) =>
  apiCommand('diff', [
    { line: 'policy diff policy.yml new-policy.yml --services services.json', does: 'for the services in a file' },
    { line: 'policy diff policy.yml new-policy.yml --local', does: 'for those of the embedded cloud' },
    { line: 'policy diff policy.yml new-policy.yml --services - --json', does: 'for those on standard input, as JSON' },
  ])
    .summary('which services a new policy file would change')
    .description(
      `Shows which services would get another rule or another effect if one policy file replaced another. Ends with 0 in either case. ${LIVE}, for every service it knows. Otherwise services are a JSON list: ${SERVICES_FORM}; tags and units are optional.`,
    )
    .argument('<old>', 'the policy file now')
    .argument('<new>', 'the new policy file')
    .option('--services <file>', 'the services to compare, - for standard input')
    .action((older, newer, options) =>
      run(options, async ({ output, environment }) => {
        const [before, after] = [await policyOf(older, environment), await policyOf(newer, environment)];
        const live = isLive(options) && options.services === undefined;
        const source = live ? await connect(options, environment.now) : undefined;
        const services = source === undefined ? await servicesOf(options.services, environment) : await source.list();
        const missing = await missingTags(source, after, output);
        const difference = policyDifference(before, after, services, environment.now());
        output.say({ ...difference, ...missing }, (layout) => differenceText(difference, layout));
        return 'fine';
      }),
    );

const showCommand: CommandDefinition = (run) =>
  apiCommand('show', [
    { line: 'policy show', does: 'the policy in force' },
    { line: 'policy show --file > policy.yml', does: 'as a policy file, to deploy from' },
    { line: 'policy show --local --json', does: 'the policy of the embedded cloud, as one JSON object' },
  ])
    .summary('the policy in force, as the functions have it')
    .description(
      'The policy that the functions of the stack use now: the deployed file, or the one that the parameters make. With --file, prints it as a policy file that "policy check" accepts; for the zones of parameters it asks Route 53 for their names (route53:GetHostedZone).',
    )
    .option('--file', 'print it as a policy file')
    .action((options) =>
      withApi(run, options, async ({ client }, { output, environment }) => {
        const inForce = await dataOf(client.GET('/policy'));
        const from = inForce.from === 'file' ? 'of the policy file that was deployed' : "of the stack's parameters";
        if (options.file !== true) {
          output.say(inForce, ({ style }) => `${style('dim', `# ${from}`)}\n${stringify(inForce.policy)}`);
          return 'fine';
        }
        // Loaded late: help needs no AWS clients.
        const { zoneFacts } = await import('../policy/zone-facts.ts');
        const { zones } = inForce.policy;
        const names = await zoneFacts(
          zones.filter(({ name }) => name === undefined),
          options,
        );
        const { document, unsaid } = writePolicy(inForce.policy, names, environment.now());
        for (const what of unsaid) output.note(`A policy file cannot say ${what}: list its VPCs under networks.`);
        output.say(document, () => `# ${from}\n${stringify(document).trimEnd()}`);
        return 'fine';
      }),
    );

const isLive = ({ stack, api, local }: TargetOptions): boolean => [stack, api, local].some((one) => one !== undefined);

/** The tags that the policy matches and the stack does not return: as a note, and as data. */
async function missingTags(
  source: ServiceSource | undefined,
  policy: Policy,
  { note }: CommandContext['output'],
): Promise<{ readonly unknownTags?: readonly string[] }> {
  const unknownTags = (await source?.unknownTags(policy)) ?? [];
  if (unknownTags.length === 0) return {};
  note(
    `Evaluated without ${unknownTags.join(', ')}: the policy in force does not use it, so the stack does not return it. Pass it by hand.`,
  );
  return { unknownTags };
}

/** Ended exceptions are allowed here; they are reported as ended. */
async function policyOf(file: string | undefined, environment: CommandContext['environment']): Promise<Policy> {
  return (await openPolicy(pathOf(file, environment), undefined)).policy;
}

/** @throws UsageError when there is none. */
function pathOf(file: string | undefined, { environment }: CommandContext['environment']): string {
  const path = file === undefined ? findPolicyFile(process.cwd(), environment) : resolve(file);
  if (path !== undefined) {
    if (existsSync(path)) return path;
    throw new UsageError(`There is no file ${file ?? path}.`);
  }
  throw new UsageError(
    'There is no policy.yml in this folder. Pass a file, or set POLICY_FILE. With --stack, --api or --local, "policy explain" takes the policy in force.',
  );
}

async function servicesOf(
  file: string | undefined,
  { readInput }: CommandContext['environment'],
): Promise<readonly Subject[]> {
  if (file === '-') return parseServices(await readInput(), 'standard input');
  if (file === undefined) {
    throw new UsageError(
      `No services to compare. Pass --services FILE (- for standard input), or --stack to read them. The file is a JSON list of ${SERVICES_FORM}.`,
    );
  }
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new UsageError(`--services ${file} cannot be read: ${errorMessage(error)}`);
  });
  return parseServices(text, file);
}

/** Whether a rule or exception matches tags or units. */
function asksForFacts({ rules, exceptions }: Policy): boolean {
  return [...rules, ...exceptions].some(({ match }) => match.tags !== undefined || match.units !== undefined);
}

function warned(count: number): string {
  return count === 0 ? '' : `, ${counted(count, 'warning')}`;
}

function contents({ rules, networks, zones, exceptions }: Policy): string {
  const parts = Object.entries({ rule: rules, network: networks, zone: zones, exception: exceptions });
  return parts.map(([name, { length }]) => counted(length, name)).join(', ');
}
