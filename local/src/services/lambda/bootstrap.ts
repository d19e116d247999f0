import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import tls from 'node:tls';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { embedNetwork } from './embedded-network.ts';
import type { EnvironmentData, FromEnvironment, ToEnvironment } from './messages.ts';
import { type FunctionFailure, failureOf } from './runtime.ts';

/**
 * The main module of an execution environment: makes the thread's network that of the function, loads the handler,
 * and then handles one event after the other. The function needs no code of its own for any of this.
 */

type Handler = (event: unknown, context: object, callback: (error?: unknown, result?: unknown) => void) => unknown;
type Outcome = Extract<FromEnvironment, { kind: 'result' }>['outcome'];

if (parentPort === null) throw new Error('the bootstrap of an execution environment runs in a worker thread only');
const port = parentPort;
// Only worker-runtime.ts starts this module, with this data.
const data = workerData as EnvironmentData;
const post = (message: FromEnvironment): void => port.postMessage(message);

const waiting = new Map<number, (to: Extract<ToEnvironment, { kind: 'route' }>['to']) => void>();
let questions = 0;
embedNetwork({
  dns: data.dns,
  publicDns: data.publicDns,
  route: (address, toPort) =>
    new Promise((resolve) => {
      const id = questions++;
      waiting.set(id, resolve);
      post({ kind: 'route', id, address, port: toPort });
    }),
});
if (data.certificates.length > 0) {
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), ...data.certificates]);
}

process.on('uncaughtException', (error) => stop(failureOf(error)));
process.on('unhandledRejection', (reason) => {
  const { errorMessage, trace = [] } = failureOf(reason);
  stop({ ok: false, errorType: 'Runtime.UnhandledPromiseRejection', errorMessage, trace });
});

const loaded = load();
port.on('message', async (message: ToEnvironment) => {
  if (message.kind === 'route') {
    waiting.get(message.id)?.(message.to);
    waiting.delete(message.id);
    return;
  }
  const handler = await loaded;
  if (typeof handler === 'function') post({ kind: 'result', outcome: await handle(handler, message) });
  else stop(handler);
});

/** Reports the failure and ends the environment. */
function stop(outcome: FunctionFailure): void {
  post({ kind: 'result', outcome, last: true });
  process.exit(1);
}

async function load(): Promise<Handler | FunctionFailure> {
  const [, module = '', name = ''] = /^(.*)\.([^.]+)$/.exec(data.handler) ?? [];
  const file = ['.mjs', '.js', '.cjs'].map((extension) => join(data.codeFolder, module + extension)).find(existsSync);
  if (file === undefined) {
    return {
      ok: false,
      errorType: 'Runtime.ImportModuleError',
      errorMessage: `Error: Cannot find module '${module}'`,
      trace: [],
    };
  }
  try {
    const exports: Record<string, unknown> = await import(pathToFileURL(file).href);
    const handler = exports[name] ?? Object(exports.default)[name];
    if (isHandler(handler)) return handler;
  } catch (error) {
    const failure = failureOf(error);
    return error instanceof SyntaxError ? { ...failure, errorType: 'Runtime.UserCodeSyntaxError' } : failure;
  }
  return {
    ok: false,
    errorType: 'Runtime.HandlerNotFound',
    errorMessage: `${data.handler} is undefined or not exported`,
    trace: [],
  };
}

const isHandler = (value: unknown): value is Handler => typeof value === 'function';

async function handle(handler: Handler, event: Extract<ToEnvironment, { kind: 'event' }>): Promise<Outcome> {
  // An environment lives in real time, like the process of a real function.
  const deadline = performance.now() + event.timeout;
  const context = {
    awsRequestId: event.requestId,
    clientContext: event.clientContext,
    functionName: data.functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: data.functionArn,
    memoryLimitInMB: String(data.memorySize),
    logGroupName: `/aws/lambda/${data.functionName}`,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME ?? '',
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, Math.floor(deadline - performance.now())),
  };
  let result: unknown;
  try {
    result = await new Promise((resolve, reject) => {
      const callback = (error?: unknown, value?: unknown) => (error ? reject(error) : resolve(value));
      const answer = handler(JSON.parse(event.payload), context, callback);
      if (answer instanceof Promise) answer.then(resolve, reject);
      else if (handler.length < 3) resolve(answer);
    });
  } catch (error) {
    return failureOf(error);
  }
  try {
    return { ok: true, payload: JSON.stringify(result) ?? 'null' };
  } catch (error) {
    return {
      ...failureOf(error),
      errorType: 'Runtime.MarshalError',
      errorMessage: 'Unable to stringify response body',
    };
  }
}
