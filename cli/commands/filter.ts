import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import type { Severity } from '../../shared/findings.ts';
import { similar } from '../../shared/similar.ts';
import type { Example } from '../command.ts';
import { apiCommand } from './api-command.ts';

const severities = ['info', 'warning', 'error'] as const satisfies readonly Severity[];

/** A command that lists what matches a filter. */
export function listingCommand<const Name extends string>(name: Name, examples: readonly Example[]) {
  return apiCommand(name, examples)
    .option('--account <id>', 'of this account')
    .option('--region <name>', 'in this region')
    .option('--name <name>', 'of the service with exactly this name')
    .option('--domain <name>', 'of this custom domain')
    .addOption(new Option('--severity <severity>', 'with an open finding of this severity').choices(severities));
}

/** `--finding`. Help cannot list all codes, so an unknown one gets the closest as a suggestion, or all that begin with its first word. */
export function findingOption<const Code extends string>(description: string, codes: readonly Code[]) {
  return new Option('--finding <code>', description).argParser((text): Code => {
    const code = codes.find((one) => one === text);
    if (code !== undefined) return code;
    // `no-vpc` is about a VPC.
    const topic = text.split('-').find((word) => word.length > 2);
    const related = codes.filter((one) => one.startsWith(`${topic}-`));
    const meant = similar(text, related) ?? (related.length > 0 ? related.join(', ') : similar(text, codes));
    throw new InvalidArgumentError(
      `Unknown code${meant === undefined ? '.' : `; did you mean ${meant}?`} See docs/findings.md and docs/sweep.md.`,
    );
  });
}

type Given<Options, Names extends keyof Options> = { -readonly [Name in Names]?: Exclude<Options[Name], undefined> };

/** The named options that were given, for a request to the API. */
export function given<Options extends object, const Names extends keyof Options>(
  options: Options,
  names: readonly Names[],
): Given<Options, Names> {
  const picked: Given<Options, Names> = {};
  for (const name of names) {
    const value = options[name];
    if (value !== undefined) Object.assign(picked, { [name]: value });
  }
  return picked;
}
