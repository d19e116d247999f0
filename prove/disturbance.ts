import { AsyncLocalStorage } from 'node:async_hooks';
import type { EmbeddedClientConfig, EmbeddedCloud } from 'apprunner-embedded-cloud';
import { AwsError } from 'apprunner-embedded-cloud/aws-error';
import type { VirtualClock } from 'apprunner-embedded-cloud/clock';
import { throttled } from 'apprunner-embedded-cloud/faults';
import { type AnswerDns, type DnsQuestion, dnsError } from 'apprunner-embedded-cloud/in-process-resolver';
import { MINUTE, SECOND } from '../shared/duration.ts';
import type { Disturb } from '../test/installation/handlers.ts';

/** What ends a process at a call, or keeps its reply from it: the queue delivers the message again. */
export const deaths = [
  /** The process dies before the call takes effect. */
  'dies-before',
  /** The call takes effect, and the process dies before it hears of it. */
  'dies-after',
  /** The call takes effect, and its reply is lost: the process goes on. */
  'reply-lost',
] as const;

/** What AWS does to a call. */
export const refusals = [
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

/** What else happens at a call. */
export const troubles = [
  /** The call takes effect, and its socket hangs until the client ends it. */
  'hangs',
  /** A listing is as it was so long ago. */
  'lags-1s',
  'lags-5s',
  'lags-60s',
  /** Before the call arrives, a person starts a deployment of the service. */
  'deployment',
  /** From this call on the clock of the process is half a minute ahead, or behind. */
  'clock-ahead',
  'clock-behind',
] as const;

export const callDisturbances = [...deaths, ...refusals, ...troubles] as const;
export type CallDisturbance = (typeof callDisturbances)[number];

/** What DNS answers to a question. */
export const dnsDisturbances = [
  'servfail',
  /** No answer comes in time. */
  'silent',
  /** One of the records: the others did not fit. */
  'truncated',
  /** What was the case before, and may still be kept by a resolver: another answer, or that there is no such name. */
  'stale',
  /** The truth, and what was the case before or the address of a stranger. */
  'mixed',
] as const;
export type DnsDisturbance = (typeof dnsDisturbances)[number];

export type Disturbance = CallDisturbance | DnsDisturbance;

const LAGS = { 'lags-1s': SECOND, 'lags-5s': 5 * SECOND, 'lags-60s': MINUTE } as const;
/** Milliseconds by which a read lags at most. */
export const LONGEST_LAG = LAGS['lags-60s'];
/** Milliseconds after which the clients of the product end a call (`shared/aws/timeouts.ts`). */
const HANGS = 10 * SECOND;
/** Milliseconds by which a clock jumps. */
const JUMP = 30 * SECOND;
/** Milliseconds for which an answer of DNS is kept: the longest time to live of a record in the stories. */
const KEPT = 5 * MINUTE;
/** The address of a stranger. */
const STRANGER = '192.0.2.53';

type Handler = EmbeddedClientConfig['requestHandler'];
type PendingCall = Parameters<Parameters<EmbeddedCloud['gateway']['intercept']>[0]>[0];
type Reply = Awaited<ReturnType<Handler['handle']>>;

/** A process while it handles an event. */
interface Invocation {
  isDead: boolean;
  /** Milliseconds by which its clock has jumped. */
  jump: number;
}

export interface DisturbableCall {
  /** `AppRunner.AssociateCustomDomain`, or the host where the protocol has no such name. */
  readonly operation: string;
  /** Whether it changes something, as far as its name and its method tell. */
  readonly writes: boolean;
}

/** Whether a disturbance can make a difference to a call. */
export function canDisturb(disturbance: CallDisturbance, { operation, writes }: DisturbableCall): boolean {
  switch (disturbance) {
    case 'lags-1s':
    case 'lags-5s':
    case 'lags-60s':
      return !writes && LISTINGS.test(operation);
    case 'deployment':
      return operation.startsWith('AppRunner.');
    default:
      return true;
  }
}

/** Whether a disturbance can make a difference to the answer to a question. */
export function canDisturbAnswer(disturbance: DnsDisturbance, { type }: DnsQuestion): boolean {
  switch (disturbance) {
    case 'truncated':
    case 'mixed':
      return type === 'A';
    case 'stale':
      // The name servers of a zone, and who may issue certificates, are the same for all of a story.
      return type !== 'NS' && type !== 'CAA';
    default:
      return true;
  }
}

/** What lags in the embedded cloud (`ReadLag`); Route 53 names no operation. */
const LISTINGS = /ListVpcIngressConnections|DescribeCustomDomains|DescribeVpcEndpoints|^route53\./;

export interface DisturberOptions {
  /** Those of these functions only: `reconcile`. */
  readonly functions: readonly string[];
  /** @param index the number of the call, from 0 on, since `begin`. */
  decide(index: number, call: DisturbableCall): CallDisturbance | undefined;
  /** @param index the number of the question, whoever asks, from 0 on, since `begin`. */
  decideDns?(index: number, question: DnsQuestion): DnsDisturbance | undefined;
  readonly clocksAhead?: () => number;
}

/** What `hangs`, `deployment`, `stale` and `mixed` need of a world whose calls take no time. */
export interface DisturbedWorld {
  readonly clock: VirtualClock;
  /** Starts a deployment, as a person does. @returns whether it began */
  deploy(): Promise<boolean>;
  /** What others in the network have asked for by now, and were answered. */
  readonly askedByOthers: readonly { readonly question: DnsQuestion; readonly values: readonly string[] }[];
}

/** Counts the calls of functions and the questions to DNS, and disturbs some of them. */
export class Disturber implements Disturb {
  readonly #options: DisturberOptions;
  readonly #invocations = new AsyncLocalStorage<Invocation>();
  readonly #lag = new AsyncLocalStorage<number>();
  /** How AWS refuses the call that is under way. */
  readonly #refusal = new AsyncLocalStorage<'throttled' | 'unavailable' | 'expired'>();
  /** What each question was answered, and when. */
  readonly #answered = new Map<string, readonly { readonly at: number; readonly answer: () => readonly string[] }[]>();
  #world: DisturbedWorld | undefined;
  #isOn = false;
  readonly calls: DisturbableCall[] = [];
  readonly questions: DnsQuestion[] = [];
  /** What was disturbed, for people. */
  readonly met: string[] = [];

  constructor(options: DisturberOptions) {
    this.#options = options;
  }

  begin(world?: DisturbedWorld): void {
    this.#world = world;
    for (const { question, values } of world?.askedByOthers ?? [])
      this.#answered.set(JSON.stringify(question), [{ at: world?.clock.now() ?? 0, answer: () => values }]);
    this.#isOn = true;
  }

  /** Nothing is disturbed any more, and nothing counted. */
  end(): void {
    this.#isOn = false;
  }

  readonly client: Disturb['client'] = (functionName, handler) => {
    const isDisturbed = this.#options.functions.some((name) => functionName.endsWith(`-${name}`));
    const handle: Handler['handle'] = (...call) =>
      isDisturbed ? this.#handle(handler, call) : this.#work(() => handler.handle(...call));
    return { ...handler, handle };
  };

  /** What dies while it handles an event fails as a whole, whatever it made of that. */
  readonly invocation = async (_: string, run: () => Promise<unknown>): Promise<unknown> => {
    const invocation: Invocation = { isDead: false, jump: 0 };
    const answer = await this.#invocations.run(invocation, run);
    if (invocation.isDead) throw dead();
    return answer;
  };

  readonly clocksAhead = (): number => {
    const { jump = 0 } = this.#invocations.getStore() ?? {};
    return this.#isOn ? jump + (this.#options.clocksAhead?.() ?? 0) : 0;
  };

  readonly readLag = (): number => this.#lag.getStore() ?? 0;

  readonly answerDns: AnswerDns = (question, truth) => {
    if (!this.#isOn) return truth();
    const answer = settled(truth);
    const disturbance = this.#options.decideDns?.(this.questions.push(question) - 1, question);
    const before = this.#answersBefore(question, answer);
    if (disturbance === undefined || !canDisturbAnswer(disturbance, question)) return answer();
    const met = () => this.met.push(`${disturbance} at ${question.type} ${question.name}`);
    switch (disturbance) {
      case 'servfail':
      case 'silent':
        met();
        throw dnsError(disturbance === 'silent' ? 'ETIMEOUT' : 'ESERVFAIL', question.name, question.type);
      case 'truncated': {
        const [first, ...others] = answer();
        if (first === undefined || others.length === 0) return answer();
        met();
        return [first];
      }
      case 'stale':
        if (before === undefined && outcome(answer) === undefined) return answer();
        met();
        if (before === undefined) throw dnsError('ENOTFOUND', question.name, question.type);
        return before();
      case 'mixed': {
        const others = before === undefined ? [] : (outcome(before) ?? []);
        met();
        return [...new Set([...(outcome(answer) ?? []), ...(others.length > 0 ? others : [STRANGER])])];
      }
    }
  };

  /** The last other answer to the same question that a resolver may have kept. */
  #answersBefore(question: DnsQuestion, answer: () => readonly string[]): (() => readonly string[]) | undefined {
    if (this.#world === undefined) return undefined;
    const key = JSON.stringify(question);
    const now = this.#world.clock.now();
    const known = (this.#answered.get(key) ?? []).filter(({ at }) => at > now - KEPT);
    this.#answered.set(key, [...known, { at: now, answer }]);
    return known.findLast((one) => JSON.stringify(outcome(one.answer)) !== JSON.stringify(outcome(answer)))?.answer;
  }

  #work<Result>(run: () => Promise<Result>): Promise<Result> {
    return this.#world === undefined ? run() : this.#world.clock.work(run);
  }

  async #handle(handler: Handler, call: Parameters<Handler['handle']>): Promise<Reply> {
    const invocation = this.#invocations.getStore();
    if (invocation === undefined) throw new Error('a function called something while it was not invoked');
    if (invocation.isDead) throw dead();
    const reply = await this.#disturbed(() => this.#work(() => handler.handle(...call)), call[0], invocation);
    // What was under way when the process died is not heard either.
    if (invocation.isDead) throw dead();
    return reply;
  }

  async #disturbed(
    send: () => Promise<Reply>,
    request: Parameters<Handler['handle']>[0],
    invocation: Invocation,
  ): Promise<Reply> {
    if (!this.#isOn) return send();
    const asked = disturbableCall(request);
    const disturbance = this.#options.decide(this.calls.push(asked) - 1, asked);
    if (disturbance === undefined || !canDisturb(disturbance, asked)) return send();
    if (disturbance === 'deployment' && !(await this.#work(async () => this.#world?.deploy()))) return send();
    this.met.push(`${disturbance} at ${asked.operation}`);
    switch (disturbance) {
      case 'dies-before':
        invocation.isDead = true;
        throw dead();
      case 'dies-after':
        await send();
        invocation.isDead = true;
        throw dead();
      case 'reply-lost':
        await send();
        throw timedOut('the reply was lost');
      case 'timeout':
        throw timedOut('no answer came');
      case 'throttled':
      case 'unavailable':
      case 'expired':
        return this.#refusal.run(disturbance, send);
      case 'garbage': {
        const reply = await send();
        reply.response.body = Buffer.from('<html><body>This is not AWS.</body></html>');
        return reply;
      }
      case 'hangs':
        await send();
        await this.#world?.clock.pause(HANGS);
        throw timedOut('the answer did not come in time');
      case 'lags-1s':
      case 'lags-5s':
      case 'lags-60s':
        return this.#lag.run(LAGS[disturbance], send);
      case 'deployment':
        return send();
      case 'clock-ahead':
      case 'clock-behind':
        invocation.jump = disturbance === 'clock-ahead' ? JUMP : -JUMP;
        return send();
    }
  }

  /** The answer of AWS itself to a call that is refused. */
  refuse({ service }: PendingCall): AwsError | undefined {
    switch (this.#refusal.getStore()) {
      case undefined:
        return undefined;
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

/** The same answer at any later time. */
function settled(ask: () => readonly string[]): () => readonly string[] {
  try {
    const values = ask();
    return () => values;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

/** `undefined`: an error. */
function outcome(ask: () => readonly string[]): readonly string[] | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}

function timedOut(message: string): Error {
  return Object.assign(new Error(message), { name: 'TimeoutError' });
}

function dead(): Error {
  return Object.assign(new Error('the function is dead'), { name: 'DeadFunction' });
}
