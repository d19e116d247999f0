import { describe, expect, test } from 'vitest';
import { typedAgain } from '../../cli/typed.ts';
import { commandFor, withCommands } from '../../shared/command-line.ts';

describe('a next command names the stack as the command does that runs now', () => {
  test.each([
    [{}, 'sweep list', 'sweep list'],
    [{ stack: 'apprunner-private-ingress-main' }, 'sweep list', 'sweep list'],
    [{ stack: 'apprunner-private-ingress-two' }, 'sweep list', 'sweep list --stack apprunner-private-ingress-two'],
    [{ api: 'https://api.example.com' }, 'list', 'list --api https://api.example.com'],
    [{ local: true }, 'list', 'list --local'],
    [{ local: 'http://127.0.0.1:4566' }, 'list', 'list --local'],
    [{ local: 'http://127.0.0.1:5000' }, 'list', 'list --local=http://127.0.0.1:5000'],
    [{ stage: 'main' }, 'watch x', 'watch x'],
    [{ stage: 'two' }, 'watch x', 'watch x --stack apprunner-private-ingress-two'],
    [{ stage: 'two', region: 'eu-west-1' }, 'remove', 'remove --stage two --region eu-west-1'],
    [{ stage: 'two', local: true }, 'remove', 'remove --local --stage two'],
    [{ function: 'apprunner-private-ingress-two-reconcile' }, 'list', 'list --stack apprunner-private-ingress-two'],
  ] as const)('%j: %s', (named, line, typed) => {
    expect(typedAgain(named)(line)).toBe(typed);
  });
});

test('the commands that a message or remedy quotes name the stack, other quoted words do not', () => {
  const typed = (line: string) => commandFor('other', line);
  expect(withCommands('see "sweep show latest", then "sweep confirm <id>"; the rule "sweep all" applies', typed)).toBe(
    'see "sweep show latest --stack other", then "sweep confirm <id> --stack other"; the rule "sweep all" applies',
  );
});
