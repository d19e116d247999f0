/** Base of the errors this product throws itself: what is wrong, where, and what to do are all in the message. */
export class PrivateIngressError extends Error {
  override readonly name: string = 'PrivateIngressError';
}

/** A setting of the stack (an environment variable of a function) is missing or malformed. */
export class SettingsError extends PrivateIngressError {
  override readonly name = 'SettingsError';
}

/** The lease on a service's row was lost while the pass was under way: another pass is on it, so this one writes nothing more. */
export class LeaseLostError extends PrivateIngressError {
  override readonly name = 'LeaseLostError';
}

/** A message or event is not of the form it should be. */
export class MalformedInputError extends PrivateIngressError {
  override readonly name = 'MalformedInputError';
}

/** The name of an AWS error, whatever the client's class hierarchy says. */
export function errorName(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
