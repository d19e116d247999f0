/**
 * JSON on one line, without characters that JSON.stringify leaves as they are and others do not take: DEL and the C1
 * control characters, which terminals obey; line separators; and what SQS refuses in a message.
 */
export function escapedJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[\u007f-\u009f\u2028\u2029\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
