import type { EmbeddedCloud } from 'apprunner-embedded-cloud';
import type { VirtualClock } from 'apprunner-embedded-cloud/clock';
import { awsRateLimits, type RateLimit, route53Limits } from 'apprunner-embedded-cloud/rate-limits';
import { timedCalls } from 'apprunner-embedded-cloud/timed-calls';
import type { TimedFunctions } from '../test/installation/handlers.ts';

/** Calls per second that many sources give, half of what is documented today (docs/facts.md#route-53-request-rates). */
export const ROUTE_53_RATE = 5;

/** What AWS takes, with so many Route 53 calls a second, and no more of them at once. */
export function awsWithRoute53At(perSecond: number): readonly RateLimit[] {
  return [
    ...awsRateLimits.filter(({ calls }) => !calls.startsWith('route53:')),
    ...route53Limits({ burst: perSecond, perSecond }),
  ];
}

/** Milliseconds that a call takes on average: assumed, like what AWS's APIs take from a Lambda function. */
const OWN_MS = 10;
const AWS_MS = 80;

/** Calls that take time and are retried like those of the functions. */
export function takesTime({ gateway, world: { chance } }: EmbeddedCloud, clock: VirtualClock): TimedFunctions {
  const takes = (host: string) => (/^(dynamodb|sqs|ssm)\./.test(host) ? OWN_MS : AWS_MS);
  return {
    calls: () => timedCalls({ gateway, clock, chance, takes, maxAttempts: 3 }),
    sleep: (milliseconds) => clock.pause(milliseconds),
  };
}
