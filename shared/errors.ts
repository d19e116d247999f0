/** Base of the errors this product throws itself: what is wrong, where, and what to do are all in the message. */
export class PrivateIngressError extends Error {
  override readonly name: string = 'PrivateIngressError';
}

/** A setting of the stack (an environment variable of a function) is missing or malformed. */
export class SettingsError extends PrivateIngressError {
  override readonly name = 'SettingsError';
}

/** A reconciliation lost the lease on its row to another one, so it writes nothing more. */
export class LeaseLostError extends PrivateIngressError {
  override readonly name = 'LeaseLostError';
}

/** Two answers of AWS contradict each other: nothing is concluded, and AWS is read again. */
export class InconclusiveError extends PrivateIngressError {
  override readonly name = 'InconclusiveError';
}

/** A row of the services table cannot be read: nothing is planned from it, and nothing is written over it. */
export class UnreadableRowError extends PrivateIngressError {
  override readonly name = 'UnreadableRowError';
}

/** A message or event is not of the form it should be. */
export class MalformedInputError extends PrivateIngressError {
  override readonly name = 'MalformedInputError';
}

/** The name of an AWS error, whatever the client's class hierarchy says. */
export function errorName(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

/** The text of an error. Texts of AWS are normalized, so that the same refusal reads the same each time. */
export function errorMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return '$metadata' in error ? normalizeAwsText(error.message) : error.message;
}

/** Characters of an AWS text that are kept: rows and messages hold many of them, and a row holds 400 kB. */
const MAX_AWS_TEXT_LENGTH = 600;

/** Drops what differs at each try (encoded blobs, request ids) and control characters, and cuts what is left. */
export function normalizeAwsText(text: string): string {
  const plain = text
    .replaceAll(/\s*Encoded authorization failure message: \S+/g, '')
    .replaceAll(/[(;,]?\s*request[ -]?id:? ?[0-9a-f-]{16,}\)?/gi, '')
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trim();
  return plain.length <= MAX_AWS_TEXT_LENGTH ? plain : `${plain.slice(0, MAX_AWS_TEXT_LENGTH)}…`;
}
