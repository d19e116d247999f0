import { Argument, Option } from '@commander-js/extra-typings';
import { DEFAULT_STACK } from '../../shared/command-line.ts';
import { type CommandDefinition, command, localOption } from '../command.ts';
import type { KillSwitchValue } from '../kill-switch.ts';

const values: readonly KillSwitchValue[] = ['on', 'off'];

export const killSwitchCommand: CommandDefinition = (run) =>
  command('kill-switch', [
    { line: 'kill-switch', does: 'show whether the installation may write' },
    { line: 'kill-switch on', does: 'in an emergency: stop the writes of all reconciliations, in every account' },
    { line: 'kill-switch off', does: 'follow tags and policy again' },
  ])
    .addArgument(
      new Argument('[value]', 'the new value; without it, the command only shows the current one').choices(values),
    )
    .summary('show the kill switch, or stop and resume what reconciliations write')
    .description(
      'The kill switch of the whole installation, for emergencies. The command sets the SSM parameter /<stack>/kill-switch with your own credentials (ssm:GetParameter and ssm:PutParameter), so it works when the API does not. Each reconciliation reads the parameter before its first write. While it is on, plans are made and reported, and no reconciliation writes to App Runner, EC2 or Route 53 in any account. A reconciliation that has already begun to write finishes. Requests through the API still write the tags of services; their answers say that they are kept, and the first sweep after the switch is off does them.',
    )
    .addOption(new Option('--stack <name>', 'the stack to change').default(DEFAULT_STACK))
    .addOption(localOption())
    .action((value, options) =>
      run(options, async ({ output }) => {
        // Loaded late: help needs no AWS clients.
        const { setKillSwitch } = await import('../kill-switch.ts');
        const change = await setKillSwitch(value, options);
        const { before, parameter, killSwitch } = change;
        output.say(change, ({ style }) => {
          const now = style(killSwitch === 'off' ? 'green' : 'yellow', killSwitch);
          const meaning = killSwitch === 'off' ? 'tags and policy apply' : 'reconciliations write nothing';
          return `${now}: ${meaning} (${parameter}${before === killSwitch ? '' : `, was ${before}`})`;
        });
        return 'fine';
      }),
    );
