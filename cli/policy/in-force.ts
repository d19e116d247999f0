import { errorMessage } from '../../shared/errors.ts';
import { findPolicyFile, openPolicy } from '../../shared/policy/file/open.ts';
import type { Policy } from '../../shared/policy/policy.ts';
import { apiClient, dataOf } from '../api/client.ts';
import { ApiError } from '../api/problem.ts';
import { findTarget } from '../api/target.ts';
import type { CliEnvironment } from '../environment.ts';
import { ConnectError, NoApiError } from '../errors.ts';

/** The policy to judge by, and where it is from, for people. */
export interface Judging {
  readonly policy: Policy;
  readonly source: string;
}

export interface PolicyChoice {
  /** A policy file, or `parameters`. */
  readonly policy?: string | undefined;
  /** The stack that is asked; `undefined`: there is none. */
  readonly stack: string | undefined;
  /** Where it is. */
  readonly region: string;
  readonly local?: string | true | undefined;
}

/**
 * The policy that is asked for; or else the stack's own, by its API; or else, where there is no stack with an API, the
 * policy file of this folder; or else what the parameters say.
 * @throws ConnectError when the stack has an API that does not tell: what it goes by is then not known.
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

/** `undefined` when there is no such stack, or one without an API or from before it told of its policy. */
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
      `The policy that the stack goes by is not told: ${errorMessage(error)}\nSay what to judge by: --policy FILE, or --policy parameters for what the stack's parameters say.`,
    );
  }
}
