/** The default name of the stack. */
export const DEFAULT_STACK = 'apprunner-private-ingress-main';

/** A command as typed for a stack: `sweep list --stack NAME`, and `sweep list` for the default one. */
export function commandFor(stack: string, line: string): string {
  return stack === DEFAULT_STACK ? line : `${line} --stack ${stack}`;
}

/** The commands that messages and remedies quote. The same text serves every stack. */
const QUOTED = /"(sweep (?:show|confirm) [^" ]+|kill-switch off|policy show --file|findings)"/g;

/** @param typed what is typed for a command. */
export function withCommands(text: string, typed: (line: string) => string): string {
  return text.replaceAll(QUOTED, (_, line: string) => `"${typed(line)}"`);
}
