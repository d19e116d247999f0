import type { EmbeddedClientConfig, EmbeddedCloud } from 'apprunner-embedded-cloud';
import { AwsError } from 'apprunner-embedded-cloud/aws-error';
import { throttled } from 'apprunner-embedded-cloud/faults';
import type { Disturb } from '../test/installation/handlers.ts';

/** What happens at a call of the reconcile function. */
export const disturbances = [
  /** The process dies before the call takes effect. */
  'dies-before',
  /** The call takes effect, and the process dies before it hears of it. */
  'dies-after',
  /** The call takes effect, and its reply is lost: the process goes on. */
  'reply-lost',
  /** The call never arrives, and the client ends it. */
  'timeout',
  /** AWS throttles. */
  'throttled',
  /** AWS is not available. */
  'unavailable',
  /** AWS takes the credentials for expired. */
  'expired',
  /** The reply is no reply of AWS. */
  'garbage',
] as const;
export type Disturbance = (typeof disturbances)[number];

/** Deaths: the queue delivers the message again. */
export const deaths: readonly Disturbance[] = ['dies-before', 'dies-after', 'reply-lost'];
export const faults: readonly Disturbance[] = ['timeout', 'throttled', 'unavailable', 'expired', 'garbage'];

type Handler = EmbeddedClientConfig['requestHandler'];
type PendingCall = Parameters<Parameters<EmbeddedCloud['gateway']['intercept']>[0]>[0];
type Reply = Awaited<ReturnType<Handler['handle']>>;

/** Counts the calls of the reconcile function, and disturbs some of them. */
export class Disturber {
  readonly #plan: ReadonlyMap<number, Disturbance>;
  readonly #now: () => number;
  #calls = 0;
  #isOn = false;
  #diedAt: number | undefined;
  #refusal: 'throttled' | 'unavailable' | 'expired' | undefined;
  /** What was disturbed, for people. */
  readonly met: string[] = [];

  /**
   * @param plan by the number of the call, from 0 on, since `begin`.
   * @param now virtual time, which stands still while a function runs.
   */
  constructor(plan: ReadonlyMap<number, Disturbance>, now: () => number) {
    this.#plan = plan;
    this.#now = now;
  }

  /** Calls since `begin`. */
  get calls(): number {
    return this.#calls;
  }

  begin(): void {
    this.#isOn = true;
  }

  /** Nothing is disturbed any more, and no call counted. */
  end(): void {
    this.#isOn = false;
  }

  readonly disturb: Disturb = {
    calls: (functionName, handler) =>
      functionName.endsWith('-reconcile') ? { ...handler, handle: (...call) => this.#handle(handler, call) } : handler,
  };

  async #handle(handler: Handler, call: Parameters<Handler['handle']>): Promise<Reply> {
    if (this.#diedAt === this.#now()) throw dead();
    if (!this.#isOn) return handler.handle(...call);
    const disturbance = this.#plan.get(this.#calls++);
    if (disturbance === undefined) return handler.handle(...call);
    const [{ hostname = '', headers }] = call;
    this.met.push(`${disturbance} at ${headers['x-amz-target'] ?? hostname}`);
    switch (disturbance) {
      case 'dies-before':
        this.#diedAt = this.#now();
        throw dead();
      case 'dies-after':
        await handler.handle(...call);
        this.#diedAt = this.#now();
        throw dead();
      case 'reply-lost':
        await handler.handle(...call);
        throw Object.assign(new Error('the reply was lost'), { name: 'TimeoutError' });
      case 'timeout':
        throw Object.assign(new Error('no answer came'), { name: 'TimeoutError' });
      case 'throttled':
      case 'unavailable':
      case 'expired':
        this.#refusal = disturbance;
        return handler.handle(...call);
      case 'garbage': {
        const reply = await handler.handle(...call);
        reply.response.body = Buffer.from('<html><body>This is not AWS.</body></html>');
        return reply;
      }
    }
  }

  /** The answer of AWS itself to a call that is refused. */
  refuse({ service, context }: PendingCall): AwsError | undefined {
    const refusal = this.#refusal;
    if (refusal === undefined || context.principal.kind !== 'role' || !context.principal.roleName.includes('Reconcile'))
      return undefined;
    this.#refusal = undefined;
    switch (refusal) {
      case 'throttled':
        return throttled(service);
      case 'unavailable':
        return new AwsError('ServiceUnavailable', 'The service is unavailable. Please try again shortly.', {
          status: 503,
        });
      case 'expired':
        return new AwsError('ExpiredTokenException', 'The security token included in the request is expired', {
          status: 403,
        });
    }
  }
}

function dead(): Error {
  return Object.assign(new Error('the function is dead'), { name: 'DeadFunction' });
}
