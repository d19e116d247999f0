import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { AppRunnerClient, DescribeServiceCommand, ListVpcIngressConnectionsCommand } from '@aws-sdk/client-apprunner';
import { CreateSubnetCommand, CreateVpcCommand, EC2Client } from '@aws-sdk/client-ec2';
import * as organizations from '@aws-sdk/client-organizations';
import { CreateHostedZoneCommand, ListResourceRecordSetsCommand, Route53Client } from '@aws-sdk/client-route-53';
import { ACCOUNT, type Denial, REGION, type RequiredPermission } from 'apprunner-embedded-cloud';
import { deployStack } from 'apprunner-embedded-cloud/deploy';
import { createHelloService } from 'apprunner-embedded-cloud/hello-service';
import type { Switches } from 'apprunner-embedded-cloud/profile';
import { ensurePackaged } from '../../build/package.ts';
import { STACK_NAME } from '../../demo/product-stack.ts';
import type { Policy } from '../../shared/policy/policy.ts';
import { Installation } from '../installation/installation.ts';

export const MEMBER = '111122223333';
/** Where the member has its services; the roles are made in the hub's region. */
const MEMBER_REGION = 'us-east-1';
const EXTERNAL_ID = 'one-two-three';

export interface MembersOptions {
  readonly switches?: Partial<Switches>;
  /** Whether there is a probe in the member's VPC. */
  readonly probe?: boolean;
}

interface Parts {
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  readonly organizationId: string;
  readonly policy: Partial<Policy>;
  readonly probe: boolean;
}

/** A hub, and one member account with a VPC of its own in another region, both deployed as they are packaged. */
export class Members {
  readonly installation: Installation;
  readonly #parts: Parts;

  private constructor(installation: Installation, parts: Parts) {
    this.installation = installation;
    this.#parts = parts;
  }

  get vpcId(): string {
    return this.#parts.vpcId;
  }

