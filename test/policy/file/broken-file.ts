export interface BrokenFile {
  readonly what: string;
  readonly text: string;
  /** All of them, in order: `line:column: ` and how the message begins. */
  readonly problems: readonly string[];
}
