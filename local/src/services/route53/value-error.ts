/** A value that Route 53 refuses, shown as "FATAL problem: CODE (explanation) encountered with '…'" (captured). */
export class ValueError extends Error {
  override readonly name = 'ValueError';
  readonly code: string;

  constructor(code: string, explanation: string) {
    super(explanation);
    this.code = code;
  }
}
