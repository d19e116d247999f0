import * as z from 'zod';
import { type Claims, changeClaim } from '../claims.ts';
import { READ_LAG_MS } from '../plan/recent-writes.ts';

/** One attempt to create the endpoint of a VPC. A function, so that bundles which do not call it are without it. */
const endpointAttempt = () =>
  z.object({
    /** The client token: the same for everybody who joins the attempt. */
    token: z.string().optional(),
    /** Milliseconds since the epoch of EC2's answer. */
    answeredAt: z.number().optional(),
    /** The endpoint that EC2 created; none after IdempotentParameterMismatch. */
    endpointId: z.string().optional(),
  });
type EndpointAttempt = z.output<ReturnType<typeof endpointAttempt>>;

export interface EndpointAttempts {
  /**
   * The client token to call with, noted before the call. `undefined`: an attempt has been answered, and is not known to
   * be over.
   */
  claim(): Promise<string | undefined>;
  /** EC2's answer: an endpoint, or IdempotentParameterMismatch. */
  answered(token: string, endpointId: string | undefined): Promise<void>;
}

/**
 * The attempts of one installation in one VPC:
 *
 *     noted                                    →
 *     nothing                                  a new token
 *     a token, without an answer               the same token: another service, or an earlier call, has the same attempt
 *     an answer, and the endpoint lives        wait: EC2 lists it soon
 *     an answer of less than two minutes ago   wait
 *     an answer, and the endpoint is gone      a new token
 *
 * @param isGone whether EC2 knows the endpoint no longer.
 */
export function endpointAttempts(
  claims: Claims,
  vpc: { readonly account: string; readonly region: string; readonly vpcId: string },
  { now, token, isGone }: { now(): number; token(): string; isGone(endpointId: string): Promise<boolean> },
): EndpointAttempts {
  const claim = `endpoint/${vpc.account}/${vpc.region}/${vpc.vpcId}`;
  const isOver = async ({ answeredAt, endpointId }: EndpointAttempt): Promise<boolean> =>
    answeredAt !== undefined &&
    now() >= answeredAt + READ_LAG_MS &&
    (endpointId === undefined || (await isGone(endpointId)));
  return {
    async claim() {
      const attempt = await changeClaim(claims, claim, endpointAttempt(), async (noted) =>
        noted.token === undefined || (await isOver(noted)) ? { token: token() } : noted,
      );
      return attempt.answeredAt === undefined ? attempt.token : undefined;
    },
    async answered(used, endpointId) {
      await changeClaim(claims, claim, endpointAttempt(), (noted) =>
        noted.token !== used || noted.answeredAt !== undefined
          ? noted
          : { ...noted, answeredAt: now(), ...(endpointId === undefined ? {} : { endpointId }) },
      );
    },
  };
}
