import type { Clock } from './clock.ts';
import { throttled } from './faults.ts';
import { matches } from './iam/pattern.ts';
import type { Gateway, PendingCall } from './wire/gateway.ts';

/** How many requests AWS takes: a bucket of tokens that is full at first. Each request takes one. */
export interface RateLimit {
  /** `service:Operation` with wildcards: the calls that take from the bucket. */
  readonly calls: string;
  /** Who shares a bucket. */
  readonly per: 'account' | 'account and region';
  /** Whether each operation has a bucket of its own. */
  readonly eachOperation?: true;
  /** What a call takes; one token by default. */
  readonly cost?: (input: object) => number;
  /** Tokens of a full bucket. */
  readonly burst: number;
  /** Tokens that are added per second. */
  readonly perSecond: number;
}

/** Of an account: docs/facts.md#route-53-request-rates. Many sources give 5 requests per second: pass that to play them. */
export function route53Limits(requests: Pick<RateLimit, 'burst' | 'perSecond'>): readonly RateLimit[] {
  return [
    { calls: 'route53:*', per: 'account', ...requests },
    {
      calls: 'route53:ChangeResourceRecordSets',
      per: 'account',
      cost: recordChanges,
      burst: 1500,
      perSecond: 100,
    },
  ];
}

const inRegion = { per: 'account and region' } as const;

/** docs/facts.md#ec2-request-rates. Of other operations of EC2 no rate is recorded there, so they have none here. */
const ec2Limits: readonly RateLimit[] = [
  { calls: 'ec2:Describe*', ...inRegion, eachOperation: true, burst: 100, perSecond: 20 },
  { calls: 'ec2:CreateVpcEndpoint', ...inRegion, burst: 4, perSecond: 0.3 },
];

/** AWS documents none, and these are assumed: docs/facts.md#app-runner-request-rates. */
const appRunnerReads = { ...inRegion, eachOperation: true, burst: 20, perSecond: 10 } as const;
const appRunnerLimits: readonly RateLimit[] = [
  { calls: 'apprunner:Describe*', ...appRunnerReads },
  { calls: 'apprunner:List*', ...appRunnerReads },
  ...['Create*', 'Update*', 'Delete*', 'Associate*', 'Disassociate*', 'Tag*', 'Untag*'].map(
    (operation): RateLimit => ({
      calls: `apprunner:${operation}`,
      ...inRegion,
      eachOperation: true,
      burst: 10,
      perSecond: 2,
    }),
  ),
];

/** What AWS documents, and what is assumed where it documents nothing. */
export const awsRateLimits: readonly RateLimit[] = [
  ...route53Limits({ burst: 50, perSecond: 10 }),
  ...ec2Limits,
  ...appRunnerLimits,
];

interface Bucket {
  tokens: number;
  /** Milliseconds since the epoch. */
  filledAt: number;
}

/**
 * Refuses calls that exceed a limit, with the service's own error, until the returned function is called. A call that is
 * refused takes nothing. Time is the clock's.
 */
export function limitRates(
  gateway: Pick<Gateway, 'intercept'>,
  clock: Pick<Clock, 'now'>,
  limits: readonly RateLimit[],
): () => void {
  const buckets = new Map<string, Bucket>();
  const bucketOf = (limit: RateLimit, call: PendingCall): Bucket => {
    const key = bucketKey(limit, call);
    const now = clock.now();
    const { tokens, filledAt } = buckets.get(key) ?? { tokens: limit.burst, filledAt: now };
    const filled = Math.min(limit.burst, tokens + ((now - filledAt) / 1000) * limit.perSecond);
    const bucket = { tokens: filled, filledAt: now };
    buckets.set(key, bucket);
    return bucket;
  };
  return gateway.intercept((call) => {
    const taken = limits
      .filter(({ calls }) => matches(calls, `${call.service}:${call.operation}`, new Map()))
      .map((limit) => ({ bucket: bucketOf(limit, call), cost: limit.cost?.(call.input) ?? 1 }));
    if (taken.some(({ bucket, cost }) => bucket.tokens < cost - ROUNDING)) return throttled(call.service);
    for (const { bucket, cost } of taken) bucket.tokens -= cost;
    return undefined;
  });
}

/** Far below a token: sums of fractions are not exact. */
const ROUNDING = 1e-6;

function bucketKey(limit: RateLimit, { service, operation, context }: PendingCall): string {
  const { account, region } = context;
  return JSON.stringify([
    limit.calls,
    account,
    limit.per === 'account' ? '' : region,
    limit.eachOperation === true ? `${service}:${operation}` : '',
  ]);
}

/** CREATE and DELETE count one, UPSERT counts two (documented). */
function recordChanges(input: object): number {
  const { ChangeBatch }: { ChangeBatch?: { Changes?: readonly { Action?: string }[] } } = input;
  return (ChangeBatch?.Changes ?? []).reduce((sum, { Action }) => sum + (Action === 'UPSERT' ? 2 : 1), 0);
}
