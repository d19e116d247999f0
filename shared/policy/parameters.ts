import type { Policy } from './policy.ts';

/** A role by which hosted zones of another account are reached, and which ones. */
interface ZoneRole {
  readonly arn: string;
  readonly zoneIds: readonly string[];
  readonly externalId: string | undefined;
}

/** The parameters that a policy file replaces. */
export interface PolicyParameters {
  /** Hosted zone ids. */
  readonly allowedZones: readonly string[];
  /** Patterns, see `isAllowedName`. */
  readonly allowedNames: readonly string[];
  /** Patterns of the names that services may claim, see `matchesNamePattern`; none: `allowedNames`. */
  readonly claimableNames: readonly string[];
  readonly adoptAllowed: boolean;
  /** The VPCs that a service may name beside `vpcId`; `*`: every VPC of the account. */
  readonly allowedVpcs: readonly string[];
  /** For services that name none. */
  readonly vpcId: string | undefined;
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  readonly zoneRoles: readonly ZoneRole[];
  /** The probe function and the VPC it is in. */
  readonly probe: { readonly functionName: string; readonly vpcId: string } | undefined;
}

/** The settings of a stack that make or check its policy. */
export interface StackSettings {
  /** Name in ownership records. */
  readonly installation: string;
  /** Unknown where the settings are not those of a function of the stack. */
  readonly hub: Hub;
  readonly parameters: PolicyParameters;
  /** How other accounts are reached; `undefined`: with the current credentials. */
  readonly membership: object | undefined;
}

/** Where the stack is: an account (12 digits) and a region, as far as they are known. */
export interface Hub {
  readonly account: string | undefined;
  readonly region: string | undefined;
}

/** What the stack's parameters say where there is no policy file: one account, one region, services as their tags say. */
export function policyOfParameters(
  { parameters }: { readonly parameters: PolicyParameters },
  { account = '', region = '' }: Hub,
): Policy {
  const { allowedZones, allowedNames, claimableNames, adoptAllowed, allowedVpcs } = parameters;
  const { vpcId, subnetIds, securityGroupIds, zoneRoles, probe } = parameters;
  const endpoint = { kind: 'create', subnetIds, securityGroupIds, allowFrom: [] } as const;
  return {
    accounts: { kind: 'listed', ids: [account] },
    regions: [region],
    networks: [
      ...(vpcId === undefined
        ? []
        : [{ account, region, vpcId, endpoint, ...(probe?.vpcId === vpcId ? { probe: probe.functionName } : {}) }]),
      ...(allowedVpcs.length === 0
        ? []
        : [{ account, region, endpoint, ...(allowedVpcs.includes('*') ? {} : { allowedVpcs }) }]),
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
    rules: [
      {
        name: 'tagged services',
        match: {},
        enforcement: 'by-tag',
        mode: 'enforce',
        domains: [],
        adopt: adoptAllowed,
        ...(claimableNames.length === 0 ? {} : { names: claimableNames }),
      },
    ],
    exceptions: [],
    limits: { changes: {}, detaches: {} },
  };
}
