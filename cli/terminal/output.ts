import { escapedJson } from '../../shared/escaped-json.ts';
import type { CliEnvironment } from '../environment.ts';
import { printable } from './printable.ts';
import { plainStyle, type Style, styleFor } from './style.ts';
import { logTime, wallTime } from './time.ts';

/** How text for people is laid out. */
export interface Layout {
  readonly style: Style;
  /** Characters in a line; infinite in a pipe. */
  readonly width: number;
  /** @param at milliseconds since the epoch, or ISO 8601. */
  time(at: number | string): string;
  /** What to type for a next command: it names the stack as the command does that runs now. */
  typed(line: string): string;
}

/** Of a pipe or file. */
export const plainLayout: Layout = {
  style: plainStyle,
  width: Number.POSITIVE_INFINITY,
  time: logTime,
  typed: (line) => line,
};

/**
 * The output of a command. It is data: with `--json` printed as one object per line, without as the text made of it.
 */
export interface Output {
  readonly json: boolean;
  /** Whether a person watches; only then lines are redrawn. */
  readonly live: boolean;
  readonly layout: Layout;
  /** One object, or its text. */
  say(data: object, text: (layout: Layout) => string): void;
  /** Many objects, or one text for all of them. */
  sayAll(all: readonly object[], text: (layout: Layout) => string): void;
  /** For people only: on standard error, and not with `--json`. */
  note(text: string): void;
}

export function createOutput(environment: CliEnvironment, json: boolean, typed = plainLayout.typed): Output {
  const { stdout, stderr, now } = environment;
  const style = styleFor(environment);
  const layout: Layout = stdout.isTTY
    ? {
        style,
        get width() {
          return stdout.columns;
        },
        time: (at) => wallTime(at, now()),
        typed,
      }
    : { ...plainLayout, style, typed };
  const sayAll: Output['sayAll'] = (all, text) => {
    if (json) for (const one of all) stdout.write(`${escapedJson(one)}\n`);
    else stdout.write(withNewline(printable(text(layout))));
  };
  return {
    json,
    live: !json && stdout.isTTY,
    layout,
    sayAll,
    say: (data, text) => sayAll([data], text),
    note: (text) => {
      if (!json) stderr.write(withNewline(printable(text)));
    },
  };
}

function withNewline(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}
