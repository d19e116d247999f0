import {
  AssociateCustomDomainCommand,
  CreateServiceCommand,
  CreateVpcIngressConnectionCommand,
  type CustomDomain,
  DescribeCustomDomainsCommand,
  DescribeServiceCommand,
  DescribeVpcIngressConnectionCommand,
  type Service,
  UpdateServiceCommand,
  type VpcIngressConnection,
} from '@aws-sdk/client-apprunner';
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateVpcEndpointCommand,
  type CreateVpcEndpointCommandInput,
  DeleteVpcEndpointsCommand,
  DescribeVpcEndpointsCommand,
  type VpcEndpoint,
} from '@aws-sdk/client-ec2';
import { PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateHostedZoneCommand } from '@aws-sdk/client-route-53';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { z } from 'zod';
import type { Journal } from './journal.ts';
import { type ResourceKind, TAG } from './resources.ts';
import type { Clients, Site } from './site.ts';
import { until } from './waiter.ts';

/** Reads of one wait: 15 minutes on AWS, and a minute. */
export const LONG = 90;
export const SHORT = 6;

/** AWS's public sample image: the least that makes a service. */
const IMAGE = 'public.ecr.aws/aws-containers/hello-app-runner:latest';

const eventSchema = z.object({
  source: z.string(),
  'detail-type': z.string(),
  detail: z.record(z.string(), z.unknown()),
});
export type ReceivedEvent = z.output<typeof eventSchema>;

/** The site, and the resources that contracts share. Each is created when the first contract needs it. */
export class World {
  readonly site: Site;
  readonly #journal: Journal;
  readonly #made = new Map<string, Promise<unknown>>();
  readonly #received: ReceivedEvent[] = [];

  constructor(site: Site, journal: Journal) {
    this.site = site;
    this.#journal = journal;
  }

  get clients(): Clients {
    return this.site.clients;
  }

  /** The name of what the run creates, and the beginning of its names. */
  get run(): string {
    return this.#journal.run.run;
  }

  /** A name below the public zone that no other program uses. */
  get domain(): string {
    return `${this.run}.${this.zone.name}`;
  }

  get zone(): { readonly id: string; readonly name: string } {
    if (this.site.publicZone === undefined) throw new Error('there is no public zone');
    return this.site.publicZone;
  }

  until<T>(what: string, reads: number, read: () => Promise<T | undefined>): Promise<T> {
    return until(this.site.waiter, what, reads, read);
  }

  wait(reads: number): Promise<void> {
    return this.site.waiter.wait(reads * this.site.waiter.interval);
  }

  /** Has to be called before a resource of the kind is created. */
  about(kind: ResourceKind): void {
    this.#journal.about(kind);
  }

  once<T>(what: string, make: () => Promise<T>): Promise<T> {
    const known = this.#made.get(what);
    // Only `make` of the same name writes here.
    if (known !== undefined) return known as Promise<T>;
    const making = make();
    this.#made.set(what, making);
    return making;
  }

