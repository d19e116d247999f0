import { CommanderError } from '@commander-js/extra-typings';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { defaultSwitches, profiles, switchValues } from '../../src/profile.ts';
import { type ProgramOptions, parseOptions } from '../../src/program/options.ts';
import { awsRateLimits } from '../../src/rate-limits.ts';

let printed: string[];
beforeEach(() => {
  printed = [];
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
  }
});
afterEach(() => {
  vi.restoreAllMocks();
});

async function parsed(...args: string[]): Promise<ProgramOptions> {
  let options: ProgramOptions | undefined;
  await parseOptions(args, async (given) => {
    options = given;
  });
  if (options === undefined) throw new Error('nothing was run');
  return options;
}

describe('the options', () => {
  it('choose a seeded, fast cloud on the default ports, which may give way', async () => {
    const port = (number: number) => ({ port: number, asked: false });
    expect(await parsed()).toEqual({
      seeded: true,
      json: false,
      profile: profiles.fast,
      switches: defaultSwitches,
      rateLimits: [],
      ports: { aws: port(4566), dns: port(1053), https: port(8443), api: port(3000) },
    });
  });

  it('turn switches', async () => {
    const { switches } = await parsed('--switch', 'tagEvents=true', '--switch', 'zonesOfForeignVpc=refused');
    expect(switches).toEqual({ ...defaultSwitches, tagEvents: true, zonesOfForeignVpc: 'refused' });
  });

  it('limit rates only if asked to', async () => {
    expect((await parsed('--rate-limits')).rateLimits).toEqual(awsRateLimits);
  });

  it('know every value of every switch, the default first', () => {
    const firsts = Object.fromEntries(Object.entries(switchValues).map(([name, values]) => [name, values[0]]));
    expect(firsts).toEqual(defaultSwitches);
  });

  it.each([
    ['tagEvent=true', 'The switches are'],
    ['tagEvents=yes', 'The values of tagEvents are false, true.'],
    ['tagEvents', 'The values of tagEvents are false, true.'],
  ])('refuse the switch %s', async (text, message) => {
    await expect(parsed('--switch', text)).rejects.toThrow(CommanderError);
    expect(printed.join('')).toContain(message);
  });

  it('ask for ports, 0 for any free one', async () => {
    const { ports } = await parsed('--aws-port', '0', '--dns-port', '53', '--https-port=443', '--api-port', '65535');
    expect(ports).toEqual({
      aws: { port: 0, asked: true },
      dns: { port: 53, asked: true },
      https: { port: 443, asked: true },
      api: { port: 65_535, asked: true },
    });
  });

  it('choose an empty cloud with the durations of AWS', async () => {
    expect(await parsed('--empty', '--json', '--profile', 'realistic')).toMatchObject({
      seeded: false,
      json: true,
      profile: { name: 'realistic' },
    });
  });

  it.each([
    [['--aws-port', '65536'], 'It must be a port from 0 to 65535'],
    [['--dns-port', '65535'], 'It must be a port from 0 to 65534'],
    [['--aws-port', '-1'], 'It must be a port from 0 to 65535'],
    [['--profile', 'slow'], 'Allowed choices are fast, realistic'],
    [['--awsport', '1'], 'Did you mean --aws-port?'],
    [['now'], 'too many arguments'],
  ])('refuse %j', async (args, message) => {
    const error = await parsed(...args).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CommanderError);
    expect(error).toMatchObject({ exitCode: 1 });
    expect(printed.join('')).toContain(message);
    expect(printed.join('')).toContain('See apprunner-embedded-cloud --help.');
  });

  it('are explained by --help, which is no failure', async () => {
    await expect(parsed('--help')).rejects.toMatchObject({ exitCode: 0 });
    expect(printed.join('')).toContain('--https-port <port>');
  });
});
