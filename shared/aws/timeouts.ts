import type { ClientConfig } from './client-config.ts';

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
export const lambdaClientConfig: ClientConfig = {
  requestHandler: {
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    // Otherwise the SDK logs a warning and keeps waiting.
    throwOnRequestTimeout: true,
  },
  maxAttempts: MAX_ATTEMPTS,
};

/** The same for a client that invokes functions and waits for their answer. A handler that the caller chose stays. */
export function withInvocationTimeout(config: ClientConfig): ClientConfig {
  if (config.requestHandler !== lambdaClientConfig.requestHandler) return config;
  return {
    ...config,
    requestHandler: { ...lambdaClientConfig.requestHandler, requestTimeout: INVOCATION_TIMEOUT_MS },
    maxAttempts: 1,
  };
}
