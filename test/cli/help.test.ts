import { describe, expect, test } from 'vitest';
import { examples } from '../../cli/command.ts';
import { exitCodes } from '../../cli/exit-code.ts';
import { createProgram } from '../../cli/program.ts';
import { type } from './command-line.ts';

const { commands } = createProgram('private-ingress');
const names = commands.map((command) => command.name());

describe('help', () => {
  test('without a command: what there is, and 2', async () => {
    const { code, stdout, stderr } = await type([]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    for (const name of names) expect(stderr).toMatch(new RegExp(`^ {2}${name} `, 'm'));
  });

  test('requested: the same on standard output, and 0', async () => {
    const { code, stdout, stderr } = await type(['--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe((await type([])).stderr);
    for (const { code: one, meaning } of Object.values(exitCodes))
      expect(stdout.replace(/\s+/g, ' ')).toContain(` ${one} ${meaning}`);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });

  test.each(names)('of %s: what it does, its options and examples that parse', async (name) => {
    const { code, stdout, stderr } = await type([name, '--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`^Usage: private-ingress ${name} `));
    expect(stdout).toContain('--json');
    expect(stdout).toContain('Exit codes:');
    expect((await type(['help', name])).stdout).toBe(stdout);
    const shown = examples(commands.find((command) => command.name() === name) ?? fail(name));
    expect(shown.length).toBeGreaterThan(0);
    for (const { line, does } of shown) {
      expect(stdout).toContain(`  private-ingress ${line}\n      ${does}\n`);
      expect(line.split(' ')[0]).toBe(name);
    }
  });

  test('of sweep: every option that "sweep" alone takes', async () => {
    const { stdout } = await type(['sweep', '--help']);
    for (const option of ['--no-wait', '--timeout', '--json', '--local', '--api', '--stack'])
      expect(stdout).toContain(option);
  });

  test('no option has a default in milliseconds', () => {
    const every = (command: (typeof commands)[number]): (typeof commands)[number][] => [
      command,
      ...command.commands.flatMap(every),
    ];
    for (const { options } of commands.flatMap(every)) {
      for (const { long, defaultValue, defaultValueDescription } of options)
        if (typeof defaultValue === 'number' && defaultValue >= 1000)
          expect(defaultValueDescription, long).toMatch(/^\d+[smhd]$/);
    }
  });

  test('every command has a summary and a description', () => {
    for (const command of commands) {
      expect(command.summary(), command.name()).not.toBe('');
      expect(command.description(), command.name()).toMatch(/\.$/);
    }
  });
});

function fail(name: string): never {
  throw new Error(`there is no command ${name}`);
}

describe('a slip', () => {
  test.each([
    [['lsit'], "unknown command 'lsit'\n(Did you mean list?)\nSee private-ingress --help."],
    [['atach', 'hello'], "unknown command 'atach'\n(Did you mean attach?)"],
    [['list', '--jsno'], "unknown option '--jsno'\n(Did you mean --json?)\nSee private-ingress list --help."],
    [['attach', 'hello', '--zonne', 'Z1'], "unknown option '--zonne'\n(Did you mean --zone?)"],
    [['list', '--finding', 'contsted'], 'Unknown code; did you mean contested? See docs/findings.md'],
    [['findings', '--finding', 'no-vpc'], 'did you mean vpc-not-given, vpc-not-found, '],
    [['status'], "missing required argument 'service'\nSee private-ingress status --help."],
    [['adopt', 'hello'], "missing required argument 'domain'"],
    [['status', 'hello', 'there'], 'too many arguments'],
    [['list', '--phase', 'setled'], "argument 'setled' is invalid. Allowed choices are waiting-for-service, attaching"],
    [['attach', 'hello', '--strategy', 'best'], 'Allowed choices are auto, endpoint, apprunner.'],
    [['watch', 'hello', '--timeout', 'soon'], 'It takes a number and s, m, h or d, such as 30m.'],
    [['attach', 'hello', '--clear', 'all'], 'Allowed choices are domains, vpc, endpoint, strategy, zones.'],
    [['sweep', 'list', '--limit', '0'], 'It takes a whole number from 1 to 100.'],
    [
      ['list', '--stack', 'a', '--api', 'https://b'],
      "option '--stack <name>' cannot be used with option '--api <url>'",
    ],
    [['list', '--api', 'https://b', '--local'], "option '--api <url>' cannot be used with option '--local [url]'"],
    [['list', '--api', 'ftp://b'], '--api is "ftp://b", which is not the URL of an API'],
    [['list', '--local=nowhere'], '--local is "nowhere", which is not a URL such as http://127.0.0.1:4566.'],
  ])('%j: 2, and what was meant', async (words, message) => {
    const { code, stdout, stderr } = await type(words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });
});
