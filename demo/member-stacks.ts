import { ACCOUNT, type EmbeddedCloud, REGION } from 'apprunner-embedded-cloud';
import { bringTo, type DeployedStack, deployStack } from 'apprunner-embedded-cloud/deploy';
import {
  ORGANIZATION_REGIONS,
  ORGANIZATION_ZONE,
  type SeededOrganization,
} from 'apprunner-embedded-cloud/organization';
import { type SeededNetwork, ZONE_NAME } from 'apprunner-embedded-cloud/seed';
import { STACK_NAME } from './product-stack.ts';

/** The product over an organisation of the embedded cloud: its policy, and the stacks of the accounts beside the hub. */

/** The external id of the roles in the member accounts. */
const EXTERNAL_ID = 'embedded-organization';

export type MemberAccess = 'read-only' | 'full';

/** The packaged templates, parsed, and the folder the packaged handlers' paths begin at. */
export interface MemberTemplates {
  readonly member: unknown;
  readonly zones: unknown;
  readonly codeFolder: string;
  /** Whether the one probed VPC gets its probe; by default it does. */
  readonly hasProbes?: boolean;
}

/** What the hub's stack is given beside what it has without an organisation. */
export function hubParameters({ organizationId }: SeededOrganization): Readonly<Record<string, string>> {
  return { OrganizationId: organizationId, MemberExternalId: EXTERNAL_ID };
}

/** The account and region of the only VPC with a probe. */
const PROBED = { accountName: 'shop-prod', region: REGION } as const;

/** The members' stacks, in every region, and the role of the hosted zones; a second call changes their access. */
export class MemberStacks {
  readonly #cloud: EmbeddedCloud;
  readonly #organization: SeededOrganization;
  readonly #templates: MemberTemplates;
  readonly #deployed = new Map<string, DeployedStack>();

  constructor(cloud: EmbeddedCloud, organization: SeededOrganization, templates: MemberTemplates) {
    this.#cloud = cloud;
    this.#organization = organization;
    this.#templates = templates;
  }

  /** The role by which the zones of the network account are written. */
  async zones(): Promise<void> {
    const { account, privateZoneId, publicZoneId } = this.#organization.zones;
    const AllowedZones = [privateZoneId, publicZoneId].join(',');
    await this.#bring('zones', account, REGION, this.#templates.zones, {
      AllowedZones,
      AllowedNames: `*.${ORGANIZATION_ZONE}`,
    });
  }

  /** One account, the home region first. */
  async member(account: string, Access: MemberAccess): Promise<void> {
    for (const region of ORGANIZATION_REGIONS) {
      await this.#bring('member', account, region, this.#templates.member, {
        HubRegion: REGION,
        HomeRegion: REGION,
        Access,
        ...this.#probe(account, region),
      });
    }
  }

  #probe(account: string, region: string): Readonly<Record<string, string>> {
    const vpc = this.#organization.vpcs.find((one) => one.account === account && one.region === region);
    const { hasProbes = true } = this.#templates;
    if (!hasProbes || vpc?.accountName !== PROBED.accountName || region !== PROBED.region) return {};
    return {
      ProbeSubnetIds: vpc.subnetIds.join(','),
      ProbeSecurityGroupIds: vpc.securityGroupId,
      ProbeCodeBucket: 'probe-code',
      ProbeCodeKey: 'probe.zip',
    };
  }

  async #bring(
    what: string,
    account: string,
    region: string,
    template: unknown,
    parameters: Readonly<Record<string, string>>,
  ): Promise<void> {
    const key = `${what} ${account} ${region}`;
    const stack = {
      template,
      account,
      region,
      stackName: `apprunner-private-ingress-${what}`,
      functionCode: () => this.#templates.codeFolder,
      parameters: {
        HubAccount: ACCOUNT,
        OrganizationId: this.#organization.organizationId,
        ExternalId: EXTERNAL_ID,
        ...parameters,
      },
    };
    const before = this.#deployed.get(key);
    const { deployment } = this.#cloud;
    this.#deployed.set(
      key,
      before === undefined
        ? await deployStack(stack, deployment)
        : await bringTo(stack, new Map(before.resources), deployment),
    );
  }
}

/**
 * The policy of the embedded organisation, as a person would write it: production has to be private, tests follow their
 * tags, sandboxes are ignored.
 * @param mode of what production has to be.
 * @param hasProbes whether the stacks have theirs.
 */
export function organizationPolicy(
  { units, accounts, zones, vpcs }: SeededOrganization,
  hub: SeededNetwork,
  mode: 'audit' | 'enforce',
  more = '',
  hasProbes = true,
): string {
  const role = `arn:aws:iam::${zones.account}:role/${STACK_NAME}-zones`;
  const zone = (id: string, visibility: 'private' | 'public') => `
  - name: ${ORGANIZATION_ZONE}
    id: ${id}
    visibility: ${visibility}
    role: ${role}
    externalId: ${EXTERNAL_ID}
    allowedNames: ["*.${ORGANIZATION_ZONE}"]`;
  const hubZone = (id: string, visibility: 'private' | 'public') => `
  - name: ${ZONE_NAME}
    id: ${id}
    visibility: ${visibility}
    allowedNames: ["*.${ZONE_NAME}", ${ZONE_NAME}]`;
  const networks = vpcs.map(
    ({ accountName, account, region, vpcId, securityGroupId }) => `
  - account: "${account}"
    region: ${region}
    vpc: ${vpcId}
    securityGroups: [${securityGroupId}]${hasProbes && accountName === PROBED.accountName && region === PROBED.region ? `\n    probe: ${STACK_NAME}-probe` : ''}`,
  );
  return `version: 1

organization: {}

regions: [${ORGANIZATION_REGIONS.join(', ')}]

networks:
  - account: "${ACCOUNT}"
    region: ${REGION}
    vpc: ${hub.vpcId}
    securityGroups: [${hub.securityGroupId}]${hasProbes ? `\n    probe: ${STACK_NAME}-probe` : ''}${networks.join('')}

zones:${zone(zones.privateZoneId, 'private')}${zone(zones.publicZoneId, 'public')}${hubZone(hub.privateZoneId, 'private')}${hubZone(hub.publicZoneId, 'public')}

rules:
  - name: sandboxes are left alone
    match:
      units: [${units.Sandbox}]
    private: ignored
  - name: production is private
    match:
      units: [${units['Workloads/Prod']}]
    private: required
    mode: ${mode}
    domains: ["{service}.{account}.${ORGANIZATION_ZONE}"]
  - name: the others decide by tag
    private: by-tag

exceptions:
  - match:
      accounts: ["${accounts['shop-prod']}"]
      services: ["legacy-*"]
    reason: Its clients move to the new address first.
    until: 2099-12-31
${more}`;
}
