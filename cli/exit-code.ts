/** What every command ends with; `docs/cli.md` is made from it. */
export const exitCodes = {
  fine: { code: 0, meaning: 'done as asked: ready, given back, told or listed' },
  failed: {
    code: 1,
    meaning:
      'failed: AWS or the API cannot be reached, refused, or did not come to an end in the time given; or a sweep could not look at everything',
  },
  usage: {
    code: 2,
    meaning: 'wrong usage: a command, option or argument that cannot be understood; nothing was asked',
  },
  findings: {
    code: 3,
    meaning:
      'there are findings of severity error or warning, problems in a policy file, something missing for a deployment, a sweep that is held or left-over resources: a person is needed',
  },
  interrupted: { code: 130, meaning: 'interrupted (Ctrl-C); what was begun goes on without the command line' },
} as const;

export type CommandOutcome = keyof typeof exitCodes;
export type ExitCode = (typeof exitCodes)[CommandOutcome]['code'];
