/**
 * An error as AWS would answer it. `code` is the name on the wire (`InvalidStateException`, `InvalidVpcEndpointId.NotFound`);
 * the gateway renders it in the protocol of the service, with the HTTP status of the modelled error where there is one.
 */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly code: string;
  /** HTTP status for codes that the model does not know. */
  readonly status: number;
  /** Further members of a modelled error. */
  readonly members: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, options: { status?: number; members?: Record<string, unknown> } = {}) {
    super(message);
    this.code = code;
    this.status = options.status ?? 400;
    this.members = options.members ?? {};
  }
}
