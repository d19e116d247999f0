import { Command, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import type { PortChoice } from '../ports.ts';
import { defaultSwitches, type Profile, profiles, type Switches, switchValues } from '../profile.ts';
import { awsRateLimits, type RateLimit } from '../rate-limits.ts';

export interface ProgramOptions {
  readonly seeded: boolean;
  readonly json: boolean;
  readonly profile: Profile;
  readonly switches: Switches;
  readonly rateLimits: readonly RateLimit[];
  readonly ports: Readonly<Record<'aws' | 'dns' | 'https' | 'api', PortChoice>>;
}

const PORTS = { aws: 4566, dns: 1053, https: 8443, api: 3000 };

/** @param highest the ports after the first one follow it, where there are several. */
const port =
  (highest = 65_535) =>
  (text: string): number => {
    const number = Number(text);
    if (/^\d+$/.test(text) && number <= highest) return number;
    throw new InvalidArgumentError(`It must be a port from 0 to ${highest}; 0 is any free port.`);
  };

/** `name=value` after those before it. */
function turned(text: string, before: Switches): Switches {
  const [name = '', value = ''] = text.split('=', 2);
  const values: readonly unknown[] | undefined = Object.entries(switchValues).find(([key]) => key === name)?.[1];
  if (values === undefined) throw new InvalidArgumentError(`The switches are ${Object.keys(switchValues).join(', ')}.`);
  const chosen = values.find((one) => String(one) === value);
  if (chosen === undefined) throw new InvalidArgumentError(`The values of ${name} are ${values.join(', ')}.`);
  return { ...before, [name]: chosen };
}

const choice = (asked: number | undefined, otherwise: number): PortChoice =>
  asked === undefined ? { port: otherwise, asked: false } : { port: asked, asked: true };

/** Runs `run` with what the arguments choose. @throws CommanderError for what it has printed already: help, or a usage error. */
export async function parseOptions(
  args: readonly string[],
  run: (options: ProgramOptions) => Promise<void>,
): Promise<void> {
  await new Command('apprunner-embedded-cloud')
    .description('Runs the embedded cloud on 127.0.0.1 until Ctrl-C. Any AWS client works against it.')
    .addOption(
      new Option('--profile <name>', 'how long operations take: seconds, or the minutes that AWS takes')
        .choices(['fast', 'realistic'] as const)
        .default('fast' as const),
    )
    .addOption(
      new Option('--switch <name=value>', 'turn a switch of src/profile.ts; repeat it for others')
        .argParser(turned)
        .default(defaultSwitches, 'what docs/fidelity.md names first'),
    )
    .option('--rate-limits', 'refuse requests that exceed the rates of src/rate-limits.ts')
    .option('--empty', 'start without the network and the zones: a VPC, its subnets, example.com')
    .option('--aws-port <port>', `AWS APIs (default: ${PORTS.aws})`, port())
    .option(
      '--dns-port <port>',
      `DNS: the public view; the first VPC has the next port (default: ${PORTS.dns})`,
      port(65_534),
    )
    .option(
      '--https-port <port>',
      `HTTPS inside the VPC: the first interface; the others have the next ports (default: ${PORTS.https})`,
      port(65_534),
    )
    .option('--api-port <port>', `HTTP APIs of deployed stacks (default: ${PORTS.api})`, port())
    .option('--json', 'print one line of JSON with the addresses instead of text')
    .addHelpText(
      'after',
      `
0 is any free port. A default port that is taken gives way to a free one; a port that you ask for must be free.

Examples:
  apprunner-embedded-cloud
  apprunner-embedded-cloud --empty --profile realistic
  apprunner-embedded-cloud --switch deletedConnection=not-found --switch tagEvents=true
  apprunner-embedded-cloud --aws-port 0 --dns-port 0 --https-port 0 --api-port 0 --json`,
    )
    .showHelpAfterError('See apprunner-embedded-cloud --help.')
    .exitOverride()
    .action(async (options) => {
      await run({
        seeded: options.empty !== true,
        json: options.json === true,
        profile: profiles[options.profile],
        switches: options.switch,
        rateLimits: options.rateLimits === true ? awsRateLimits : [],
        ports: {
          aws: choice(options.awsPort, PORTS.aws),
          dns: choice(options.dnsPort, PORTS.dns),
          https: choice(options.httpsPort, PORTS.https),
          api: choice(options.apiPort, PORTS.api),
        },
      });
    })
    .parseAsync(args, { from: 'user' });
}
