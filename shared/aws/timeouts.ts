import type { ClientConfig } from './client-config.ts';
import { DeadlineHandler } from './deadline.ts';

/**
 * How long an AWS call may take, in milliseconds. Without these a socket that hangs holds its invocation until Lambda
 * ends it. Three attempts of a call fit into the shortest time-out of a function that makes several (60 s).
 */
const CONNECTION_TIMEOUT_MS = 2_000;
const REQUEST_TIMEOUT_MS = 10_000;
const MAX_ATTEMPTS = 3;

/** A function that is invoked and waited for may take its own time-out (30 s); it is not invoked twice. */
const INVOCATION_TIMEOUT_MS = 35_000;

/** The configuration of the clients in the stack's functions; region and credentials come from the environment. */
export const lambdaClientConfig = {
  requestHandler: {
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    // An answer that stops in the middle.
    socketTimeout: REQUEST_TIMEOUT_MS,
    // Otherwise the SDK logs a warning and keeps waiting.
    throwOnRequestTimeout: true,
  },
  maxAttempts: MAX_ATTEMPTS,
} as const satisfies ClientConfig;

/**
 * The same for what is observed and changed, of one service at a time: calls end with the time that it has. The tables and
 * queues of the stack are not among them, so that what was seen by then is saved.
 */
export const observedClientConfig: ClientConfig = {
  ...lambdaClientConfig,
  requestHandler: new DeadlineHandler(lambdaClientConfig.requestHandler),
};

/**
 * How long one service may take in a function that has several at hand, in milliseconds: half of the shortest time-out of
 * such a function (60 s), which leaves as much to save what was seen.
 */
export const SERVICE_TIME_MS = 30_000;

/** The same for a client that invokes functions and waits for their answer. A handler that the caller chose stays. */
export function withInvocationTimeout(config: ClientConfig): ClientConfig {
  const { requestHandler } = lambdaClientConfig;
  const isObserved = config.requestHandler === observedClientConfig.requestHandler;
  if (!isObserved && config.requestHandler !== requestHandler) return config;
  const longer = {
    ...requestHandler,
    requestTimeout: INVOCATION_TIMEOUT_MS,
    socketTimeout: INVOCATION_TIMEOUT_MS,
  };
  return { ...config, requestHandler: isObserved ? new DeadlineHandler(longer) : longer, maxAttempts: 1 };
}
