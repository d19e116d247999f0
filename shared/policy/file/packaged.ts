import { readFileSync } from 'node:fs';
import { errorMessage, errorName, SettingsError } from '../../errors.ts';
import { type Hub, policyOfParameters, type StackSettings } from '../parameters.ts';
import type { Policy, PolicyInForce } from '../policy.ts';
import { readPolicy } from './read.ts';

/** Beside the bundle this is part of; of the sources themselves, there is none. */
const PACKAGED = new URL('policy.json', import.meta.url);

/** @throws SettingsError */
export function loadPolicy(...from: Parameters<typeof loadPolicyInForce>): Policy {
  return loadPolicyInForce(...from).policy;
}

/**
 * The policy that was packaged with the function, or, without one, what the stack's parameters say.
 * @param hub the account and region that the parameters are for.
 * @throws SettingsError
 */
export function loadPolicyInForce(
  settings: StackSettings,
  hub: Hub = settings.hub,
  packaged: URL = PACKAGED,
): PolicyInForce {
  const policy = readPackaged(packaged);
  if (policy === undefined) return { from: 'parameters', policy: policyOfParameters(settings, hub) };
  if (policy.owner !== undefined && policy.owner !== settings.installation) {
    throw new SettingsError(
      `The policy file's owner is "${policy.owner}", and the stack's parameter Installation is "${settings.installation}": give both the same name, or remove owner from the policy file, and deploy again.`,
    );
  }
  // With the hub's own credentials another account would not be reached, and the hub be taken for it.
  if (settings.membership === undefined && hasOthers(policy, hub)) {
    throw new SettingsError(
      "The policy file has accounts other than the stack's own in scope, but the stack's parameter OrganizationId is empty, so the stack can assume no role in them. Set OrganizationId and MemberExternalId, and deploy again.",
    );
  }
  return { from: 'file', policy };
}

function hasOthers({ accounts }: Policy, hub: Hub): boolean {
  return accounts.kind === 'organization' || accounts.ids.some((id) => id !== hub.account);
}

/** The policy file that was packaged with the function, if any. @throws SettingsError */
export function readPackaged(file: URL = PACKAGED): Policy | undefined {
  try {
    return readPolicy(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new SettingsError(
      `${file.pathname} is not a policy (${errorName(error)}: ${errorMessage(error)}): check the policy file with "npm run policy -- check", and deploy again.`,
    );
  }
}
