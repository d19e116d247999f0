import { extname } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { Worker } from 'node:worker_threads';
import type { Clock } from '../../clock.ts';
import type { LambdaFunction } from './function.ts';
import type { EnvironmentData, FromEnvironment, HostPort, ToEnvironment } from './messages.ts';
import type { FunctionFailure, Invocation, InvocationOutcome, Runtime } from './runtime.ts';

/** The network a function sees, by its configuration. */
export interface FunctionNetwork {
  /** DNS server of its resolver, `host:port`: the public view, or that of its VPC. */
  readonly dns: string;
  /** DNS server of the public view, `host:port`. */
  readonly publicDns: string;
  /** Where a connection to `address` and `port` ends up, decided at each connection; `undefined`: nothing answers. */
  route(address: string, port: number): HostPort | undefined | Promise<HostPort | undefined>;
}

export interface WorkerCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** One line that a function wrote. */
export interface LogLine {
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly account: string;
  readonly region: string;
  readonly functionName: string;
  /** The invocation it was handling; `undefined` between two. */
  readonly requestId: string | undefined;
  readonly stream: 'stdout' | 'stderr';
  readonly line: string;
}

export interface WorkerRuntimeOptions {
  readonly clock: Clock;
  /** The gateway's URL: `AWS_ENDPOINT_URL` of every function. */
  endpointUrl(): string;
  /** Credentials of the function's role, asked when an environment starts. */
  credentials(roleArn: string): WorkerCredentials;
  network(fn: LambdaFunction): FunctionNetwork;
  /** PEM of certificate authorities that functions trust besides the well-known ones. */
  readonly certificates?: readonly string[];
  log?(line: LogLine): void;
}

/**
 * Runs packaged functions in worker threads, the "execution environments": reused while free, one event at a time,
 * a new one for each event more up to a few, gone after a timeout, a crash, `process.exit` or a while of idleness.
 * An event that finds none free waits for one.
 */
export function workerRuntime(options: WorkerRuntimeOptions): Runtime {
  const pools = new Map<string, Pool>();
  let isClosed = false;
  const poolOf = (arn: string): Pool => {
    const pool = pools.get(arn) ?? new Pool(options, () => isClosed);
    pools.set(arn, pool);
    return pool;
  };
  return {
    invoke: (fn, payload, invocation) => poolOf(fn.arn).handle(fn, payload, invocation),
    close: async () => {
      isClosed = true;
      await Promise.all([...pools.values()].map((pool) => pool.close()));
    },
  };
}

/** Environments of one function at a time: each holds a whole bundle in memory, and a laptop has few processors. */
const MOST_ENVIRONMENTS = 3;

/** Milliseconds after which an idle environment ends; one is kept, so that the next event finds it warm. */
const IDLE = 20_000;

class Pool {
  readonly #options: WorkerRuntimeOptions;
  readonly #environments = new Set<Environment>();
  readonly #queue: (() => void)[] = [];
  readonly #isClosed: () => boolean;

  constructor(options: WorkerRuntimeOptions, isClosed: () => boolean) {
    this.#options = options;
    this.#isClosed = isClosed;
  }

