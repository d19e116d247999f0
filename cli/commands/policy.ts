import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { stringify } from 'yaml';
import { errorMessage } from '../../shared/errors.ts';
import { findPolicyFile, openPolicy } from '../../shared/policy/file/open.ts';
import { PolicyFileError } from '../../shared/policy/file/problems.ts';
import type { Policy, Subject } from '../../shared/policy/policy.ts';
import { parseServiceArn } from '../../shared/service-arn.ts';
import { apiClient, dataOf } from '../api/client.ts';
import type { TargetOptions } from '../api/target.ts';
import { type CommandDefinition, command, group, type RunCommand, type Session } from '../command.ts';
import { UsageError } from '../errors.ts';
import { decidedService, explanationText } from '../policy/decision-text.ts';
import { differenceText, policyDifference } from '../policy/difference.ts';
import { liveServices } from '../policy/live-services.ts';
import { parseServices, parseTags, SERVICES_FORM, type ServiceSource } from '../policy/services.ts';
import { apiCommand, withApi } from './api-command.ts';

const SERVICE = 'arn:aws:apprunner:ap-northeast-1:111111111111:service/pay-api/0123456789abcdef0123456789abcdef';

/** Asks the API that the options name. */
type Connect = (options: TargetOptions, now: () => number) => Promise<ServiceSource>;

/** @param connect to where services and the policy in force come from, when an option says which stack is asked. */
export function policyCommandWith(connect: Connect): CommandDefinition {
  return (run) =>
    group('policy')
      .summary('checks a policy file, and says what it means for services')
      .description('Checks a policy file, and says what it means for services; docs/policy.md describes the file.')
      .addCommand(checkCommand(run))
      .addCommand(explainCommand(run, connect))
      .addCommand(diffCommand(run, connect))
      .addCommand(showCommand(run));
}

export const policyCommand = policyCommandWith(async (options, now) => {
  // Loaded only now: it takes AWS clients, and help does without.
  const { findTarget } = await import('../api/target.ts');
  return liveServices(apiClient(await findTarget(options), now));
});

const LIVE = 'With --stack, --api or --local the stack is asked for the tags and units it goes by';

const checkCommand: CommandDefinition = (run) =>
  command('check', [
    { line: 'policy check', does: 'policy.yml in this folder, or the file that POLICY_FILE names' },
    { line: 'policy check policy.example.yml --json', does: 'another file, its problems as JSON' },
  ])
    .summary('every problem of a policy file, with its place and what was expected')
    .description(
      'Every problem of a policy file, a line each: file:line:column, what is wrong, and what was expected. Needs no AWS. Ends with 3 if there is any.',
    )
    .argument('[file]', 'the policy file (default: what POLICY_FILE says, or policy.yml)')
    .action((file, options) =>
      run(options, async ({ output, environment }) => {
        const path = pathOf(file, environment);
        try {
          const { policy } = await openPolicy(path, environment.now());
          output.say({ file: path, problems: [] }, () => `${file ?? path}: no problems (${contents(policy)})`);
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
      does: 'which rule speaks for a service with this tag in these units',
    },
    { line: `policy explain ${SERVICE} --local`, does: 'with the tags and units it has in the embedded cloud' },
    { line: `policy explain ${SERVICE} --file new-policy.yml --json`, does: 'by another file, as JSON' },
  ])
    .summary('which rule of a policy file speaks for a service, and why the earlier ones do not')
    .description(
      `Which rule of a policy file speaks for a service, what it says, and why the earlier rules do not match. Needs no AWS; the service need not exist. ${LIVE}, and for the policy in force where there is no file.`,
    )
    .argument('<service-arn>', 'ARN of the App Runner service')
    .option('--file <file>', 'the policy file (default: what POLICY_FILE says, or policy.yml)')
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
        const policy = source && !hasFile ? await source.policy() : await policyOf(options.file, environment);
        const given = options.tags !== undefined || options.unit !== undefined;
        const facts = given ? undefined : await source?.describe(service);
        const { tags, units } = facts ?? { tags: parseTags(options.tags ?? []), units: options.unit ?? [] };
        if (facts === undefined && !given && asksForFacts(policy)) {
          output.note(
            'Explained as if the service had no tags and its account were in no unit: give --tags and --unit, or ask its stack with --stack.',
          );
        }
        const missing = facts === undefined ? {} : await untoldOf(source, policy, output);
        const explained = decidedService(policy, { ...service, tags, units }, environment.now());
        output.say({ serviceArn: arn, tags, units, ...missing, ...explained }, (layout) =>
          explanationText(arn, explained, layout),
        );
        return 'fine';
      }),
    );

