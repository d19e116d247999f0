import { readFile } from 'node:fs/promises';
import {
  AppRunnerClient,
  CreateServiceCommand,
  DescribeServiceCommand,
  ListVpcIngressConnectionsCommand,
} from '@aws-sdk/client-apprunner';
import { CreateSubnetCommand, CreateVpcCommand, EC2Client } from '@aws-sdk/client-ec2';
import * as organizations from '@aws-sdk/client-organizations';
import { ACCOUNT, REGION } from '../../local/cloud.ts';
import { deployStack } from '../../local/deploy/deploy.ts';
import { rootConfig } from '../../local/seed.ts';
import { inProcessHandler } from '../../local/wire/in-process.ts';
import { ensurePackaged } from '../../scripts/package.ts';
import { Installation } from '../installation/installation.ts';

export const MEMBER = '111122223333';
/** Where the member has its services; the roles are made in the hub's region. */
const MEMBER_REGION = 'us-east-1';
const EXTERNAL_ID = 'one-two-three';

/** A hub, and one member account with a VPC of its own in another region, both deployed as they are packaged. */
export class Members {
  readonly installation: Installation;
  readonly vpcId: string;
  readonly #organizationId: string;

  private constructor(installation: Installation, vpcId: string, organizationId: string) {
    this.installation = installation;
    this.vpcId = vpcId;
    this.#organizationId = organizationId;
  }

  static async start(): Promise<Members> {
    let organizationId = '';
    const installation = await Installation.start({
      probe: false,
      prepare: async (cloud) => {
        cloud.organizations.reserveAccountIds([MEMBER]);
        const client = new organizations.OrganizationsClient(rootConfig(cloud));
        const { Organization } = await client.send(new organizations.CreateOrganizationCommand({}));
        organizationId = Organization?.Id ?? '';
        const member = { AccountName: 'shop', Email: 'shop@example.com' };
        await client.send(new organizations.CreateAccountCommand(member));
        return { OrganizationId: organizationId, MemberExternalId: EXTERNAL_ID };
      },
    });
    const ec2 = new EC2Client(configFor(installation, MEMBER));
    const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.1.0.0/16' }));
    const vpcId = Vpc?.VpcId ?? '';
    for (const [CidrBlock, AvailabilityZone] of [
      ['10.1.1.0/24', `${MEMBER_REGION}a`],
      ['10.1.2.0/24', `${MEMBER_REGION}b`],
    ]) {
      await ec2.send(new CreateSubnetCommand({ VpcId: vpcId, CidrBlock, AvailabilityZone }));
    }
    installation.deployPolicy({
      accounts: { kind: 'listed', ids: [ACCOUNT, MEMBER] },
      regions: [REGION, MEMBER_REGION],
      networks: [
        {
          account: MEMBER,
          region: MEMBER_REGION,
          vpcId,
          endpoint: { kind: 'create', subnetIds: [], securityGroupIds: [], allowFrom: [] },
        },
      ],
    });
    return new Members(installation, vpcId, organizationId);
  }

  /** What the StackSet does: the home region first. */
  async deploy(parameters: Readonly<Record<string, string>> = {}): Promise<void> {
    const template: unknown = JSON.parse(await readFile((await ensurePackaged()).memberTemplate, 'utf8'));
    const { cloud } = this.installation;
    for (const region of [REGION, MEMBER_REGION]) {
      const stack = {
        template,
        account: MEMBER,
        region,
        stackName: `StackSet-apprunner-private-ingress-member-${region}`,
        functionCode: () => undefined,
        parameters: {
          HubAccount: ACCOUNT,
          HubRegion: REGION,
          OrganizationId: this.#organizationId,
          ExternalId: EXTERNAL_ID,
          HomeRegion: REGION,
          ...parameters,
        },
      };
      await deployStack(stack, { ...cloud, ec2: cloud.ec2.definition });
    }
  }

  /** @param key an account's id for its root, or a key that was handed out. */
  config(key: string = MEMBER, region = MEMBER_REGION) {
    return configFor(this.installation, key, region);
  }

  /** A service of the member account, created as anybody there would; answers its ARN. */
  async createService(name: string, tags: Readonly<Record<string, string>>): Promise<string> {
    const { Service } = await new AppRunnerClient(this.config()).send(
      new CreateServiceCommand({
        ServiceName: name,
        SourceConfiguration: {
          ImageRepository: {
            ImageIdentifier: 'public.ecr.aws/aws-containers/hello-app-runner:latest',
            ImageRepositoryType: 'ECR_PUBLIC',
          },
        },
        Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
      }),
    );
    return Service?.ServiceArn ?? '';
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

  /** A key of somebody in the member account who may do everything that the organisation lets that account do. */
  administrator(): string {
    const { iam } = this.installation.cloud;
    const { arn } = iam.createRole(MEMBER, {
      RoleName: 'administrator',
      AssumeRolePolicyDocument: {
        Statement: { Effect: 'Allow', Principal: { AWS: MEMBER }, Action: 'sts:AssumeRole' },
      },
      ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'],
    });
    return iam.issueRoleCredentials(arn, 'me').accessKeyId;
  }

  /** Attaches a service control policy to the member account. @param content the document, as text. */
  async attach(content: string): Promise<void> {
    const client = new organizations.OrganizationsClient(rootConfig(this.installation.cloud));
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

function configFor(installation: Installation, accessKeyId: string, region = MEMBER_REGION) {
  return {
    region,
    credentials: { accessKeyId, secretAccessKey: 'any' },
    requestHandler: inProcessHandler(installation.cloud.gateway),
    maxAttempts: 1,
  };
}
