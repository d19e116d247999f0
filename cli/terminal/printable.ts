/** The marks that Style makes (`style.ts`): bold, dim, four colours, and their ends. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: marks are control characters.
const MARKS = /\u001b\[(?:1|2|22|31|32|33|36|39|0)m/;
const NOT_PRINTABLE = new RegExp(
  `(${MARKS.source})|[^\\P{Cc}\\n]|[\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069]`,
  'gu',
);

/**
 * Text for a terminal. Names, messages and findings come from tags, DNS answers and AWS: an escape sequence in one of
 * them could move the cursor, set the title or write to the clipboard, and bidirectional controls could reorder a line.
 * Each such character becomes U+FFFD. Line ends stay; marks stay where the output has colours.
 */
export function printable(text: string): string {
  return text.replaceAll(NOT_PRINTABLE, (_, mark: string | undefined) => mark ?? '\ufffd');
}
