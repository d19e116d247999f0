import { AsyncLocalStorage } from 'node:async_hooks';
import type { Route53Client } from '@aws-sdk/client-route-53';
import type { Rate, RateBudget } from './rate-budget.ts';

/** The calls of Route 53 that the functions may make, of each account. */
export interface Route53Budget {
  readonly budget: RateBudget;
  readonly rate: Rate;
}

/** Makes a call whose turn has come. */
type InTurn = <Answer>(call: () => Promise<Answer>) => Promise<Answer>;

/** How each client that has a budget waits for its turn. */
const lines = new WeakMap<Route53Client, () => Promise<void>>();
/** A turn that has come, until a call is made in it. */
const turn = new AsyncLocalStorage<{ isTaken: boolean }>();

/**
 * Waits until the client may make a call. What that call is may be decided then.
 * @throws BudgetThrottledError
 */
export async function turnOf(client: Route53Client): Promise<InTurn> {
  const line = lines.get(client);
  if (line === undefined) return (call) => call();
  await line();
  return (call) => turn.run({ isTaken: false }, call);
}

/**
 * A client that asks the budget of an account before each call, and again before each retry.
 * @param account whose zones it reads and writes, 12 digits.
 */
export function withRoute53Budget(
  client: Route53Client,
  account: string | undefined,
  of: Route53Budget | undefined,
): Route53Client {
  if (of === undefined) return client;
  const { budget, rate } = of;
  const line = () => budget.take(`route53/${account ?? ''}`, rate);
  lines.set(client, line);
  client.middlewareStack.add(
    (next) => async (args) => {
      const come = turn.getStore();
      if (come === undefined || come.isTaken) await line();
      else come.isTaken = true;
      return next(args);
    },
    { name: 'rateBudget', step: 'finalizeRequest', priority: 'low' },
  );
  return client;
}
