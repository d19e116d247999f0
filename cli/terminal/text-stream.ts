import type { WriteStream } from 'node:tty';
import type { TextStream } from '../environment.ts';

/** A stream of the process. Of a pipe, `isTTY`, `columns` and `rows` are `undefined`, whatever the types say. */
export function textStream(
  of: Pick<WriteStream, 'write'> & Partial<Pick<WriteStream, 'isTTY' | 'columns' | 'rows'>>,
): TextStream {
  return {
    write: (text) => {
      of.write(text);
    },
    isTTY: of.isTTY === true,
    get columns() {
      // A terminal that does not know its width (`stty cols 0`) has no limit.
      return of.columns === 0 ? Number.POSITIVE_INFINITY : (of.columns ?? 80);
    },
    get rows() {
      return of.rows || 24;
    },
  };
}
