/** What a terminal shows of what was written to it: as much of one as the command line uses. */
export class Screen {
  readonly columns: number;
  readonly #lines: string[] = [''];
  #row = 0;
  #column = 0;
  cursorIsHidden = false;

  constructor(written: string, columns: number) {
    this.columns = columns;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for.
    for (const [part] of written.matchAll(/\u001b\[\??[0-9;]*[A-Za-z]|[\s\S]/gu)) this.#take(part);
  }

  /** Without colours, and without spaces at the ends of lines. */
  get lines(): readonly string[] {
    return this.#lines.map((line) => line.trimEnd());
  }

  get text(): string {
    return this.lines.join('\n').trimEnd();
  }

  #take(part: string): void {
    if (part === '\n') {
      this.#row++;
      this.#column = 0;
      this.#lines[this.#row] ??= '';
    } else if (part === '\r') this.#column = 0;
    else if (part.startsWith('\u001b')) this.#control(part);
    else {
      if (this.#column === this.columns) this.#take('\n');
      const line = (this.#lines[this.#row] ?? '').padEnd(this.#column);
      this.#lines[this.#row] = line.slice(0, this.#column) + part + line.slice(this.#column + 1);
      this.#column++;
    }
  }

  #control(sequence: string): void {
    const [, argument = '', final] = /^\[\??([0-9;]*)([A-Za-z])$/u.exec(sequence.slice(1)) ?? [];
    switch (final) {
      case 'm':
        return;
      case 'A':
        this.#row = Math.max(0, this.#row - Number(argument));
        return;
      case 'J':
        this.#lines.length = this.#row + 1;
        this.#lines[this.#row] = (this.#lines[this.#row] ?? '').slice(0, this.#column);
        return;
      case 'l':
      case 'h':
        if (argument === '25') this.cursorIsHidden = final === 'l';
        return;
      default:
        throw new Error(`the screen does not know ${JSON.stringify(sequence)}`);
    }
  }
}
