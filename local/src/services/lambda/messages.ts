import type { FunctionFailure } from './runtime.ts';

/** Messages between the main thread and an execution environment (a worker thread). */

/** Given to the worker when it starts. */
export interface EnvironmentData {
  readonly codeFolder: string;
  readonly handler: string;
  readonly functionName: string;
  readonly functionArn: string;
  /** MiB. */
  readonly memorySize: number;
  /** DNS server of the function's network, `host:port`. */
  readonly dns: string;
  /** DNS server of the public view, for functions that ask a public resolver. */
  readonly publicDns: string;
  /** PEM of the certificate authorities to trust besides the well-known ones. */
  readonly certificates: readonly string[];
}

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

export type ToEnvironment =
  | {
      readonly kind: 'event';
      readonly requestId: string;
      /** JSON. */
      readonly payload: string;
      readonly clientContext: unknown;
      /** Milliseconds until the function is stopped. */
      readonly timeout: number;
    }
  | { readonly kind: 'route'; readonly id: number; readonly to: HostPort | undefined };

export type FromEnvironment =
  | {
      readonly kind: 'result';
      readonly outcome: { readonly ok: true; readonly payload: string } | FunctionFailure;
      /** Whether the environment ends with this and can take no other event. */
      readonly last?: boolean;
    }
  /** The environment is asking where a connection to this address and port ends up. */
  | { readonly kind: 'route'; readonly id: number; readonly address: string; readonly port: number };
