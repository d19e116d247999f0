import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { errorMessage } from '../../shared/errors.ts';
import { findPolicyFile, openPolicy } from '../../shared/policy/file/open.ts';
import { PolicyFileError } from '../../shared/policy/file/problems.ts';
import type { Policy, Subject } from '../../shared/policy/policy.ts';
import { parseServiceArn } from '../../shared/service-arn.ts';
import { type CommandDefinition, command, group, type Session } from '../command.ts';
import { UsageError } from '../errors.ts';
import { differenceText, policyDifference } from '../policy/difference.ts';
import { explanationText, ruled } from '../policy/ruled.ts';
import { parseServices, parseTags, SERVICES_FORM, type ServiceSource } from '../policy/services.ts';

const SERVICE = 'arn:aws:apprunner:ap-northeast-1:111111111111:service/pay-api/0123456789abcdef0123456789abcdef';

/** @param source where services come from that are not given; without one, they have to be. */
export function policyCommandWith(source: ServiceSource | undefined): CommandDefinition {
  return (run) =>
    group('policy')
      .summary('checks a policy file, and says what it means for services')
      .description('Checks a policy file, and says what it means for services; docs/policy.md describes the file.')
      .addCommand(checkCommand(run))
      .addCommand(explainCommand(run, source))
      .addCommand(diffCommand(run, source));
}

export const policyCommand = policyCommandWith(undefined);

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
      run(options, async ({ output, surroundings }) => {
        const path = pathOf(file, surroundings);
        try {
          const { policy } = await openPolicy(path, surroundings.now());
          output.say({ file: path, problems: [] }, () => `${file ?? path}: no problems (${contents(policy)})`);
          return 'fine';
        } catch (error) {
          if (!(error instanceof PolicyFileError)) throw error;
          output.say({ file: path, problems: error.problems }, () => error.message);
          return 'findings';
        }
      }),
    );

const explainCommand = (run: Parameters<CommandDefinition>[0], source: ServiceSource | undefined) =>
  command('explain', [
    {
      line: `policy explain ${SERVICE} --tags stage=prod --unit ou-abcd-payments r-abcd`,
      does: 'which rule speaks for a service with this tag in these units',
    },
    { line: `policy explain ${SERVICE} --file new-policy.yml --json`, does: 'by another file, as JSON' },
  ])
    .summary('which rule of a policy file speaks for a service, and why the earlier ones do not')
    .description(
      'Which rule of a policy file speaks for a service, what it says, and why the earlier rules do not match. Needs no AWS; the service need not exist.',
    )
    .argument('<service-arn>', 'ARN of the App Runner service')
    .option('--file <file>', 'the policy file (default: what POLICY_FILE says, or policy.yml)')
    .option('--tags <key=value...>', 'the tags of the service')
    .option('--unit <id...>', "the organisational units above the service's account, and the root")
    .action((arn, options) =>
      run(options, async ({ output, surroundings }) => {
        const service = parseServiceArn(arn);
        if (service === undefined) {
          throw new UsageError(
            `"${arn}" is not the ARN of an App Runner service; it looks like arn:aws:apprunner:REGION:ACCOUNT:service/NAME/ID.`,
          );
        }
        const policy = await policyOf(options.file, surroundings);
        const given = options.tags !== undefined || options.unit !== undefined;
        const facts = given || source === undefined ? undefined : await source.describe(service, policy);
        const { tags, units } = facts ?? { tags: parseTags(options.tags ?? []), units: options.unit ?? [] };
        if (facts === undefined && !given && asksForFacts(policy)) {
          output.note(
            'Explained as if the service had no tags and its account were in no unit: give --tags and --unit.',
          );
        }
        const explained = ruled(policy, { ...service, tags, units }, surroundings.now());
        output.say({ serviceArn: arn, tags, units, ...explained }, (layout) => explanationText(arn, explained, layout));
        return 'fine';
      }),
    );

const diffCommand = (run: Parameters<CommandDefinition>[0], source: ServiceSource | undefined) =>
  command('diff', [
    { line: 'policy diff policy.yml new-policy.yml --services services.json', does: 'of the services in a file' },
    { line: 'policy diff policy.yml new-policy.yml --services - --json', does: 'of those on standard input, as JSON' },
  ])
    .summary('which services another policy file would change')
    .description(
      `Which services would change hands if one policy file took the place of another: which rule speaks for them, and what it says. Ends with 0 whatever differs. Services are a JSON list: ${SERVICES_FORM}; tags and units may be left out.`,
    )
    .argument('<old>', 'the policy file as it is')
    .argument('<new>', 'the policy file as it would be')
    .option('--services <file>', 'the services to compare, - for standard input')
    .action((older, newer, options) =>
      run(options, async ({ output, surroundings }) => {
        const [before, after] = [await policyOf(older, surroundings), await policyOf(newer, surroundings)];
        const services = await servicesOf(options.services, surroundings, after, source);
        const difference = policyDifference(before, after, services, surroundings.now());
        output.say(difference, (layout) => differenceText(difference, layout));
        return 'fine';
      }),
    );

/** One whose exceptions may have ended: then they are told as such. */
async function policyOf(file: string | undefined, surroundings: Session['surroundings']): Promise<Policy> {
  return (await openPolicy(pathOf(file, surroundings), undefined)).policy;
}

/** @throws UsageError when none is given and none is there. */
function pathOf(file: string | undefined, { environment }: Session['surroundings']): string {
  const path = file === undefined ? findPolicyFile(process.cwd(), environment) : resolve(file);
  if (path !== undefined) return path;
  throw new UsageError('There is no policy.yml in this folder: give a file, or name it in POLICY_FILE.');
}

async function servicesOf(
  file: string | undefined,
  { readInput }: Session['surroundings'],
  policy: Policy,
  source: ServiceSource | undefined,
): Promise<readonly Subject[]> {
  if (file === '-') return parseServices(await readInput(), 'standard input');
  if (file === undefined) {
    if (source !== undefined) return source.list(policy);
    throw new UsageError(
      `No services to compare: give --services FILE, or - for standard input. It is a JSON list of ${SERVICES_FORM}.`,
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
