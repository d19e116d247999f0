/** The exit codes of all commands; `docs/cli.md` is generated from them. */
export const exitCodes = {
  fine: { code: 0, meaning: 'done: the service is ready, detached or released, or the output is printed' },
  failed: {
    code: 1,
    meaning:
      'failed: AWS or the API cannot be reached, refused, or did not finish in time; or a sweep could not read everything',
  },
  usage: {
    code: 2,
    meaning:
      'wrong usage: an invalid command, option or argument, or a service or sweep that is not there; nothing was changed',
  },
  findings: {
    code: 3,
    meaning:
      'a person is needed: findings of severity error or warning, problems in a policy file, something missing for a deployment, a held sweep, or orphans',
  },
  interrupted: { code: 130, meaning: 'interrupted (Ctrl-C); reconciliation continues without the command line' },
} as const;

export type CommandOutcome = keyof typeof exitCodes;
export type ExitCode = (typeof exitCodes)[CommandOutcome]['code'];
