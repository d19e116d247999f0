import { AsyncLocalStorage } from 'node:async_hooks';
import type { HttpRequest, HttpResponse } from '@smithy/core/protocols';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { HttpHandlerOptions, NodeHttpHandlerOptions } from '@smithy/types';

const deadline = new AsyncLocalStorage<number>();

/**
 * Runs work whose AWS calls all end by then, those of clients with a `DeadlineHandler`: a service whose answers never come
 * does not delay the others of its batch.
 * @param at milliseconds since the epoch, by the clock of this machine.
 */
export function withDeadline<Result>(at: number, work: () => Promise<Result>): Promise<Result> {
  return deadline.run(at, work);
}

/** Sends requests that take no longer than the deadline of the work that they belong to. */
export class DeadlineHandler extends NodeHttpHandler {
  readonly #requestTimeout: number;
  readonly #now: () => number;

  /** @param options with a time-out for requests, in milliseconds. */
  constructor(options: NodeHttpHandlerOptions & { readonly requestTimeout: number }, now: () => number = Date.now) {
    super(options);
    this.#requestTimeout = options.requestTimeout;
    this.#now = now;
  }

  override async handle(request: HttpRequest, options: HttpHandlerOptions = {}): Promise<{ response: HttpResponse }> {
    const at = deadline.getStore();
    if (at === undefined) return super.handle(request, options);
    const left = at - this.#now();
    if (left <= 0) {
      const message = `The time for this service is over, so ${request.hostname} was not asked.`;
      throw Object.assign(new Error(message), { name: 'TimeoutError' });
    }
    const { requestTimeout = this.#requestTimeout } = options;
    return super.handle(request, { ...options, requestTimeout: Math.min(requestTimeout, left) });
  }
}
