import { commandFor } from '../shared/command-line.ts';
import { EMBEDDED_URL, type NamedStack } from './command.ts';

/** Commands that take `--stage`, as they are about the stack of this repository. */
const OF_A_STAGE = ['doctor', 'deploy', 'remove'];
const DEFAULT_STAGE = 'main';
const STACK_OF_STAGE = 'apprunner-private-ingress-';

/** What to type for a next command, so that it is about the same stack as the command that was typed. */
export function typedAgain(named: NamedStack): (line: string) => string {
  const { api, local, region } = named;
  const stack = stackOf(named);
  return (line) => {
    const place =
      local === undefined ? line : `${line} --local${local === true || local === EMBEDDED_URL ? '' : `=${local}`}`;
    if (OF_A_STAGE.some((name) => line === name || line.startsWith(`${name} `))) {
      const stage = stack?.startsWith(STACK_OF_STAGE) === true ? stack.slice(STACK_OF_STAGE.length) : DEFAULT_STAGE;
      return [
        place,
        stage === DEFAULT_STAGE ? '' : ` --stage ${stage}`,
        typeof region === 'string' ? ` --region ${region}` : '',
      ].join('');
    }
    if (local !== undefined) return place;
    if (typeof api === 'string') return `${line} --api ${api}`;
    return stack === undefined ? line : commandFor(stack, line);
  };
}

function stackOf({ stack, stage, function: reconcile }: NamedStack): string | undefined {
  if (typeof stack === 'string') return stack;
  if (typeof stage === 'string') return `${STACK_OF_STAGE}${stage}`;
  return typeof reconcile === 'string' && reconcile.endsWith('-reconcile')
    ? reconcile.slice(0, -'-reconcile'.length)
    : undefined;
}