  async handle(fn: LambdaFunction, payload: unknown, invocation: Invocation): Promise<InvocationOutcome> {
    // A changed configuration gets new environments, as on AWS; the old ones end.
    for (const one of this.#environments) if (one.fn !== fn && !one.busy) void one.end();
    while (!this.#isClosed()) {
      // From finding it to handing it the event nothing may come between, or two events find the same.
      const environment = this.#free(fn);
      if (environment !== undefined) return this.#handleIn(environment, payload, invocation);
      await new Promise<void>((resolve) => this.#queue.push(resolve));
    }
    return exitError(invocation, 'is closed');
  }

  async #handleIn(environment: Environment, payload: unknown, invocation: Invocation): Promise<InvocationOutcome> {
    try {
      return await environment.handle(payload, invocation);
    } finally {
      this.#queue.shift()?.();
      this.#endWhenIdle(environment);
    }
  }

  async close(): Promise<void> {
    for (const wake of this.#queue.splice(0)) wake();
    await Promise.all([...this.#environments].map((one) => one.end()));
  }

  #free(fn: LambdaFunction): Environment | undefined {
    const free = [...this.#environments].find((one) => one.fn === fn && !one.busy);
    if (free !== undefined || this.#environments.size >= MOST_ENVIRONMENTS) return free;
    const made: Environment = new Environment(fn, this.#options, () => {
      this.#environments.delete(made);
      this.#queue.shift()?.();
    });
    this.#environments.add(made);
    return made;
  }

  #endWhenIdle(environment: Environment): void {
    const { handled } = environment;
    this.#options.clock.schedule(IDLE, () => {
      const isIdle = !environment.busy && environment.handled === handled;
      if (isIdle && this.#environments.size > 1) void environment.end();
    });
  }
}

interface Running {
  readonly requestId: string;
  finish(outcome: InvocationOutcome): void;
}

class Environment {
  readonly fn: LambdaFunction;
  readonly #options: WorkerRuntimeOptions;
  readonly #network: FunctionNetwork;
  readonly #worker: Worker;
  #running: Running | undefined;
  #ended = false;
  /** Events handled so far. */
  handled = 0;

  constructor(fn: LambdaFunction, options: WorkerRuntimeOptions, onEnd: () => void) {
    this.fn = fn;
    this.#options = options;
    this.#network = options.network(fn);
    const data: EnvironmentData = {
      codeFolder: fn.codeFolder,
      handler: fn.handler,
      functionName: fn.name,
      functionArn: fn.arn,
      memorySize: fn.memorySize,
      dns: this.#network.dns,
      publicDns: this.#network.publicDns,
      certificates: options.certificates ?? [],
    };
    this.#worker = new Worker(new URL(`./bootstrap${extname(import.meta.url)}`, import.meta.url), {
      name: fn.name,
      workerData: data,
      env: environmentVariables(fn, options),
      execArgv: [],
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: fn.memorySize },
    });
    this.#forward(this.#worker.stdout, 'stdout');
    this.#forward(this.#worker.stderr, 'stderr');
    this.#worker.on('message', (message: FromEnvironment) => void this.#onMessage(message));
    this.#worker.on('error', (error) =>
      this.#finish(exitError(this.#running, `exited with error: exit status 1: ${String(error)}`)),
    );
    this.#worker.on('exit', (code) => {
      this.#ended = true;
      onEnd();
      this.#finish(
        exitError(
          this.#running,
          code === 0 ? 'exited without providing a reason' : `exited with error: exit status ${code}`,
        ),
      );
    });
  }

  get busy(): boolean {
    return this.#ended || this.#running !== undefined;
  }

  handle(payload: unknown, { requestId, clientContext }: Invocation): Promise<InvocationOutcome> {
    this.handled++;
    const timeout = this.fn.timeout * 1000;
    return new Promise((resolve) => {
      const cancel = this.#options.clock.schedule(timeout, async () => {
        const errorMessage = `RequestId: ${requestId} Error: Task timed out after ${this.fn.timeout.toFixed(2)} seconds`;
        this.#finish({ ok: false, errorType: 'Sandbox.Timedout', errorMessage });
        await this.end();
      });
      this.#running = {
        requestId,
        finish: (outcome) => {
          cancel();
          resolve(outcome);
        },
      };
      this.#post({ kind: 'event', requestId, payload: JSON.stringify(payload ?? null), clientContext, timeout });
    });
  }

  async end(): Promise<void> {
    this.#ended = true;
    await this.#worker.terminate();
  }

  #post(message: ToEnvironment): void {
    this.#worker.postMessage(message);
  }

  async #onMessage(message: FromEnvironment): Promise<void> {
    if (message.kind === 'route') {
      this.#post({ kind: 'route', id: message.id, to: await this.#network.route(message.address, message.port) });
    } else {
      const { outcome, last = false } = message;
      this.#ended ||= last;
      this.#finish(outcome.ok ? { ok: true, payload: JSON.parse(outcome.payload) } : outcome);
    }
  }

  #finish(outcome: InvocationOutcome): void {
    const running = this.#running;
    this.#running = undefined;
    running?.finish(outcome);
  }

  #forward(stream: Readable, name: LogLine['stream']): void {
    createInterface({ input: stream }).on('line', (line) => {
      const { account, region, name: functionName } = this.fn;
      const requestId = this.#running?.requestId;
      this.#options.log?.({
        at: this.#options.clock.now(),
        account,
        region,
        functionName,
        requestId,
        stream: name,
        line,
      });
    });
  }
}

function exitError(invocation: Invocation | undefined, how: string): FunctionFailure {
  return {
    ok: false,
    errorType: 'Runtime.ExitError',
    errorMessage: `RequestId: ${invocation?.requestId} Error: Runtime ${how}`,
  };
}

/** Exactly what a function finds in `process.env` (documented: "Defined runtime environment variables"), and the endpoint. */
function environmentVariables(fn: LambdaFunction, options: WorkerRuntimeOptions): Record<string, string> {
  const { accessKeyId, secretAccessKey, sessionToken } = options.credentials(fn.roleArn);
  return {
    ...fn.environment,
    _HANDLER: fn.handler,
    LANG: 'en_US.UTF-8',
    LAMBDA_TASK_ROOT: fn.codeFolder,
    AWS_REGION: fn.region,
    AWS_DEFAULT_REGION: fn.region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${fn.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: fn.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(fn.memorySize),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${fn.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: `${new Date(options.clock.now()).toISOString().slice(0, 10).replaceAll('-', '/')}/[$LATEST]`,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
    AWS_ENDPOINT_URL: options.endpointUrl(),
  };
}
