/**
 * DNS names as Route 53 keeps and returns them: lower case, a final dot, and every character but
 * `a-z 0-9 - _` as an octal escape (documented), so `*.Example.com` is `\052.example.com.`.
 * All names inside `services/route53` and `dns` are in this form unless they say otherwise.
 */
export type RecordName = string;

/** Why a text is no domain name, in the words of Route 53's "FATAL problem" messages. */
export class NameError extends Error {
  override readonly name = 'NameError';
  /** For example `DomainLabelTooLong`. */
  readonly code: string;

  constructor(code: string, explanation: string) {
    super(explanation);
    this.code = code;
  }
}

const PLAIN = /[a-z0-9_-]/;
const ALL_PLAIN = /^[a-z0-9_-]*$/;

const escapeCharacter = (character: string) =>
  PLAIN.test(character) ? character : `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`;

const unescapeCharacters = (text: string) =>
  text.replace(/\\([0-3][0-7]{2})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));

/** Letters beyond ASCII have no case in DNS (RFC 4343). */
const lowerCase = (label: string) => label.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

const escapeLabel = (label: string) =>
  ALL_PLAIN.test(label) ? label : Array.from(lowerCase(label), escapeCharacter).join('');

/**
 * Reads a name as a person or a client writes it, with or without final dot and octal escapes.
 * @throws NameError
 */
export function recordName(text: string): RecordName {
  const dotted = text.endsWith('.') ? text.slice(0, -1) : text;
  if (dotted === '') throw new NameError('DomainNameEmpty', 'Domain name is empty');
  const labels = dotted.split('.').map((written) => {
    const label = unescapeCharacters(written);
    if (label === '') throw new NameError('DomainLabelEmpty', 'Domain label is empty');
    if (label.length > 63) throw new NameError('DomainLabelTooLong', 'Domain label is too long');
    if (/[^\x21-\x7e]/.test(written)) {
      throw new NameError('UnsupportedCharacter', 'Value contains unsupported characters');
    }
    return label;
  });
  if (labels.join('.').length > 253) throw new NameError('DomainNameTooLong', 'Domain name is too long');
  return `${labels.map(escapeLabel).join('.')}.`;
}

/** The name made of these labels, each a string of bytes (char codes 0–255), as they stand in a DNS packet. */
export const nameOfLabels = (labels: readonly string[]): RecordName => `${labels.map(escapeLabel).join('.')}.`;

/** As people write it: no final dot, no escapes (`*.example.com`). */
export const plainName = (name: RecordName): string => unescapeCharacters(name.slice(0, -1));

/** As in `route53:ChangeResourceRecordSetsNormalizedRecordNames`: lower case, no final dot, escapes kept (documented). */
export const conditionName = (name: RecordName): string => name.slice(0, -1);

/** The name without its first label; `.` above a top-level domain. */
export const parentName = (name: RecordName): RecordName => name.slice(name.indexOf('.') + 1) || '.';

/** The name itself and all above it, longest first, without the root. */
export function namesUpward(name: RecordName): readonly RecordName[] {
  const names: RecordName[] = [];
  for (let at = name; at !== '.'; at = parentName(at)) names.push(at);
  return names;
}

/** Whether `name` is `zone` or lies below it. */
export const isWithin = (name: RecordName, zone: RecordName): boolean => name === zone || name.endsWith(`.${zone}`);

/** What Route 53 sorts by: the labels reversed, unescaped, with a final dot (`com.example.www.`) (documented). */
export const sortKey = (name: RecordName): string =>
  `${name.slice(0, -1).split('.').map(unescapeCharacters).reverse().join('.')}.`;

/** Compares by code units, as Route 53's "ASCII order" does. */
export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
