import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import {
  AppRunnerClient,
  DescribeServiceCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-apprunner';
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
import { api } from '../../functions/api.ts';
import { onServiceEvent } from '../../functions/on-service-event.ts';
import { reconcile } from '../../functions/reconcile.ts';
import { sweep } from '../../functions/sweep.ts';
import { sweepRegion } from '../../functions/sweep-region.ts';
import { seededChance } from '../../local/chance.ts';
import { VirtualClock } from '../../local/clock.ts';
import { ACCOUNT, createCloud, type EmbeddedCloud, REGION } from '../../local/cloud.ts';
import type { DeployedStack } from '../../local/deploy/deploy.ts';
import { createHelloService } from '../../local/hello-service.ts';
import { countProductCalls } from '../../local/product-calls.ts';
import { profiles, type Switches } from '../../local/profile.ts';
import { rootConfig, type SeededNetwork, seedNetwork } from '../../local/seed.ts';
import type { LambdaFunction } from '../../local/services/lambda/function.ts';
import { type InProcessHandler, inProcessRuntime } from '../../local/services/lambda/in-process-runtime.ts';
import { deployProduct, STACK_NAME } from '../../local/stack.ts';
import type { WireCounter } from '../../local/wire/counter.ts';
import { inProcessHandler } from '../../local/wire/in-process.ts';
import type { DnsView } from '../../local/world.ts';
import { ensurePackaged } from '../../scripts/package.ts';
import { composeApi } from '../../shared/compose/api.ts';
import { composeCompare } from '../../shared/compose/compare.ts';
import { composeGovern } from '../../shared/compose/govern.ts';
import { composeHalves, type Surroundings } from '../../shared/compose/halves.ts';
import { composeMode } from '../../shared/compose/mode.ts';
import { composeState, composeStore } from '../../shared/compose/state.ts';
import { composeSurvey } from '../../shared/compose/survey.ts';
import { composeSweep } from '../../shared/compose/sweep.ts';
import type { ResolveName } from '../../shared/observe/names.ts';
import type { Issuers, NameAnswer, Vantage } from '../../shared/plan/observed.ts';
import type { Phase } from '../../shared/plan/plan.ts';
import { policyOfParameters } from '../../shared/policy/parameters.ts';
import type { Policy } from '../../shared/policy/policy.ts';
import { probeRequest } from '../../shared/probe/contract.ts';
import { probe } from '../../shared/probe/probe.ts';
import {
  parseApiSettings,
  parseEventSettings,
  parseRuleSettings,
  parseSweepSettings,
  parseTableSettings,
  type RuleSettings,
} from '../../shared/settings.ts';
import type { Row } from '../../shared/state/row.ts';
import type { Store } from '../../shared/state/store.ts';

/** The kill switch (serverless.yml). */
export const SWITCH = `/${STACK_NAME}/mode`;

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface InstallationOptions {
  readonly switches?: Partial<Switches>;
  readonly probe?: boolean;
  readonly parameters?: Readonly<Record<string, string>>;
  /** Hosted zones that are there before the stack, and are allowed to it. */
  readonly zones?: readonly { readonly name: string; readonly inVpc: boolean }[];
  /** What else has to be there before the stack; answers further parameters. */
  readonly prepare?: (cloud: EmbeddedCloud, network: SeededNetwork) => Promise<Readonly<Record<string, string>>>;
}

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
  readonly config: ReturnType<typeof rootConfig>;
  readonly log: string[];
  /** Every set of metrics that a function has published: values by name. */
  readonly measured: readonly Measured[];
  /** Of the zones asked for, in their order. */
  readonly zoneIds: readonly string[];
  readonly #store: Store;
  readonly #ssm: SSMClient;
  readonly #deployed: DeployedPolicy;

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
    this.config = rootConfig(cloud);
    this.appRunner = new AppRunnerClient(this.config);
    this.ec2 = new EC2Client(this.config);
    this.route53 = new Route53Client(this.config);
    this.sqs = new SQSClient(this.config);
    this.lambda = new LambdaClient(this.config);
    this.#ssm = new SSMClient(this.config);
    this.#store = composeStore(stack.outputs.TableName ?? '', this.config);
  }

  static async start({
    switches = {},
    probe = true,
    parameters = {},
    zones = [],
    prepare = async () => ({}),
  }: InstallationOptions = {}): Promise<Installation> {
    const clock = new VirtualClock();
    const chance = seededChance('installation');
    const log: string[] = [];
    const measured: Measured[] = [];
    const deployed: DeployedPolicy = { says: {} };
    const cloud = createCloud({
      clock,
      chance,
      profile: profiles.fast,
      switches,
      log: (line) => log.push(line),
      runtime: (made) => inProcessRuntime(clock, handlers(made, log, measured, deployed)),
    });
    const network = await seedNetwork(cloud);
    const zoneIds = await createZones(cloud, network, zones);
    const prepared = await prepare(cloud, network);
    const { template } = await ensurePackaged();
    const stack = await deployProduct(cloud, network, {
      template: JSON.parse(await readFile(template, 'utf8')),
      codeFolder: ROOT,
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
    return this.cloud.stop();
  }

  /** Sets the switch over the whole installation, as a person does. */
  async switchTo(Value: string): Promise<void> {
    await this.#ssm.send(new PutParameterCommand({ Name: SWITCH, Value, Type: 'String', Overwrite: true }));
  }

  async deleteSwitch(): Promise<void> {
    await this.#ssm.send(new DeleteParameterCommand({ Name: SWITCH }));
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

  row(serviceArn: string): Promise<Row | undefined> {
    return this.#store.get(serviceArn);
  }

  /** Advances until the service is in one of the phases. @param limit milliseconds of virtual time. */
  async until(serviceArn: string, phase: Phase | readonly Phase[], limit = 10 * 60_000): Promise<Row> {
    const wanted = [phase].flat();
    let row: Row | undefined;
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

  /** Lets time pass until nothing is in the queue any more and no message is delayed (a settled or blocked world). */
  async quiet(duration = 60_000): Promise<void> {
    await this.clock.advance(duration);
  }

  /** Runs the sweep function once, and what follows from it. */
  async sweep(): Promise<void> {
    const sweepFunction = this.cloud.lambda.get(functionArn('sweep'));
    await this.cloud.lambda.invoke(sweepFunction, {});
    await this.quiet();
  }

  /** Sends a look at the service, as an event would. */
  async poke(serviceArn: string, times = 1): Promise<void> {
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

  async records(zoneId: string): Promise<readonly ResourceRecordSet[]> {
    const { ResourceRecordSets = [] } = await this.route53.send(
      new ListResourceRecordSetsCommand({ HostedZoneId: zoneId }),
    );
    return ResourceRecordSets.filter(({ Type }) => Type !== 'NS' && Type !== 'SOA');
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

export function functionArn(name: string): string {
  return `arn:aws:lambda:ap-northeast-1:123456789012:function:${STACK_NAME}-${name}`;
}

async function createZones(
  cloud: EmbeddedCloud,
  { vpcId }: SeededNetwork,
  zones: InstallationOptions['zones'] & object,
): Promise<readonly string[]> {
  const route53 = new Route53Client(rootConfig(cloud));
  const ids: string[] = [];
  for (const [index, { name, inVpc }] of zones.entries()) {
    const { HostedZone } = await route53.send(
      new CreateHostedZoneCommand({
        Name: name,
        CallerReference: `zone-${index}`,
        ...(inVpc ? { VPC: { VPCId: vpcId, VPCRegion: 'ap-northeast-1' } } : {}),
      }),
    );
    ids.push((HostedZone?.Id ?? '').replace('/hostedzone/', ''));
  }
  return ids;
}

/** The handlers of the stack, by function name, each composed once with its own role's credentials and environment. */
function handlers(
  cloud: EmbeddedCloud,
  log: string[],
  measured: Measured[],
  deployed: DeployedPolicy,
): Readonly<Record<string, InProcessHandler>> {
  const { clock, chance } = cloud.world;
  const logger = new Logger({ serviceName: 'test', logLevel: 'ERROR' });
  logger.error = (message, ...extra) => {
    log.push([message, ...extra.map((one) => JSON.stringify(one, errorsToText))].join(' '));
  };
  const now = () => clock.now();
  const configOf = (fn: LambdaFunction) => ({
    region: fn.region,
    credentials: cloud.iam.issueRoleCredentials(fn.roleArn),
    requestHandler: inProcessHandler(cloud.gateway),
    maxAttempts: 1,
  });
  return {
    [`${STACK_NAME}-on-service-event`]: onceComposed((fn) => {
      const settings = parseEventSettings(fn.environment);
      const config = configOf(fn);
      const sqs = new SQSClient(config);
      return onServiceEvent({
        ...composeState(settings, config),
        logger,
        keep: async (kept, reason) => {
          const MessageBody = JSON.stringify({ reason, event: kept });
          await sqs.send(new SendMessageCommand({ QueueUrl: settings.deadLetterQueueUrl, MessageBody }));
        },
      });
    }),
    [`${STACK_NAME}-reconcile`]: onceComposed((fn) => {
      const settings = parseRuleSettings(fn.environment);
      const policy = deployedPolicy(settings, deployed);
      const config = configOf(fn);
      const handler = reconcile({
        ...composeState(parseTableSettings(fn.environment), config),
        halvesOf: composeHalves(settings, policy, config, surroundings(cloud)),
        govern: composeGovern(policy, settings, composeSurvey(policy, config, now)),
        hold: composeMode(settings.modeParameter, config),
        token: () => chance.uuid(),
        logger,
        metrics: metricsInto(measured),
      });
      return (event) => handler(event as Parameters<typeof handler>[0]);
    }, deployed),
    [`${STACK_NAME}-api`]: onceComposed((fn) => {
      const settings = parseApiSettings(fn.environment);
      const policy = deployedPolicy(settings, deployed);
      const config = configOf(fn);
      const around = { ...surroundings(cloud), ...composeSurvey(policy, config, now) };
      const from = Object.keys(deployed.says).length > 0 ? 'file' : 'parameters';
      return api({ ...composeApi(settings, { from, policy }, config, around), logger });
    }, deployed),
    [`${STACK_NAME}-sweep`]: onceComposed((fn) => {
      const policy = deployedPolicy(parseRuleSettings(fn.environment), deployed);
      const random = () => chance.uuid();
      return sweep({
        ...composeSweep(parseSweepSettings(fn.environment), policy, random, configOf(fn), now),
        logger,
        metrics: metricsInto(measured),
      });
    }, deployed),
    [`${STACK_NAME}-sweep-region`]: onceComposed((fn) => {
      const settings = parseRuleSettings({ ...fn.environment, AWS_REGION: fn.region });
      const policy = deployedPolicy(settings, deployed);
      const handler = sweepRegion({
        ...composeCompare(parseSweepSettings(fn.environment), settings, policy, configOf(fn), surroundings(cloud)),
        logger,
        metrics: metricsInto(measured),
      });
      return (event) => handler(event as Parameters<typeof handler>[0]);
    }, deployed),
    [`${STACK_NAME}-probe`]: onceComposed((fn) => {
      const resolve = resolver(cloud, { kind: 'vpc', vpcId: fn.vpc?.vpcId ?? '' });
      return (event) =>
        probe(probeRequest.parse(event), {
          now,
          resolve,
          fetch: async (interfaceAddress, host) => {
            const { status, certificateNames } = cloud.front.request({ interfaceAddress, host, path: '/' });
            if (![host, host.replace(/^[^.]+/, '*')].some((name) => certificateNames.includes(name)))
              throw new Error(`the certificate is for ${certificateNames.join(', ')}`);
            return { status };
          },
        });
    }),
  };
}

/** What the policy file says that is packaged with the functions; about the rest the parameters speak. */
interface DeployedPolicy {
  says: Partial<Policy>;
}

function deployedPolicy(settings: RuleSettings, { says }: DeployedPolicy): Policy {
  return { ...policyOfParameters(settings, { account: ACCOUNT, region: REGION }), ...says };
}

/** As a Lambda execution environment does: composed at the first event, kept until the function is deployed anew. */
function onceComposed(
  compose: (fn: LambdaFunction) => (event: unknown) => unknown,
  deployed?: DeployedPolicy,
): InProcessHandler {
  let made: { readonly from: string; readonly handle: ReturnType<typeof compose> } | undefined;
  return (event, _, fn) => {
    const from = JSON.stringify([fn.environment, deployed?.says]);
    if (made?.from !== from) made = { from, handle: compose(fn) };
    return made.handle(event);
  };
}

/** What `resolveIssuers` finds by asking DNS, from the records themselves. */
function issuersOf(cloud: EmbeddedCloud, name: string): Issuers {
  const base = name.replace(/^\*\./, '');
  const names = cloud.route53.caaIssuers(name);
  return names === undefined ? { kind: 'anybody' } : { kind: 'listed', names, at: base };
}

/** Time, and DNS as the internet sees it: what the functions outside the VPC have around them. */
export function surroundings(cloud: EmbeddedCloud): Surroundings {
  return {
    now: () => cloud.world.clock.now(),
    resolve: resolver(cloud, { kind: 'public' }),
    issuers: async (name) => issuersOf(cloud, name),
  };
}

function resolver(cloud: EmbeddedCloud, view: DnsView): ResolveName {
  const vantage: Vantage = view.kind;
  return async (name, dualStack): Promise<NameAnswer> => {
    const answers = (dualStack ? ['A', 'AAAA'] : ['A']).map((type) => cloud.resolver.answer(view, name, type));
    const addresses = answers.flatMap((answer) =>
      answer.answers.filter(({ type }) => type === 'A' || type === 'AAAA').map(({ value }) => value),
    );
    if (addresses.length > 0) return { vantage, outcome: 'addresses', addresses };
    return { vantage, outcome: answers[0]?.rcode === 'NXDOMAIN' ? 'nxdomain' : 'no-data' };
  };
}

type Measured = Readonly<Record<string, unknown>>;

/** Metrics go to the standard output of a Lambda; a test has no use for them there. */
function metricsInto(measured: Measured[]): Metrics {
  const metrics = new Metrics({ namespace: 'test', serviceName: 'test' });
  metrics.publishStoredMetrics = () => {
    measured.push(metrics.serializeMetrics());
    metrics.clearMetrics();
    return metrics;
  };
  return metrics;
}

function errorsToText(_: string, value: unknown): unknown {
  return value instanceof Error ? (value.stack ?? value.message) : value;
}
