import type { RuleSettings } from '../settings.ts';
import type { Policy } from './policy.ts';

/** What the stack's parameters say where there is no policy file: one account, one region, services as their tags say. */
export function policyOfParameters(
  settings: RuleSettings,
  { account = '', region = '' }: RuleSettings['hub'] = settings.hub,
): Policy {
  const { allowedZones, allowedNames, vpcId, subnetIds, securityGroupIds, zoneRoles, probe } = settings.parameters;
  const endpoint = { kind: 'create', subnetIds, securityGroupIds, allowFrom: [] } as const;
  return {
    owner: settings.installation,
    accounts: { kind: 'listed', ids: [account] },
    regions: [region],
    networks: [
      ...(vpcId === undefined
        ? []
        : [{ account, region, vpcId, endpoint, ...(probe?.vpcId === vpcId ? { probe: probe.functionName } : {}) }]),
      // A service may name any other VPC.
      { account, region, endpoint },
    ],
    zones: allowedZones.map((id) => {
      const role = zoneRoles.find(({ zoneIds }) => zoneIds.includes(id));
      return {
        id,
        allowedNames,
        ...(role === undefined ? {} : { roleArn: role.arn }),
        ...(role?.externalId === undefined ? {} : { externalId: role.externalId }),
      };
    }),
    rules: [{ name: 'tagged services', match: {}, reach: 'by-tag', mode: 'enforce', domains: [] }],
    exceptions: [],
    limits: { changes: {}, detaches: {} },
  };
}
