import { profiles } from 'apprunner-embedded-cloud/profile';
import { describe, expect, test } from 'vitest';
import { HELP, parseOptions, StartUsageError } from '../../demo/options.ts';
import { run } from './program.ts';

describe('the options of npm start', () => {
  test('have the defaults of the contract', () => {
    expect(parseOptions([])).toEqual({
      once: false,
      idle: false,
      org: false,
      json: false,
      profile: profiles.fast,
      probe: true,
      connectionNameIsPublic: true,
      ports: {
        aws: { port: 4566, asked: false },
        dns: { port: 1053, asked: false },
        api: { port: 3000, asked: false },
      },
    });
  });

  test('are all taken', () => {
    const ports = ['--aws-port', '1', '--dns-port=0', '--api-port', '65535'];
    const rest = ['--org', '--once', '--json', '--profile', 'realistic', '--no-probe', '--private-names'];
    expect(parseOptions([...ports, ...rest])).toEqual({
      once: true,
      idle: false,
      org: true,
      json: true,
      profile: profiles.realistic,
      probe: false,
      connectionNameIsPublic: false,
      ports: { aws: { port: 1, asked: true }, dns: { port: 0, asked: true }, api: { port: 65_535, asked: true } },
    });
  });

  test.each([
    [['--nonsense'], "Unknown option '--nonsense'"],
    [['nonsense'], "Unexpected argument 'nonsense'"],
    [['--once', '--idle'], '--once ends after the story and --idle plays none. Pass one of them.'],
    [['--profile', 'nonsense'], '--profile takes fast or realistic, not "nonsense".'],
    [['--profile', 'toString'], '--profile takes fast or realistic, not "toString".'],
    [['--aws-port', 'http'], '--aws-port takes a port from 0 to 65535, not "http".'],
    [['--aws-port', '65536'], '--aws-port takes a port from 0 to 65535, not "65536".'],
    [['--dns-port', '1.5'], '--dns-port takes a port from 0 to 65534, not "1.5".'],
    [['--dns-port='], '--dns-port takes a port from 0 to 65534, not "".'],
    // The seeded VPC's DNS has the port after it.
    [['--dns-port', '65535'], '--dns-port takes a port from 0 to 65534, not "65535".'],
    [['--api-port=-1'], '--api-port takes a port from 0 to 65535, not "-1".'],
    [['--api-port'], "'--api-port <value>' argument missing"],
    [['--json=yes'], "'--json' does not take an argument"],
  ])('%j are refused', (args, message) => {
    expect(() => parseOptions(args)).toThrow(StartUsageError);
    expect(() => parseOptions(args)).toThrow(message);
  });

  test.each([['--help'], ['-h']])('%s wants only that', (option) => {
    expect(parseOptions([option, '--once'])).toBeUndefined();
  });
});

describe('npm start', () => {
  test.each([
    [['--nonsense'], "Unknown option '--nonsense'\nSee npm start -- --help.\n"],
    [
      ['--once', '--idle'],
      '--once ends after the story and --idle plays none. Pass one of them.\nSee npm start -- --help.\n',
    ],
  ])('ends with 2 and says why for %j', async (args, stderr) => {
    expect(await run('demo/start.ts', args)).toEqual({ code: 2, signal: null, stdout: '', stderr });
  });

  test('--help shows every option', async () => {
    expect(await run('demo/start.ts', ['--help'])).toEqual({ code: 0, signal: null, stdout: HELP, stderr: '' });
    const options = [
      'once',
      'idle',
      'json',
      'profile',
      'no-probe',
      'private-names',
      'aws-port',
      'dns-port',
      'api-port',
    ];
    for (const option of options) expect(HELP).toMatch(new RegExp(`^ {2}--${option} `, 'm'));
  });
});
