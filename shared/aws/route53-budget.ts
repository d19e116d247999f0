import type { Route53Client } from '@aws-sdk/client-route-53';
import type { Rate, RateBudget } from './rate-budget.ts';

/** The calls of Route 53 that the functions may make, of each account. */
export interface Route53Budget {
  readonly budget: RateBudget;
  readonly rate: Rate;
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
  client.middlewareStack.add(
    (next) => async (args) => {
      await budget.take(`route53/${account ?? ''}`, rate);
      return next(args);
    },
    { name: 'rateBudget', step: 'finalizeRequest', priority: 'low' },
  );
  return client;
}
