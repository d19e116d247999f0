import type { CliEnvironment } from '../environment.ts';
import { printable } from './printable.ts';
import { cut, displayWidth } from './width.ts';

const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
const CLEAR_BELOW = '\u001b[J';

/**
 * The last lines of a terminal, drawn again and again in place. Lines are cut to its width, and to as many as it shows:
 * what has scrolled out of sight could not be drawn over.
 */
export class LiveRegion {
  readonly #environment: Pick<CliEnvironment, 'stdout' | 'interrupted'>;
  readonly #restore = () => this.end();
  /** What is drawn now. */
  #drawn: readonly string[] = [];
  #begun = false;

  constructor(environment: Pick<CliEnvironment, 'stdout' | 'interrupted'>) {
    this.#environment = environment;
  }

  /** @param above printed for good, over the region. */
  draw(lines: readonly string[], above = ''): void {
    const { stdout, interrupted } = this.#environment;
    if (!this.#begun) interrupted.addEventListener('abort', this.#restore);
    const shown = lines.slice(0, stdout.rows - 1).map((line) => cut(printable(line), stdout.columns - 1));
    // In one write, so that no half-drawn region is ever seen.
    stdout.write(
      `${this.#begun ? '' : HIDE_CURSOR}${this.#back()}${printable(above)}${shown.map((line) => `${line}\n`).join('')}`,
    );
    this.#begun = true;
    this.#drawn = shown;
  }

  /** Removes the region and restores the terminal. */
  end(): void {
    if (!this.#begun) return;
    const { stdout, interrupted } = this.#environment;
    interrupted.removeEventListener('abort', this.#restore);
    stdout.write(`${this.#back()}${SHOW_CURSOR}`);
    this.#begun = false;
    this.#drawn = [];
  }

  #back(): string {
    // A window made narrower has wrapped them.
    const { columns } = this.#environment.stdout;
    const height = this.#drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(displayWidth(line) / columns)), 0);
    return height === 0 ? '' : `\u001b[${height}A\r${CLEAR_BELOW}`;
  }
}
