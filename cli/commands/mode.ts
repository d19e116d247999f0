import { Argument, Option } from '@commander-js/extra-typings';
import { type CommandDefinition, command, DEFAULT_STACK, localOption } from '../command.ts';

const modes = ['audit', 'policy'] as const;

export const modeCommand: CommandDefinition = (run) =>
  command('mode', [
    { line: 'mode', does: 'whether anything may be written' },
    { line: 'mode audit', does: 'in an emergency: from now on nothing is written anywhere' },
    { line: 'mode policy', does: 'as tags and policy say again' },
  ])
    .addArgument(new Argument('[mode]', 'what to switch to; without it, nothing is changed').choices(modes))
    .summary('the kill switch: let nothing be written any more, or as the policy says again')
    .description(
      'The kill switch of the whole installation, for emergencies. It sets the SSM parameter /<stack>/mode with the credentials of whoever types it (ssm:GetParameter and ssm:PutParameter), and so works when the API does not. It is read before the first write of each pass: with audit, plans are made and told and nothing is written in any account; with policy, everything goes as tags and policy say. A pass that has begun to write ends what it is at.',
    )
    .addOption(new Option('--stack <name>', 'the stack that is switched').default(DEFAULT_STACK))
    .addOption(localOption())
    .action((mode, options) =>
      run(options, async ({ output }) => {
        // Loaded only now: it takes AWS clients, and help does without.
        const { switchMode } = await import('../mode.ts');
        const switched = await switchMode(mode, options);
        const { before, parameter } = switched;
        output.say(switched, ({ style }) => {
          const now = style(switched.mode === 'audit' ? 'yellow' : 'green', switched.mode);
          const meaning = switched.mode === 'audit' ? 'nothing is written' : 'as tags and policy say';
          return `${now}: ${meaning} (${parameter}${before === switched.mode ? '' : `, ${before} before`})`;
        });
        return 'fine';
      }),
    );
