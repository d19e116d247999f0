/** What can be made to fail once. Each ends in the state that AWS has for it. */
export type AppRunnerFault =
  | 'service-creation'
  | 'service-update'
  | 'service-deletion'
  | 'service-pause'
  | 'service-resume'
  | 'deployment'
  | 'connection-creation'
  | 'connection-update'
  | 'connection-deletion'
  | 'certificate'
  | 'domain-deletion';

/** Faults ordered for later; each is met once, by the next operation of its kind that would have succeeded. */
export class Faults {
  readonly #ordered: AppRunnerFault[] = [];

  failNext(fault: AppRunnerFault): void {
    this.#ordered.push(fault);
  }

  /** Whether the operation that ends now is to fail. */
  meets(fault: AppRunnerFault): boolean {
    const index = this.#ordered.indexOf(fault);
    if (index < 0) return false;
    this.#ordered.splice(index, 1);
    return true;
  }
}
