import { ACCOUNT, type EmbeddedCloud, REGION } from 'apprunner-embedded-cloud';
import { type DeployedStack, deployStack } from 'apprunner-embedded-cloud/deploy';
import type { Profile } from 'apprunner-embedded-cloud/profile';
import { type SeededNetwork, ZONE_NAME } from 'apprunner-embedded-cloud/seed';

export const STACK_NAME = 'apprunner-private-ingress-main';

export interface StackChoice {
  /** The packaged template, parsed. */
  readonly template: unknown;
  /** The folder the packaged handlers' paths begin at. */
  readonly codeFolder: string;
  /** Whether the stack gets its probe inside the seeded VPC. */
  readonly probe: boolean;
  /** Where it is deployed; by default the region of the seeded network. */
  readonly region?: string;
  /** More parameters, or other values. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/** All that the stack may write, wildcard names included. */
function claimable(allowedNames: string): string {
  const patterns = allowedNames.split(',').map((pattern) => pattern.trim());
  const parents = patterns.filter((pattern) => pattern.startsWith('*.')).map((pattern) => pattern.slice(2));
  return [...patterns, ...parents.flatMap((name) => [`_wildcard.${name}`, `_wildcard.*.${name}`])].join(',');
}

/** Grace times are short where operations are: 5 s in the `fast` profile. */
const GRACES: Readonly<Record<Profile['name'], Readonly<Record<string, string>>>> = {
  fast: { DetachGrace: '5s', UnobservableGrace: '5s', SweepRate: 'rate(1 minute)' },
  realistic: {},
};

/** Deploys the product into the embedded cloud, for the seeded network and zones. */
export function deployProduct(
  cloud: EmbeddedCloud,
  network: SeededNetwork,
  choice: StackChoice,
): Promise<DeployedStack> {
  const allowedNames = choice.parameters?.AllowedNames ?? `*.${ZONE_NAME},${ZONE_NAME}`;
  return deployStack(
    {
      template: choice.template,
      account: ACCOUNT,
      region: choice.region ?? REGION,
      stackName: STACK_NAME,
      functionCode: () => choice.codeFolder,
      parameters: {
        AllowedZones: [network.privateZoneId, network.publicZoneId].join(','),
        AllowedNames: allowedNames,
        ClaimableNames: claimable(allowedNames),
        AdoptAllowed: 'true',
        AllowedVpcs: '*',
        VpcId: network.vpcId,
        EndpointSecurityGroupIds: network.securityGroupId,
        ...(choice.probe
          ? { ProbeSubnetIds: network.subnetIds.join(','), ProbeSecurityGroupIds: network.securityGroupId }
          : {}),
        ...GRACES[cloud.world.profile.name],
        ...choice.parameters,
      },
    },
    cloud.deployment,
  );
}
