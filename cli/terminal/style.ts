import { styleText } from 'node:util';
import type { CliEnvironment } from '../environment.ts';

export type Mark = 'bold' | 'dim' | 'red' | 'yellow' | 'green' | 'cyan';

/** Text with a mark on it, or as it is where there are no colours. */
export type Style = (mark: Mark, text: string) => string;

export const plainStyle: Style = (_, text) => text;
const colourStyle: Style = (mark, text) => styleText(mark, text, { validateStream: false });

/**
 * Colours for a terminal, unless NO_COLOR is set (https://no-color.org) or TERM is dumb. FORCE_COLOR overrules both, also
 * for a pipe; FORCE_COLOR=0 means none, as it does for Node itself.
 */
export function styleFor({ stdout, environment }: Pick<CliEnvironment, 'stdout' | 'environment'>): Style {
  const { NO_COLOR, FORCE_COLOR, TERM } = environment;
  if (FORCE_COLOR !== undefined) return ['0', 'false'].includes(FORCE_COLOR) ? plainStyle : colourStyle;
  if (NO_COLOR !== undefined && NO_COLOR !== '') return plainStyle;
  return stdout.isTTY && TERM !== 'dumb' ? colourStyle : plainStyle;
}
