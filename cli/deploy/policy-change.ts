import { errorMessage } from '../../shared/errors.ts';
import { openPolicy } from '../../shared/policy/file/open.ts';
import { policyOfParameters } from '../../shared/policy/parameters.ts';
import type { PolicyInForce } from '../../shared/policy/policy.ts';
import { parseRuleSettings } from '../../shared/settings.ts';
import { differenceText, type PolicyDifference, policyDifference } from '../policy/difference.ts';
import type { ServiceSource } from '../policy/services.ts';
import type { ParameterValues } from '../stack/parameters.ts';
import type { Layout } from '../terminal/output.ts';

/** What a deployment does to the policy of a stack. */
export type PolicyChange =
  | { readonly kind: 'first'; readonly after: PolicyInForce }
  | {
      readonly kind: 'known';
      readonly from: PolicyInForce['from'];
      readonly after: PolicyInForce;
      readonly difference: PolicyDifference;
      /** Tags that the new policy matches and the stack does not return: its services are compared without them. */
      readonly unknownTags: readonly string[];
    }
  /** Unknown is never "no policy file". */
  | { readonly kind: 'unknown'; readonly after: PolicyInForce; readonly reason: string };

/** Whether a deployment takes a policy file from a stack, or might. */
export const dropsPolicyFile = (change: PolicyChange): boolean =>
  change.after.from === 'parameters' &&
  (change.kind === 'unknown' || (change.kind === 'known' && change.from === 'file'));

/**
 * Compares the policy of a deployment with that of the stack, for every service that the stack knows.
 * @param source reads the stack.
 * @param now milliseconds since the epoch.
 */
export async function policyChange(
  after: PolicyInForce,
  source: () => Promise<ServiceSource>,
  now: number,
): Promise<Exclude<PolicyChange, { kind: 'first' }>> {
  try {
    const stack = await source();
    const before = await stack.inForce();
    const services = await stack.list();
    const difference = policyDifference(before.policy, after.policy, services, now);
    const unknownTags = await stack.unknownTags(after.policy);
    return { kind: 'known', from: before.from, after, difference, unknownTags };
  } catch (error) {
    return { kind: 'unknown', after, reason: errorMessage(error) };
  }
}

/** The policy that a deployment puts in force: of the file, if there is one. @throws PolicyFileError, SettingsError */
export async function policyToDeploy(
  file: string | undefined,
  parameters: ParameterValues,
  hub: { readonly account: string; readonly region: string; readonly stackName: string },
): Promise<PolicyInForce> {
  if (file !== undefined) return { from: 'file', policy: (await openPolicy(file, undefined)).policy };
  const environment = parameterEnvironment(parameters, hub);
  return { from: 'parameters', policy: policyOfParameters(parseRuleSettings(environment), hub) };
}

/** The environment that the functions of the stack have with these parameters (serverless.yml). */
function parameterEnvironment(
  { value }: ParameterValues,
  { account, region, stackName }: { readonly account: string; readonly region: string; readonly stackName: string },
): Readonly<Record<string, string | undefined>> {
  const of = (name: string) => value(name) ?? '';
  const hasProbe = [of('ProbeSubnetIds'), of('ProbeSecurityGroupIds'), of('VpcId')].every((given) => given !== '');
  return {
    INSTALLATION: value('Installation') || `${account}/${region}/${stackName}`,
    ALLOWED_ZONES: of('AllowedZones'),
    ALLOWED_NAMES: of('AllowedNames'),
    CLAIMABLE_NAMES: of('ClaimableNames'),
    ADOPT_ALLOWED: of('AdoptAllowed'),
    ALLOWED_VPCS: of('AllowedVpcs'),
    VPC_ID: of('VpcId'),
    ENDPOINT_SUBNET_IDS: of('EndpointSubnetIds'),
    ENDPOINT_SECURITY_GROUP_IDS: of('EndpointSecurityGroupIds'),
    ZONE_ROLE_ARN: of('ZoneRoleArn'),
    ZONE_ROLE_ZONES: of('ZoneRoleZones'),
    ZONE_ROLE_EXTERNAL_ID: of('ZoneRoleExternalId'),
    PROBE_FUNCTION: hasProbe ? `${stackName}-probe` : '',
    PROBE_VPC_ID: hasProbe ? of('VpcId') : '',
    HUB_ACCOUNT: account,
    AWS_REGION: region,
  };
}

/** In lines; empty where nothing changes. */
export function policyChangeText(change: PolicyChange, layout: Layout): string {
  const { after } = change;
  if (change.kind === 'first') return '';
  const { style } = layout;
  if (change.kind === 'unknown') {
    return style('yellow', `Policy: the one of the stack cannot be read, so nothing is compared. ${change.reason}`);
  }
  const { from, difference, unknownTags } = change;
  const { owner, changed, parts } = difference;
  if (from === after.from && owner === undefined && changed.length === 0 && parts.length === 0) return '';
  const named = { file: 'the policy file', parameters: 'the parameters' };
  const moved = from === after.from ? '' : `: from ${named[from]} to ${named[after.from]}`;
  const without =
    unknownTags.length === 0
      ? []
      : [
          `Compared without ${unknownTags.join(', ')}: the policy in force does not use it, so the stack does not return it.`,
        ];
  return [style('bold', `Policy${moved}`), differenceText(difference, layout), ...without].join('\n');
}
