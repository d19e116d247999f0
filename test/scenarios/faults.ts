import type { CallRecord, EmbeddedCloud } from 'apprunner-embedded-cloud';
import { AwsError } from 'apprunner-embedded-cloud/aws-error';

const isReconcile = ({ context }: Pick<CallRecord, 'context'>) =>
  context.principal.kind === 'role' && context.principal.roleName.includes('Reconcile');

/** What goes wrong with the calls of the stack's functions; everybody else's are answered as ever. */
export class FaultControl {
  readonly #cloud: EmbeddedCloud;
  readonly #ends = new Map<string, () => void>();

  constructor(cloud: EmbeddedCloud) {
    this.#cloud = cloud;
  }

  /**
   * @param operation `apprunner:DescribeService`.
   * @param about a text that the input holds; without it, every call.
   */
  break(operation: string, error: AwsError, { times = Number.POSITIVE_INFINITY, about = '' } = {}): void {
    let left = times;
    const end = this.#cloud.gateway.intercept((call) => {
      if (call.context.principal.kind !== 'role' || `${call.service}:${call.operation}` !== operation) return undefined;
      if (!JSON.stringify(call.input).includes(about)) return undefined;
      return left-- > 0 ? error : undefined;
    });
    this.#ends.set(operation, end);
  }

  mend(operation: string): void {
    const end = this.#ends.get(operation);
    if (end === undefined) throw new Error(`${operation} is not broken`);
    end();
    this.#ends.delete(operation);
  }

  /**
   * The pass that makes this call dies with the answer: nothing else that it says, not even to its own table, is heard.
   * Virtual time stands still while a pass runs, so the pass is all that happens at that instant.
   */
  crashAfter(operation: string): void {
    let diedAt: number | undefined;
    const stop = this.#cloud.gateway.observe((call) => {
      if (!isReconcile(call) || !call.outcome.ok || `${call.service}:${call.operation}` !== operation) return;
      diedAt = call.at;
      stop();
    });
    const { clock } = this.#cloud.world;
    this.#cloud.gateway.intercept((call) =>
      diedAt === clock.now() && isReconcile(call)
        ? new AwsError('InternalFailure', 'the function is dead', { status: 500 })
        : undefined,
    );
  }
}