const diffCommand = (run: RunCommand, connect: Connect) =>
  apiCommand('diff', [
    { line: 'policy diff policy.yml new-policy.yml --services services.json', does: 'of the services in a file' },
    { line: 'policy diff policy.yml new-policy.yml --local', does: 'of those the embedded cloud has now' },
    { line: 'policy diff policy.yml new-policy.yml --services - --json', does: 'of those on standard input, as JSON' },
  ])
    .summary('which services another policy file would change')
    .description(
      `Which services would change hands if one policy file took the place of another: which rule speaks for them, and what it says. Ends with 0 whatever differs. ${LIVE}, of every service it knows. Otherwise services are a JSON list: ${SERVICES_FORM}; tags and units may be left out.`,
    )
    .argument('<old>', 'the policy file as it is')
    .argument('<new>', 'the policy file as it would be')
    .option('--services <file>', 'the services to compare, - for standard input')
    .action((older, newer, options) =>
      run(options, async ({ output, environment }) => {
        const [before, after] = [await policyOf(older, environment), await policyOf(newer, environment)];
        const live = isLive(options) && options.services === undefined;
        const source = live ? await connect(options, environment.now) : undefined;
        const services = source === undefined ? await servicesOf(options.services, environment) : await source.list();
        const missing = await untoldOf(source, after, output);
        const difference = policyDifference(before, after, services, environment.now());
        output.say({ ...difference, ...missing }, (layout) => differenceText(difference, layout));
        return 'fine';
      }),
    );

const showCommand: CommandDefinition = (run) =>
  apiCommand('show', [
    { line: 'policy show', does: 'the policy that the functions of the stack go by' },
    { line: 'policy show --local --json', does: 'that of the embedded cloud, as one JSON object' },
  ])
    .summary('the policy in force, as the functions have it')
    .description(
      'The policy that the functions of the stack go by now: the file that was deployed with it, or what its parameters say.',
    )
    .action((options) =>
      withApi(run, options, async ({ client }, { output }) => {
        const inForce = await dataOf(client.GET('/policy'));
        output.say(inForce, ({ style }) => {
          const from = inForce.from === 'file' ? 'of the policy file that was deployed' : "of the stack's parameters";
          return `${style('dim', `# ${from}`)}\n${stringify(inForce.policy)}`;
        });
        return 'fine';
      }),
    );

const isLive = ({ stack, api, local }: TargetOptions): boolean => [stack, api, local].some((one) => one !== undefined);

/** What the policy asks for and the stack does not tell: for people, and as data. */
async function untoldOf(
  source: ServiceSource | undefined,
  policy: Policy,
  { note }: Session['output'],
): Promise<{ readonly unknownTags?: readonly string[] }> {
  const unknownTags = (await source?.unknownTags(policy)) ?? [];
  if (unknownTags.length === 0) return {};
  note(
    `Judged without ${unknownTags.join(', ')}: the policy in force does not ask for it, so the stack does not tell it. Give it by hand.`,
  );
  return { unknownTags };
}

/** One whose exceptions may have ended: then they are told as such. */
async function policyOf(file: string | undefined, environment: Session['environment']): Promise<Policy> {
  return (await openPolicy(pathOf(file, environment), undefined)).policy;
}

/** @throws UsageError when none is given and none is there. */
function pathOf(file: string | undefined, { environment }: Session['environment']): string {
  const path = file === undefined ? findPolicyFile(process.cwd(), environment) : resolve(file);
  if (path !== undefined) return path;
  throw new UsageError('There is no policy.yml in this folder: give a file, or name it in POLICY_FILE.');
}

async function servicesOf(
  file: string | undefined,
  { readInput }: Session['environment'],
): Promise<readonly Subject[]> {
  if (file === '-') return parseServices(await readInput(), 'standard input');
  if (file === undefined) {
    throw new UsageError(
      `No services to compare: give --services FILE, or - for standard input, or ask a stack with --stack. It is a JSON list of ${SERVICES_FORM}.`,
    );
  }
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new UsageError(`--services ${file} cannot be read: ${errorMessage(error)}`);
  });
  return parseServices(text, file);
}

/** Whether a rule or exception asks for what an ARN does not say. */
function asksForFacts({ rules, exceptions }: Policy): boolean {
  return [...rules, ...exceptions].some(({ match }) => match.tags !== undefined || match.units !== undefined);
}

function contents({ rules, networks, zones, exceptions }: Policy): string {
  const parts = Object.entries({ rule: rules, network: networks, zone: zones, exception: exceptions });
  return parts.map(([name, { length }]) => `${length} ${name}${length === 1 ? '' : 's'}`).join(', ');
}