  static async start({ switches = {}, probe = false }: MembersOptions = {}): Promise<Members> {
    let organizationId = '';
    const installation = await Installation.start({
      switches,
      probe: false,
      prepare: async (cloud) => {
        cloud.organizations.reserveAccountIds([MEMBER]);
        const client = new organizations.OrganizationsClient(cloud.clientConfig());
        const { Organization } = await client.send(new organizations.CreateOrganizationCommand({}));
        organizationId = Organization?.Id ?? '';
        const member = { AccountName: 'shop', Email: 'shop@example.com' };
        await client.send(new organizations.CreateAccountCommand(member));
        return { OrganizationId: organizationId, MemberExternalId: EXTERNAL_ID };
      },
    });
    const ec2 = new EC2Client(installation.cloud.clientConfig({ account: MEMBER, region: MEMBER_REGION }));
    const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.1.0.0/16' }));
    const vpcId = Vpc?.VpcId ?? '';
    const subnetIds: string[] = [];
    for (const [CidrBlock, AvailabilityZone] of [
      ['10.1.1.0/24', `${MEMBER_REGION}a`],
      ['10.1.2.0/24', `${MEMBER_REGION}b`],
    ]) {
      const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: vpcId, CidrBlock, AvailabilityZone }));
      subnetIds.push(Subnet?.SubnetId ?? '');
    }
    const policy: Partial<Policy> = {
      accounts: { kind: 'listed', ids: [ACCOUNT, MEMBER] },
      regions: [REGION, MEMBER_REGION],
      networks: [
        {
          account: MEMBER,
          region: MEMBER_REGION,
          vpcId,
          endpoint: { kind: 'create', subnetIds: [], securityGroupIds: [], allowFrom: [] },
          ...(probe ? { probe: `${STACK_NAME}-probe` } : {}),
        },
      ],
    };
    return new Members(installation, { vpcId, subnetIds, organizationId, policy, probe });
  }

  /** What the StackSet does: the home region first, and the probe's parameters overridden in the region of the VPC. */
  async deploy(parameters: Readonly<Record<string, string>> = {}): Promise<void> {
    const { memberTemplate } = await ensurePackaged();
    const { subnetIds, probe } = this.#parts;
    const probed = {
      ProbeSubnetIds: subnetIds.join(','),
      ProbeSecurityGroupIds: 'sg-0123456789abcdef0',
      ProbeCodeBucket: 'probe-code',
      ProbeCodeKey: 'probe.zip',
    };
    for (const region of [REGION, MEMBER_REGION]) {
      await this.#deployStack(memberTemplate, region, {
        HubRegion: REGION,
        HomeRegion: REGION,
        ...(probe && region === MEMBER_REGION ? probed : {}),
        ...parameters,
      });
    }
    this.lookAfter();
  }

  /** The hub's policy names the member, whether or not its stack is there. */
  lookAfter(): void {
    this.installation.deployPolicy(this.#parts.policy);
  }

  /** Two zones of this name in the member account, a public one and one of the VPC, that are reached by the zones' role. */
  async deployZones(name: string): Promise<readonly string[]> {
    const route53 = new Route53Client(this.config());
    const ids: string[] = [];
    for (const VPC of [undefined, { VPCId: this.vpcId, VPCRegion: MEMBER_REGION } as const]) {
      const { HostedZone } = await route53.send(
        new CreateHostedZoneCommand({ Name: name, CallerReference: `${name} ${VPC?.VPCId}`, VPC }),
      );
      ids.push((HostedZone?.Id ?? '').replace('/hostedzone/', ''));
    }
    const { zonesTemplate } = await ensurePackaged();
    const allowed = { AllowedZones: ids.join(','), AllowedNames: `*.${name}` };
    const { RoleArn: roleArn = '' } = await this.#deployStack(zonesTemplate, REGION, allowed);
    const zones = ids.map((id) => ({ id, roleArn, externalId: EXTERNAL_ID, allowedNames: [`*.${name}`] }));
    const rule = { name: 'tagged services', match: {}, enforcement: 'by-tag', mode: 'enforce', domains: [] } as const;
    const rules = [{ ...rule, names: [`*.${name}`] }];
    this.installation.deployPolicy({ ...this.#parts.policy, zones, rules });
    return ids;
  }

  /** Answers the outputs. */
  async #deployStack(path: string, region: string, parameters: Readonly<Record<string, string>>) {
    const { cloud } = this.installation;
    const { outputs } = await deployStack(
      {
        template: JSON.parse(await readFile(path, 'utf8')),
        account: MEMBER,
        region,
        stackName: `StackSet-${basename(path, extname(path))}-${region}`,
        // The handlers of the installation are found by the function's name.
        functionCode: () => '.',
        parameters: {
          HubAccount: ACCOUNT,
          OrganizationId: this.#parts.organizationId,
          ExternalId: EXTERNAL_ID,
          ...parameters,
        },
      },
      cloud.deployment,
    );
    return outputs;
  }

  /** @param key an account's id for its root, or a key that was handed out. */
  config(key: string = MEMBER, region = MEMBER_REGION) {
    return this.installation.cloud.clientConfig({ account: key, region });
  }

  /** A service of the member account, created there through the API; returns its ARN. */
  async createService(name: string, tags: Readonly<Record<string, string>>): Promise<string> {
    return (await createHelloService(new AppRunnerClient(this.config()), name, tags)).arn;
  }

  /** Type and name of the record sets of a zone of the member account that are not the zone's own. */
  async recordsIn(zoneId: string): Promise<readonly string[]> {
    const { ResourceRecordSets: found = [] } = await new Route53Client(this.config()).send(
      new ListResourceRecordSetsCommand({ HostedZoneId: zoneId }),
    );
    return found
      .filter(({ Type }) => Type !== 'NS' && Type !== 'SOA')
      .map(({ Type, Name }) => `${Type} ${Name}`)
      .sort();
  }

  async isPublic(serviceArn: string): Promise<boolean | undefined> {
    const { Service } = await new AppRunnerClient(this.config()).send(
      new DescribeServiceCommand({ ServiceArn: serviceArn }),
    );
    return Service?.NetworkConfiguration?.IngressConfiguration?.IsPubliclyAccessible;
  }

  /** ARN of the connection of a service, if it has one. */
  async connectionOf(serviceArn: string): Promise<string | undefined> {
    const { VpcIngressConnectionSummaryList: found } = await new AppRunnerClient(this.config()).send(
      new ListVpcIngressConnectionsCommand({ Filter: { ServiceArn: serviceArn } }),
    );
    return found?.[0]?.VpcIngressConnectionArn;
  }

  /** Why a role of the member account may not do something. One that is not there is made, with every right. */
  denial(roleName: string, permission: RequiredPermission): Denial | undefined {
    const { iam } = this.installation.cloud;
    if (iam.role(`arn:aws:iam::${MEMBER}:role/${roleName}`) === undefined) this.administrator(roleName);
    const arn = `arn:aws:sts::${MEMBER}:assumed-role/${roleName}/me`;
    return iam.authorize({ kind: 'role', account: MEMBER, roleName, arn }, [permission]);
  }

  /** A key of an administrator of the member account: it may do everything that the organisation allows the account. */
  administrator(RoleName = 'administrator'): string {
    const { iam } = this.installation.cloud;
    const { arn } = iam.createRole(MEMBER, {
      RoleName,
      AssumeRolePolicyDocument: {
        Statement: { Effect: 'Allow', Principal: { AWS: MEMBER }, Action: 'sts:AssumeRole' },
      },
      ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'],
    });
    return iam.issueRoleCredentials(arn, 'me').accessKeyId;
  }

  /** Attaches a service control policy to the member account. @param content the document, as text. */
  async attach(content: string): Promise<void> {
    const client = new organizations.OrganizationsClient(this.installation.cloud.clientConfig());
    const { Roots = [] } = await client.send(new organizations.ListRootsCommand({}));
    await client.send(
      new organizations.EnablePolicyTypeCommand({ RootId: Roots[0]?.Id, PolicyType: 'SERVICE_CONTROL_POLICY' }),
    );
    const { Policy } = await client.send(
      new organizations.CreatePolicyCommand({
        Name: 'private-ingress',
        Description: 'Protects the connections and the roles.',
        Type: 'SERVICE_CONTROL_POLICY',
        Content: content,
      }),
    );
    await client.send(new organizations.AttachPolicyCommand({ PolicyId: Policy?.PolicySummary?.Id, TargetId: MEMBER }));
  }
}
