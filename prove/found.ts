/** A case that failed once. It is played again by every run of the tests (`test/prove/`). */
export interface Found {
  readonly family: string;
  readonly case: string;
  /** What was wrong with the product. */
  readonly wrong: string;
}

export const found: readonly Found[] = [
  {
    family: 'disorder',
    case: 'history-2-8936',
    wrong:
      'A message was delivered twice at once. The second delivery took the name of the next message from the first, which had sent it already, and died before it sent its own: no message was left, and the service waited for the next sweep.',
  },
];