  /** Events of App Runner and of tags arrive in a queue from the first service on. */
  queue(): Promise<string> {
    return this.once('queue', async () => {
      const { events, sqs } = this.clients;
      const { region, account } = this.site;
      this.about('queue');
      const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: this.run }));
      const queueArn = `arn:aws:sqs:${region}:${account}:${this.run}`;
      const ruleArn = `arn:aws:events:${region}:${account}:rule/${this.run}`;
      const Statement = {
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: queueArn,
        Condition: { ArnEquals: { 'aws:SourceArn': ruleArn } },
      };
      const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
      await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
      this.about('rule');
      const EventPattern = JSON.stringify({ source: ['aws.apprunner', 'aws.tag'] });
      await events.send(new PutRuleCommand({ Name: this.run, EventPattern }));
      await events.send(new PutTargetsCommand({ Rule: this.run, Targets: [{ Id: 'queue', Arn: queueArn }] }));
      return given(QueueUrl, 'QueueUrl');
    });
  }

  /** Everything that arrived so far about the service of the run. */
  async events(): Promise<readonly ReceivedEvent[]> {
    const QueueUrl = await this.queue();
    for (;;) {
      const request = { QueueUrl, MaxNumberOfMessages: 10 };
      const { Messages = [] } = await this.clients.sqs.send(new ReceiveMessageCommand(request));
      if (Messages.length === 0) return this.#received;
      for (const { Body = '', ReceiptHandle } of Messages) {
        if (Body.includes(this.run)) this.#received.push(eventSchema.parse(JSON.parse(Body)));
        await this.clients.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      }
    }
  }

  /** The service, which is public first and private from `privateService` on. */
  service(): Promise<string> {
    return this.once('service', async () => {
      await this.queue();
      this.about('service');
      const { Service } = await this.clients.appRunner.send(
        new CreateServiceCommand({
          ServiceName: this.run,
          SourceConfiguration: {
            ImageRepository: {
              ImageIdentifier: IMAGE,
              ImageRepositoryType: 'ECR_PUBLIC',
              ImageConfiguration: { Port: '8000' },
            },
            AutoDeploymentsEnabled: false,
          },
          InstanceConfiguration: { Cpu: '0.25 vCPU', Memory: '0.5 GB' },
          Tags: [{ Key: TAG, Value: this.run }],
        }),
      );
      const arn = given(Service?.ServiceArn, 'ServiceArn');
      await this.running(arn);
      return arn;
    });
  }

  async describeService(ServiceArn: string): Promise<Service> {
    const { Service } = await this.clients.appRunner.send(new DescribeServiceCommand({ ServiceArn }));
    return given(Service, 'Service');
  }

  running(arn: string): Promise<Service> {
    return this.until('RUNNING service', LONG, async () => {
      const service = await this.describeService(arn);
      if (service.Status === 'CREATE_FAILED') throw new Error('App Runner could not create the service');
      return service.Status === 'RUNNING' ? service : undefined;
    });
  }

  makePrivate(ServiceArn: string): Promise<unknown> {
    const NetworkConfiguration = { IngressConfiguration: { IsPubliclyAccessible: false } };
    return this.clients.appRunner.send(new UpdateServiceCommand({ ServiceArn, NetworkConfiguration }));
  }

  privateService(): Promise<string> {
    return this.once('private service', async () => {
      const arn = await this.service();
      const { NetworkConfiguration } = await this.describeService(arn);
      if (NetworkConfiguration?.IngressConfiguration?.IsPubliclyAccessible !== false) await this.makePrivate(arn);
      await this.running(arn);
      return arn;
    });
  }

  securityGroup(): Promise<string> {
    return this.once('security group', async () => {
      const { ec2 } = this.clients;
      this.about('security-group');
      const { GroupId } = await ec2.send(
        new CreateSecurityGroupCommand({
          GroupName: this.run,
          Description: 'Conformance of App Runner private ingress',
          VpcId: this.site.vpcId,
          TagSpecifications: [this.tags('security-group')],
        }),
      );
      const IpPermissions = [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '10.0.0.0/8' }] }];
      await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
      return given(GroupId, 'GroupId');
    });
  }

  tags<const Kind extends string>(ResourceType: Kind) {
    return { ResourceType, Tags: [{ Key: TAG, Value: this.run }] };
  }

  async endpointRequest(): Promise<CreateVpcEndpointCommandInput> {
    return {
      VpcEndpointType: 'Interface',
      ServiceName: `com.amazonaws.${this.site.region}.apprunner.requests`,
      VpcId: this.site.vpcId,
      SubnetIds: [this.site.subnetId],
      SecurityGroupIds: [await this.securityGroup()],
      PrivateDnsEnabled: false,
      TagSpecifications: [this.tags('vpc-endpoint')],
    };
  }

  async createEndpoint(more: Partial<CreateVpcEndpointCommandInput> = {}): Promise<string> {
    const request = { ...(await this.endpointRequest()), ...more };
    this.about('endpoint');
    const { VpcEndpoint } = await this.clients.ec2.send(new CreateVpcEndpointCommand(request));
    return given(VpcEndpoint?.VpcEndpointId, 'VpcEndpointId');
  }

  async describeEndpoint(id: string): Promise<VpcEndpoint | undefined> {
    // By a filter, because EC2 refuses ids that are gone.
    const Filters = [{ Name: 'vpc-endpoint-id', Values: [id] }];
    const { VpcEndpoints = [] } = await this.clients.ec2.send(new DescribeVpcEndpointsCommand({ Filters }));
    return VpcEndpoints.find(({ State }) => State?.toLowerCase() !== 'deleted');
  }

  async deleteEndpoint(id: string): Promise<void> {
    await this.clients.ec2.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: [id] }));
    await this.until('deletion of the endpoint', LONG, async () =>
      (await this.describeEndpoint(id)) === undefined ? true : undefined,
    );
  }

  availableEndpoint(id: string): Promise<VpcEndpoint> {
    return this.until('available endpoint', LONG, async () => {
      const endpoint = await this.describeEndpoint(id);
      const named = (endpoint?.DnsEntries ?? []).length > 0;
      return endpoint?.State?.toLowerCase() === 'available' && named ? endpoint : undefined;
    });
  }

  endpoint(): Promise<VpcEndpoint> {
    return this.once('endpoint', async () => this.availableEndpoint(await this.createEndpoint()));
  }

  async createConnection(ServiceArn: string, name = this.run): Promise<VpcIngressConnection> {
    const { VpcEndpointId } = await this.endpoint();
    this.about('connection');
    const { VpcIngressConnection } = await this.clients.appRunner.send(
      new CreateVpcIngressConnectionCommand({
        ServiceArn,
        VpcIngressConnectionName: name,
        IngressVpcConfiguration: { VpcId: this.site.vpcId, VpcEndpointId },
        Tags: [{ Key: TAG, Value: this.run }],
      }),
    );
    return given(VpcIngressConnection, 'VpcIngressConnection');
  }

  async describeConnection(VpcIngressConnectionArn: string): Promise<VpcIngressConnection> {
    const { VpcIngressConnection } = await this.clients.appRunner.send(
      new DescribeVpcIngressConnectionCommand({ VpcIngressConnectionArn }),
    );
    return given(VpcIngressConnection, 'VpcIngressConnection');
  }

  availableConnection(arn: string): Promise<VpcIngressConnection> {
    return this.until('AVAILABLE connection', LONG, async () => {
      const connection = await this.describeConnection(arn);
      if (connection.Status?.startsWith('FAILED')) throw new Error(`the connection is ${connection.Status}`);
      return connection.Status === 'AVAILABLE' ? connection : undefined;
    });
  }

  /** The reply of the creation, and the connection once it is available. */
  connection(): Promise<{ readonly reply: VpcIngressConnection; readonly seconds: number; readonly arn: string }> {
    return this.once('connection', async () => {
      const service = await this.privateService();
      await this.endpoint();
      const { waiter } = this.site;
      const from = waiter.now();
      const reply = await this.createConnection(service);
      const arn = given(reply.VpcIngressConnectionArn, 'VpcIngressConnectionArn');
      await this.availableConnection(arn);
      return { reply, arn, seconds: Math.round((waiter.now() - from) / 1000) };
    });
  }

  /** The domains of the run: one with its www name, one without. */
  domains(): Promise<{ readonly withWww: CustomDomain; readonly without: CustomDomain }> {
    return this.once('domains', async () => {
      const ServiceArn = await this.service();
      const associate = async (DomainName: string, more: { EnableWWWSubdomain?: boolean }) => {
        const request = { ServiceArn, DomainName, ...more };
        const { CustomDomain } = await this.clients.appRunner.send(new AssociateCustomDomainCommand(request));
        return given(CustomDomain, 'CustomDomain');
      };
      return {
        withWww: await associate(this.domain, {}),
        without: await associate(`one.${this.domain}`, { EnableWWWSubdomain: false }),
      };
    });
  }

  async describeDomain(name: string): Promise<CustomDomain | undefined> {
    const ServiceArn = await this.service();
    const { CustomDomains = [] } = await this.clients.appRunner.send(new DescribeCustomDomainsCommand({ ServiceArn }));
    return CustomDomains.find(({ DomainName }) => DomainName === name);
  }

  /** A domain once its validation records are listed. */
  async domainWithRecords(name: string): Promise<CustomDomain> {
    await this.domains();
    return this.until('validation records', LONG, async () => {
      const domain = await this.describeDomain(name);
      return (domain?.CertificateValidationRecords ?? []).length > 0 ? domain : undefined;
    });
  }

  get privateZoneName(): string {
    return `${this.run}.internal`;
  }

  /** A private hosted zone of the run. It costs nothing when it is deleted within 12 hours. */
  privateZone(): Promise<string> {
    return this.once('private zone', async () => {
      this.about('zone');
      const { HostedZone } = await this.clients.route53.send(
        new CreateHostedZoneCommand({
          Name: this.privateZoneName,
          CallerReference: this.run,
          VPC: { VPCId: this.site.vpcId, VPCRegion: region(this.site.region) },
        }),
      );
      return given(HostedZone?.Id, 'HostedZone.Id').replace('/hostedzone/', '');
    });
  }
}

type VpcRegion = NonNullable<NonNullable<ConstructorParameters<typeof CreateHostedZoneCommand>[0]['VPC']>['VPCRegion']>;
/** The enum of the API model lags behind the regions; the wire carries the string. */
export const region = (name: string): VpcRegion => name as VpcRegion;

export function given<T>(value: T | undefined, member: string): T {
  if (value === undefined) throw new Error(`the answer has no ${member}`);
  return value;
}
