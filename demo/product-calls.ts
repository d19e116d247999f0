import type { Gateway } from 'apprunner-embedded-cloud';
import { WireCounter } from 'apprunner-embedded-cloud/wire-counter';

/** What the product asks of its own parts (its rows, queues, functions, reports, switch and events) and how it becomes a role. */
const OWN = /^(dynamodb|events|lambda|s3|sns|sqs|ssm|sts):/;

/** Whether a call is about the product's own resources, and not about what it observes. @param operation `sqs:SendMessage` */
export function isOwnCall(operation: string): boolean {
  return OWN.test(operation);
}

/** Counts the calls that the stack's functions make from now on: only they act by a role. */
export function countProductCalls(gateway: Pick<Gateway, 'observe'>): WireCounter {
  return new WireCounter(gateway, ({ context }) => context.principal.kind === 'role');
}

/** Writes of the product to the world, from now on. @returns a function that stops counting and lists them, as `apprunner:TagResource 2`. */
export function countWritesToWorld(gateway: Pick<Gateway, 'observe'>): () => readonly string[] {
  const counter = countProductCalls(gateway);
  return () => {
    counter.stop();
    return counter.operations
      .filter(({ operation, writes }) => writes && !isOwnCall(operation))
      .map(({ operation, calls }) => `${operation} ${calls}`);
  };
}
