import { command, type Example, localOption } from '../command.ts';

/** A command about the stack of this repository, which may not be there yet: it takes what a deployment takes. */
export function stackCommand<const Name extends string>(name: Name, examples: readonly Example[]) {
  return command(name, examples)
    .option(
      '--param <name=value>',
      'a parameter of the stack, as in docs/parameters.md; may be given many times',
      (word: string, earlier: readonly string[] = []): readonly string[] => [...earlier, word],
    )
    .option('--stage <name>', 'of the stack apprunner-private-ingress-<stage>', 'main')
    .option('--region <name>', "of the stack; else AWS_REGION, the profile's, or ap-northeast-1")
    .addOption(localOption());
}
