import { stripVTControlCharacters } from 'node:util';

// biome-ignore lint/suspicious/noControlCharactersInRegex: marks are control characters.
const MARK = /^\u001b\[[0-9;]*m/;
const RESET = '\u001b[0m';

/** Characters a text takes in a terminal, marks not counted. Names, ids and our own words are of single-width letters. */
export function displayWidth(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}

/** The text, or as much of it as fits and an ellipsis; marks in it end with it. */
export function cut(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let kept = '';
  let rest = text;
  for (let room = width - 1; rest !== ''; ) {
    const [mark] = MARK.exec(rest) ?? [];
    if (mark === undefined && room-- <= 0) break;
    const next = mark ?? String.fromCodePoint(rest.codePointAt(0) ?? 0);
    kept += next;
    rest = rest.slice(next.length);
  }
  return `${kept}…${kept.includes('\u001b') ? RESET : ''}`;
}

/** `head` and then the text, which goes on below itself where a line of that width ends; words are kept whole. */
export function hanging(head: string, text: string, width: number): string {
  const indent = displayWidth(head);
  // Where there is next to no room, the terminal may wrap as it likes.
  const room = width - indent < MIN_TEXT_WIDTH ? Number.POSITIVE_INFINITY : width - indent;
  const [first = '', ...words] = text.split(' ');
  const lines = [first];
  for (const word of words) {
    const last = lines.at(-1) ?? '';
    if (displayWidth(last) + 1 + displayWidth(word) > room) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return head + lines.join(`\n${' '.repeat(indent)}`);
}

/** Every line of the text goes on under its own beginning where a line of that width ends. */
export function wrapped(text: string, width: number): string {
  return text
    .split('\n')
    .map((line) => hanging(line.slice(0, line.search(/\S|$/)), line.trimStart(), width))
    .join('\n');
}

const MIN_TEXT_WIDTH = 20;
