import { AsyncLocalStorage } from 'node:async_hooks';
import type { EmbeddedClientConfig, EmbeddedCloud } from 'apprunner-embedded-cloud';
import { AwsError } from 'apprunner-embedded-cloud/aws-error';
import { throttled } from 'apprunner-embedded-cloud/faults';
import type { FailDns } from 'apprunner-embedded-cloud/in-process-resolver';
import type { Disturb } from '../test/installation/handlers.ts';

/** What happens at a call of a function. */
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

/** A process while it handles an event. */
interface Invocation {
  isDead: boolean;
  /** How AWS refuses the call that is under way. */
  refusal: 'throttled' | 'unavailable' | 'expired' | undefined;
}

export interface DisturbableCall {
  /** `AppRunner.AssociateCustomDomain`, or the host where the protocol has no such name. */
  readonly operation: string;
  /** Whether it changes something, as far as its name and its method tell. */
  readonly writes: boolean;
}

export interface DisturberOptions {
  /** Those of these functions only: `reconcile`. */
  readonly functions: readonly string[];
  /** @param index the number of the call, from 0 on, since `begin`. */
  decide(index: number, call: DisturbableCall): Disturbance | undefined;
  readonly failDns?: FailDns;
  readonly clocksAhead?: () => number;
}

/** Counts the calls of functions, and disturbs some of them. */
export class Disturber implements Disturb {
  readonly #options: DisturberOptions;
  readonly #invocations = new AsyncLocalStorage<Invocation>();
  #calls = 0;
  #isOn = false;
  /** What was disturbed, for people. */
  readonly met: string[] = [];

  constructor(options: DisturberOptions) {
    this.#options = options;
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

  readonly client: Disturb['client'] = (functionName, handler) => {
    if (!this.#options.functions.some((name) => functionName.endsWith(`-${name}`))) return handler;
    return { ...handler, handle: (...call) => this.#handle(handler, call) };
  };

  /** What dies while it handles an event fails as a whole, whatever it made of that. */
  readonly invocation = async (_: string, run: () => Promise<unknown>): Promise<unknown> => {
    const invocation: Invocation = { isDead: false, refusal: undefined };
    const answer = await this.#invocations.run(invocation, run);
    if (invocation.isDead) throw dead();
    return answer;
  };

  readonly clocksAhead = (): number => (this.#isOn ? (this.#options.clocksAhead?.() ?? 0) : 0);

  readonly failDns: FailDns = (...question) => (this.#isOn ? this.#options.failDns?.(...question) : undefined);

  async #handle(handler: Handler, call: Parameters<Handler['handle']>): Promise<Reply> {
    const invocation = this.#invocations.getStore();
    if (invocation === undefined) throw new Error('a function called something while it was not invoked');
    if (invocation.isDead) throw dead();
    const reply = await this.#disturbed(handler, call, invocation);
    // What was under way when the process died is not heard either.
    if (invocation.isDead) throw dead();
    return reply;
  }

  async #disturbed(handler: Handler, call: Parameters<Handler['handle']>, invocation: Invocation): Promise<Reply> {
    const asked = disturbableCall(call[0]);
    const disturbance = this.#isOn ? this.#options.decide(this.#calls++, asked) : undefined;
    if (disturbance === undefined) return handler.handle(...call);
    this.met.push(`${disturbance} at ${asked.operation}`);
    switch (disturbance) {
      case 'dies-before':
        invocation.isDead = true;
        throw dead();
      case 'dies-after':
        await handler.handle(...call);
        invocation.isDead = true;
        throw dead();
      case 'reply-lost':
        await handler.handle(...call);
        throw Object.assign(new Error('the reply was lost'), { name: 'TimeoutError' });
      case 'timeout':
        throw Object.assign(new Error('no answer came'), { name: 'TimeoutError' });
      case 'throttled':
      case 'unavailable':
      case 'expired':
        invocation.refusal = disturbance;
        return handler.handle(...call);
      case 'garbage': {
        const reply = await handler.handle(...call);
        reply.response.body = Buffer.from('<html><body>This is not AWS.</body></html>');
        return reply;
      }
    }
  }

  /** The answer of AWS itself to a call that is refused. */
  refuse({ service }: PendingCall): AwsError | undefined {
    const invocation = this.#invocations.getStore();
    const refusal = invocation?.refusal;
    if (invocation === undefined || refusal === undefined) return undefined;
    invocation.refusal = undefined;
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

const READS = /^(Describe|List|Get|BatchGet|Query|Scan)/;

function disturbableCall({ hostname = '', headers, method, body }: Parameters<Handler['handle']>[0]): DisturbableCall {
  const target = headers['x-amz-target'];
  if (target !== undefined) return { operation: target, writes: !READS.test(target.replace(/^.*\./, '')) };
  const [, action] = /(?:^|&)Action=(\w+)/.exec(String(body ?? '')) ?? [];
  return { operation: action ?? hostname, writes: action === undefined ? method !== 'GET' : !READS.test(action) };
}

function dead(): Error {
  return Object.assign(new Error('the function is dead'), { name: 'DeadFunction' });
}
