/** A page of `docs/` that is made from the code, so that the two cannot differ. */
export interface GeneratedDocument {
  /** Relative to the root of the project. */
  readonly path: string;
  readonly content: string;
}
