import { errorMessage } from '../../shared/errors.ts';
import { findPolicyFile, openPolicy } from '../../shared/policy/file/open.ts';
import type { Policy } from '../../shared/policy/policy.ts';
import { apiClient, dataOf } from '../api/client.ts';
import { ApiError } from '../api/problem.ts';
import { findTarget } from '../api/target.ts';
import type { CliEnvironment } from '../environment.ts';
import { ConnectError, NoApiError } from '../errors.ts';

/** The policy to evaluate, and its origin, for people. */
export interface Judging {
  readonly policy: Policy;
  readonly source: string;
}

export interface PolicyChoice {
  /** A policy file, or `parameters`. */
  readonly policy?: string | undefined;
  /** The stack whose policy is read; `undefined`: none. */
  readonly stack: string | undefined;
  /** Region of the stack. */
  readonly region: string;
  readonly local?: string | true | undefined;
}

/**
 * The policy of the options; otherwise the one that the stack's API returns; without a stack that has an API, the policy
 * file of this folder; otherwise the one that the parameters make.
 * @throws ConnectError if the stack has an API that does not return its policy: then the policy in force is unknown.
 */
export async function judgingPolicy(
  { policy: asked, stack, region, local }: PolicyChoice,
  parameters: Policy,
  { environment, now }: Pick<CliEnvironment, 'environment' | 'now'>,
): Promise<Judging> {
  const ofParameters = { policy: parameters, source: 'the parameters' };
  if (asked === 'parameters') return ofParameters;
  if (asked !== undefined) return ofFile(asked);
  const own = stack === undefined ? undefined : await ofStack({ stack, region, local }, now);
  if (own !== undefined) return own;
  const file = findPolicyFile(process.cwd(), environment);
  return file === undefined ? ofParameters : ofFile(file);
}

async function ofFile(file: string): Promise<Judging> {
  return { policy: (await openPolicy(file, undefined)).policy, source: file };
}

/** `undefined` if there is no such stack, or it has no API, or its API is too old to return the policy. */
async function ofStack(
  options: Omit<PolicyChoice, 'policy'> & { readonly stack: string },
  now: () => number,
): Promise<Judging | undefined> {
  try {
    const client = apiClient(await findTarget(options), now);
    const { from, policy } = await dataOf(client.GET('/policy'));
    return { policy, source: `the stack's own, of ${from === 'file' ? 'its policy file' : 'its parameters'}` };
  } catch (error) {
    if (error instanceof NoApiError) return undefined;
    if (error instanceof ApiError && error.problem?.type.endsWith(':route-unknown') === true) return undefined;
    throw new ConnectError(
      `The stack's policy cannot be read: ${errorMessage(error)}\nName the policy: --policy FILE, or --policy parameters for the one that the stack's parameters make.`,
    );
  }
}
