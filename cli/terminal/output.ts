import type { Surroundings } from '../surroundings.ts';
import { plainStyle, type Style, styleFor } from './style.ts';

/** How text for people is laid out. */
export interface Layout {
  readonly style: Style;
  /** Characters in a line; infinite in a pipe. */
  readonly width: number;
}

/** Of a pipe or file. */
export const plainLayout: Layout = { style: plainStyle, width: Number.POSITIVE_INFINITY };

/**
 * What a command says. Everything said is data first: with `--json` it is printed as it is, one object a line; without,
 * as the text made of it.
 */
export interface Output {
  readonly json: boolean;
  /** Whether a person watches: only then anything is redrawn. */
  readonly live: boolean;
  readonly layout: Layout;
  /** One object, or its text. */
  say(data: object, text: (layout: Layout) => string): void;
  /** Many objects, or one text for all of them. */
  sayAll(all: readonly object[], text: (layout: Layout) => string): void;
  /** For people alone, beside the answer: on standard error, and not with `--json`. */
  note(text: string): void;
}

export function createOutput(surroundings: Surroundings, json: boolean): Output {
  const { stdout, stderr } = surroundings;
  const layout: Layout = {
    style: styleFor(surroundings),
    get width() {
      return stdout.isTTY ? stdout.columns : Number.POSITIVE_INFINITY;
    },
  };
  const sayAll: Output['sayAll'] = (all, text) => {
    if (json) for (const one of all) stdout.write(`${JSON.stringify(one)}\n`);
    else stdout.write(withNewline(text(layout)));
  };
  return {
    json,
    live: !json && stdout.isTTY,
    layout,
    sayAll,
    say: (data, text) => sayAll([data], text),
    note: (text) => {
      if (!json) stderr.write(withNewline(text));
    },
  };
}

function withNewline(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}
