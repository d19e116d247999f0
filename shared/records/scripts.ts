/** The scripts of living languages that domain names are written in (Unicode Standard Annex 31, table 5). */
const SCRIPTS =
  'Arabic Armenian Bengali Bopomofo Cyrillic Devanagari Ethiopic Georgian Greek Gujarati Gurmukhi Han Hangul Hebrew Hiragana Kannada Katakana Khmer Lao Latin Malayalam Myanmar Oriya Sinhala Tamil Telugu Thaana Thai Tibetan'.split(
    ' ',
  );
/** Scripts that one word of Chinese, Japanese or Korean mixes, Latin included (Unicode Technical Standard 39, 5.2). */
const MIXED = ['Latin Han Hiragana Katakana', 'Latin Han Bopomofo', 'Latin Han Hangul'];

const OF_ONE_LANGUAGE = [...SCRIPTS, ...MIXED].map(
  (scripts) =>
    new RegExp(
      `^[${['Common', 'Inherited', ...scripts.split(' ')].map((script) => `\\p{scx=${script}}`).join('')}]+$`,
      'u',
    ),
);

/** Cyrillic letters that look like Latin ones; a label of these alone can be mistaken for another name. */
const CYRILLIC_LIKE_LATIN = /^[асԁеһіјӏорԛѕԝхуъьҽпгѵѡ0-9-]*[асԁеһіјӏорԛѕԝхуъьҽпгѵѡ][асԁеһіјӏорԛѕԝхуъьҽпгѵѡ0-9-]*$/u;

/**
 * Whether a label, in Unicode, can be mistaken for another one: its letters are of scripts that no language mixes
 * (`exаmple` with a Cyrillic `а`), or all of them are Cyrillic look-alikes of Latin letters.
 */
export function looksLikeAnother(label: string): boolean {
  return !OF_ONE_LANGUAGE.some((pattern) => pattern.test(label)) || CYRILLIC_LIKE_LATIN.test(label);
}
