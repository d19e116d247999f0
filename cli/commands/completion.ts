import { Argument } from '@commander-js/extra-typings';
import { type CommandDefinition, command } from '../command.ts';
import { completionModel } from '../completion/model.ts';
import { completionScript, shells } from '../completion/scripts.ts';

/** What the scripts complete: the name under which npm installs the program. */
const PROGRAM = 'private-ingress';

export const completionCommand: CommandDefinition = (run) =>
  command('completion', [
    { line: 'completion bash', does: 'for ~/.bashrc: source <(private-ingress completion bash)' },
    { line: 'completion zsh', does: 'for ~/.zshrc, after compinit: source <(private-ingress completion zsh)' },
    {
      line: 'completion fish',
      does: 'private-ingress completion fish > ~/.config/fish/completions/private-ingress.fish',
    },
  ])
    .addArgument(new Argument('<shell>', 'the shell').choices(shells))
    .summary('print a script that completes commands, options and names of services')
    .description(
      'Prints the completion script of a shell for the program private-ingress ("npm link" in this repository installs it). It completes commands, options, their values, files, and, by asking the API as "list" does, the names of services.',
    )
    .action((shell, options, self) =>
      run(options, async ({ output }) => {
        const program = self.parent;
        if (program === null) throw new Error('the command completion stands in a program');
        const script = completionScript(shell, PROGRAM, completionModel(program));
        output.say({ shell, script }, () => script);
        return 'fine';
      }),
    );
