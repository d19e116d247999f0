import { readFile } from 'node:fs/promises';
import {
  AppRunnerClient,
  DescribeServiceCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-apprunner';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { LambdaClient } from '@aws-sdk/client-lambda';
import {
  type Change,
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  ListResourceRecordSetsCommand,
  type ResourceRecordSet,
  Route53Client,
} from '@aws-sdk/client-route-53';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DeleteParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { DeleteCommand, DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { DnsView, EmbeddedClientConfig } from 'apprunner-embedded-cloud';
import { ACCOUNT, createCloud, type EmbeddedCloud, REGION } from 'apprunner-embedded-cloud';
import { seededChance } from 'apprunner-embedded-cloud/chance';
import { VirtualClock } from 'apprunner-embedded-cloud/clock';
import type { DeployedStack } from 'apprunner-embedded-cloud/deploy';
import { createHelloService } from 'apprunner-embedded-cloud/hello-service';
import { inProcessRuntime } from 'apprunner-embedded-cloud/in-process-runtime';
import { profiles, type Switches } from 'apprunner-embedded-cloud/profile';
import { type SeededNetwork, seedNetwork } from 'apprunner-embedded-cloud/seed';
import type { WireCounter } from 'apprunner-embedded-cloud/wire-counter';
import { ensurePackaged } from '../../build/package.ts';
import { countProductCalls } from '../../demo/product-calls.ts';
import { deployProduct, STACK_NAME } from '../../demo/product-stack.ts';
import type { Phase } from '../../shared/plan/plan.ts';
import type { Policy } from '../../shared/policy/policy.ts';
import type { RuleSettings } from '../../shared/settings.ts';
import type { ServiceRow } from '../../shared/state/row.ts';
import type { Store } from '../../shared/state/store.ts';
import { createStore } from '../../shared/state/tables.ts';
import {
  type DeployedPolicy,
  type Disturb,
  deployedPolicy,
  handlers,
  type Measured,
  type OnLine,
  type TimedFunctions,
} from './handlers.ts';
import { keepPrivileges, recordPrivileges } from './privileges.ts';

/** The kill switch (stack/kill-switch.yml). */
export const KILL_SWITCH = `/${STACK_NAME}/kill-switch`;

export interface InstallationOptions {
  readonly switches?: Partial<Switches>;
  readonly probe?: boolean;
  /** How far listings lag behind writes, in milliseconds. */
  readonly readLag?: number;
  readonly parameters?: Readonly<Record<string, string>>;
  /** How the calls of the functions take time; without it they take none, are not retried, and share no budget. */
  readonly timed?: (cloud: EmbeddedCloud, clock: VirtualClock) => TimedFunctions;
  /** What happens to the calls of the functions on their way. */
  readonly disturb?: Disturb;
  /** Receives each line of the functions' logs. */
  readonly onLine?: OnLine;
  /** Hosted zones that are there before the stack, and are allowed to it. */
  readonly zones?: readonly { readonly name: string; readonly inVpc: boolean }[];
  /** What else has to be there before the stack; answers further parameters. */
  readonly prepare?: (cloud: EmbeddedCloud, network: SeededNetwork) => Promise<Readonly<Record<string, string>>>;
}

/** Once a process: its sources stay as they are. */
let packaged: ReturnType<typeof ensurePackaged> | undefined;

/**
 * The packaged stack, deployed into an embedded cloud that lives in virtual time: the real handlers, composed with
 * clients that need no socket and the credentials of their own roles.
 */
export class Installation {
  readonly cloud: EmbeddedCloud;
  readonly clock: VirtualClock;
  readonly network: SeededNetwork;
  readonly stack: DeployedStack;
  readonly appRunner: AppRunnerClient;
  readonly ec2: EC2Client;
  readonly route53: Route53Client;
  readonly sqs: SQSClient;
  readonly lambda: LambdaClient;
  readonly config: EmbeddedClientConfig;
  readonly log: string[];
  /** Every set of metrics that a function has published: values by name. */
  readonly measured: readonly Measured[];
  /** Of the zones asked for, in their order. */
  readonly zoneIds: readonly string[];
  readonly #store: Store;
  readonly #documents: DynamoDBDocumentClient;
  readonly #ssm: SSMClient;
  readonly #deployed: DeployedPolicy;
  readonly #rows = new Map<string, Promise<ServiceRow | undefined>>();

  private constructor(
    cloud: EmbeddedCloud,
    clock: VirtualClock,
    network: SeededNetwork,
    stack: DeployedStack,
    log: string[],
    measured: readonly Measured[],
    zoneIds: readonly string[],
    deployed: DeployedPolicy,
  ) {
    this.#deployed = deployed;
    this.cloud = cloud;
    this.zoneIds = zoneIds;
    this.clock = clock;
    this.network = network;
    this.stack = stack;
    this.log = log;
    this.measured = measured;
    cloud.gateway.observe(({ service, writes }) => {
      if (service === 'dynamodb' && writes) this.#rows.clear();
    });
    this.config = cloud.clientConfig();
    this.appRunner = new AppRunnerClient(this.config);
    this.ec2 = new EC2Client(this.config);
    this.route53 = new Route53Client(this.config);
    this.sqs = new SQSClient(this.config);
    this.lambda = new LambdaClient(this.config);
    this.#ssm = new SSMClient(this.config);
    this.#store = createStore(stack.outputs.TableName ?? '', this.config);
    this.#documents = DynamoDBDocumentClient.from(new DynamoDBClient(this.config));
  }

  static async start({
    switches = {},
    probe = true,
    readLag = 0,
    parameters = {},
    zones = [],
    prepare = async () => ({}),
    timed,
    disturb,
    onLine,
  }: InstallationOptions = {}): Promise<Installation> {
    const clock = new VirtualClock();
    const chance = seededChance('installation');
    const log: string[] = [];
    const measured: Measured[] = [];
    const deployed: DeployedPolicy = { says: {} };
    const cloud = createCloud({
      clock,
      chance,
      profile: { ...profiles.fast, readLag },
      switches,
      ...(disturb?.readLag === undefined ? {} : { readLag: disturb.readLag }),
      log: (line) => log.push(line),
      runtime: (made) =>
        inProcessRuntime(clock, handlers(made, log, measured, deployed, timed?.(made, clock), disturb, onLine)),
    });
    recordPrivileges(cloud);
    const network = await seedNetwork(cloud);
    const zoneIds = await createZones(cloud, network, zones);
    const prepared = await prepare(cloud, network);
    packaged ??= ensurePackaged();
    const { template, codeFolder } = await packaged;
    const stack = await deployProduct(cloud, network, {
      template: JSON.parse(await readFile(template, 'utf8')),
      codeFolder,
      probe,
      // Sweeps are started by the tests that want one.
      parameters: {
        SweepRate: 'rate(1 day)',
        AllowedZones: [network.privateZoneId, network.publicZoneId, ...zoneIds].join(','),
        ...parameters,
        ...prepared,
      },
    });
    return new Installation(cloud, clock, network, stack, log, measured, zoneIds, deployed);
  }

  /** Deploys a policy file with the functions that decide. */
  deployPolicy(says: Partial<Policy>): void {
    this.#deployed.says = says;
  }

  policyFor(settings: RuleSettings): Policy {
    return deployedPolicy(settings, this.#deployed);
  }

  stop(): Promise<void> {
    keepPrivileges();
    return this.cloud.stop();
  }

  /** Sets the switch over the whole installation, as a person does. */
  async setKillSwitch(Value: string): Promise<void> {
    await this.#ssm.send(new PutParameterCommand({ Name: KILL_SWITCH, Value, Type: 'String', Overwrite: true }));
  }

  async deleteKillSwitch(): Promise<void> {
    await this.#ssm.send(new DeleteParameterCommand({ Name: KILL_SWITCH }));
  }

  async damageRow(serviceArn: string): Promise<void> {
    await this.#documents.send(
      new UpdateCommand({
        ...this.#at(serviceArn),
        UpdateExpression: 'SET ledger = :damaged',
        ExpressionAttributeValues: { ':damaged': 'not a ledger' },
      }),
    );
  }

  async deleteRow(serviceArn: string): Promise<void> {
    await this.#documents.send(new DeleteCommand(this.#at(serviceArn)));
  }

  #at(serviceArn: string) {
    return { TableName: this.stack.outputs.TableName, Key: { serviceArn } };
  }

  /** Creates a service with the tags given; answers its ARN. */
  async createService(name: string, tags: Readonly<Record<string, string>> = {}): Promise<string> {
    return (await createHelloService(this.appRunner, name, tags)).arn;
  }

  async tag(serviceArn: string, tags: Readonly<Record<string, string>>): Promise<void> {
    const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    await this.appRunner.send(new TagResourceCommand({ ResourceArn: serviceArn, Tags }));
  }

  async untag(serviceArn: string, ...keys: readonly string[]): Promise<void> {
    await this.appRunner.send(new UntagResourceCommand({ ResourceArn: serviceArn, TagKeys: [...keys] }));
  }

  async service(serviceArn: string) {
    return (await this.appRunner.send(new DescribeServiceCommand({ ServiceArn: serviceArn }))).Service;
  }

  /** Read again only after something was written to the tables: tests ask for it at each step of time. */
  row(serviceArn: string): Promise<ServiceRow | undefined> {
    const row = this.#rows.get(serviceArn) ?? this.#store.get(serviceArn);
    this.#rows.set(serviceArn, row);
    return row;
  }

  /** Advances until the service is in one of the phases. @param limit milliseconds of virtual time. */
  async until(serviceArn: string, phase: Phase | readonly Phase[], limit = 10 * 60_000): Promise<ServiceRow> {
    const wanted = [phase].flat();
    let row: ServiceRow | undefined;
    try {
      await this.clock.advanceUntil(async () => {
        row = await this.row(serviceArn);
        return row?.phase !== undefined && wanted.includes(row.phase);
      }, limit);
    } catch (error) {
      const seen = JSON.stringify(
        { phase: row?.phase, waits: row?.waits, findings: row?.findings, timeline: row?.timeline, log: this.log },
        null,
        1,
      );
      throw new Error(`${serviceArn} is not ${wanted.join(' or ')}: ${seen}`, { cause: error });
    }
    if (row === undefined) throw new Error(`${serviceArn} has no row`);
    return row;
  }

  /** Advances time until the queue is empty and no message is delayed (a ready or blocked world). */
  async quiet(duration = 60_000): Promise<void> {
    await this.clock.advance(duration);
  }

  /** Runs the sweep function once, and what follows from it. */
  async sweep(): Promise<void> {
    const sweepFunction = this.cloud.lambda.get(functionArn('sweep'));
    await this.cloud.lambda.invoke(sweepFunction, {});
    await this.quiet();
  }

  /** Enqueues reconciliations of the service, as events do. */
  async enqueue(serviceArn: string, times = 1): Promise<void> {
    const fn = this.cloud.lambda.get(functionArn('on-service-event'));
    const event = {
      version: '0',
      id: '00000000-0000-4000-8000-000000000000',
      source: 'aws.apprunner',
      'detail-type': 'AppRunner Service Status Change',
      account: serviceArn.split(':')[4],
      region: serviceArn.split(':')[3],
      time: '2026-01-01T00:00:00Z',
      resources: [serviceArn],
      detail: { previousServiceStatus: 'OPERATION_IN_PROGRESS', currentServiceStatus: 'RUNNING' },
    };
    for (let time = 0; time < times; time++) await this.cloud.lambda.invoke(fn, event);
  }

  async sendToQueue(body: string): Promise<void> {
    await this.sqs.send(new SendMessageCommand({ QueueUrl: this.stack.outputs.ReconcileQueueUrl, MessageBody: body }));
  }

  /** What `dig +short` would print. */
  dig(name: string, from: 'vpc' | 'public' = 'vpc', type = 'A'): readonly string[] {
    const view: DnsView = from === 'vpc' ? { kind: 'vpc', vpcId: this.network.vpcId } : { kind: 'public' };
    return this.cloud.resolver
      .answer(view, name, type)
      .answers.filter((record) => record.type === type)
      .map(({ value }) => value);
  }

  /** All but NS and SOA. */
  async records(zoneId: string): Promise<readonly ResourceRecordSet[]> {
    return (await this.allRecords(zoneId)).filter(({ Type }) => Type !== 'NS' && Type !== 'SOA');
  }

  async allRecords(zoneId: string): Promise<readonly ResourceRecordSet[]> {
    const { ResourceRecordSets = [] } = await this.route53.send(
      new ListResourceRecordSetsCommand({ HostedZoneId: zoneId }),
    );
    return ResourceRecordSets;
  }

  async change(zoneId: string, ...changes: readonly Change[]): Promise<void> {
    await this.route53.send(
      new ChangeResourceRecordSetsCommand({ HostedZoneId: zoneId, ChangeBatch: { Changes: [...changes] } }),
    );
  }

  /** Counts the calls that the stack's functions make from now on. */
  countProductCalls(): WireCounter {
    return countProductCalls(this.cloud.gateway);
  }
}

export function functionArn(name: string, region = REGION): string {
  return `arn:aws:lambda:${region}:${ACCOUNT}:function:${STACK_NAME}-${name}`;
}

/** Delegates `name` to the name servers of a zone: the way to a public zone below another one. */
export async function delegate(
  route53: Route53Client,
  parentZoneId: string,
  name: string,
  nameServers: readonly string[],
): Promise<void> {
  const ResourceRecords = nameServers.map((Value) => ({ Value }));
  await route53.send(
    new ChangeResourceRecordSetsCommand({
      HostedZoneId: parentZoneId,
      ChangeBatch: {
        Changes: [{ Action: 'CREATE', ResourceRecordSet: { Name: name, Type: 'NS', TTL: 300, ResourceRecords } }],
      },
    }),
  );
}

/** Creates the zones; of several public ones of a name, the first is the one that example.com delegates to. */
async function createZones(
  cloud: EmbeddedCloud,
  { vpcId, publicZoneId }: SeededNetwork,
  zones: InstallationOptions['zones'] & object,
): Promise<readonly string[]> {
  const route53 = new Route53Client(cloud.clientConfig());
  const ids: string[] = [];
  const delegated = new Set(['example.com']);
  for (const [index, { name, inVpc }] of zones.entries()) {
    const { HostedZone, DelegationSet } = await route53.send(
      new CreateHostedZoneCommand({
        Name: name,
        CallerReference: `zone-${index}`,
        ...(inVpc ? { VPC: { VPCId: vpcId, VPCRegion: 'ap-northeast-1' } } : {}),
      }),
    );
    ids.push((HostedZone?.Id ?? '').replace('/hostedzone/', ''));
    if (!inVpc && !delegated.has(name)) await delegate(route53, publicZoneId, name, DelegationSet?.NameServers ?? []);
    if (!inVpc) delegated.add(name);
  }
  return ids;
}
