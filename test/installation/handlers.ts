import { Logger, type LogItem } from '@aws-lambda-powertools/logger';
import type { LogItemExtraInput, LogItemMessage } from '@aws-lambda-powertools/logger/types';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import {
  ACCOUNT,
  type EmbeddedClientConfig,
  type EmbeddedCloud,
  type LambdaFunction,
  REGION,
} from 'apprunner-embedded-cloud';
import { type AnswerDns, inProcessResolver } from 'apprunner-embedded-cloud/in-process-resolver';
import type { InProcessContext, InProcessHandler } from 'apprunner-embedded-cloud/in-process-runtime';
import { STACK_NAME } from '../../demo/product-stack.ts';
import { announce } from '../../functions/announce.ts';
import { api } from '../../functions/api.ts';
import { createNotifyParts, notify } from '../../functions/notify.ts';
import { eventDependencies, onServiceEvent } from '../../functions/on-service-event.ts';
import { probeNames } from '../../functions/probe.ts';
import { reconcile } from '../../functions/reconcile.ts';
import { createReportDependencies, report } from '../../functions/report.ts';
import { sweep } from '../../functions/sweep.ts';
import { sweepRegion } from '../../functions/sweep-region.ts';
import { createApiDependencies } from '../../shared/api/dependencies.ts';
import type { ClientConfig } from '../../shared/aws/client-config.ts';
import { installationSetting } from '../../shared/installation.ts';
import { eventBridgeBus } from '../../shared/lifecycle/event-bus.ts';
import { publicDns, vpcDns } from '../../shared/observe/names.ts';
import { createScopeReader } from '../../shared/observe/scope-reader.ts';
import { createPolicyEvaluator } from '../../shared/policy/evaluator.ts';
import { policyOfParameters } from '../../shared/policy/parameters.ts';
import { defaultNotifications, type Policy } from '../../shared/policy/policy.ts';
import { createKillSwitch } from '../../shared/reconcile/kill-switch.ts';
import { type ClockAndDns, createServiceAccess } from '../../shared/reconcile/service-access.ts';
import {
  parseAnnounceSettings,
  parseApiSettings,
  parseEventSettings,
  parseNotifySettings,
  parseReconcileSettings,
  parseReportSettings,
  parseRuleSettings,
  parseSweepSettings,
  parseSweepStartSettings,
  type RateSettings,
  type RuleSettings,
} from '../../shared/settings.ts';
import { createState } from '../../shared/state/rows-and-queue.ts';
import { createClaims, createRoute53Budget, createSharedAnswers } from '../../shared/state/tables.ts';
import { createCompareDependencies } from '../../shared/sweep/compare-dependencies.ts';
import { createSweepDependencies } from '../../shared/sweep/dependencies.ts';

/**
 * The handlers of the stack, by function name, each composed once with its own role's credentials and environment.
 * @param timed how their calls take time; without it they take none, and share no budget.
 */
export function handlers(
  cloud: EmbeddedCloud,
  log: string[],
  measured: Measured[],
  deployed: DeployedPolicy,
  timed?: TimedFunctions,
  disturb: Disturb = { client: (_, handler) => handler },
  onLine?: OnLine,
): Readonly<Record<string, InProcessHandler>> {
  const { chance } = cloud.world;
  const loggerOf = ({ name }: LambdaFunction) => new LinesLogger(name, log, onLine);
  const { invocation = (_, run) => run(), answerDns } = disturb;
  const { now } = environment(cloud, disturb);
  const configOf = (fn: LambdaFunction) => {
    const config = { ...cloud.clientConfig({ region: fn.region }), ...timed?.calls() };
    const requestHandler = disturb.client(fn.name, config.requestHandler);
    return { ...config, requestHandler, credentials: cloud.iam.issueRoleCredentials(fn.roleArn) };
  };
  const random = () => Number.parseInt(chance.hex(8), 16) / 2 ** 32;
  const budgeted = (settings: RateSettings, config: ClientConfig) => ({
    ...environment(cloud, disturb),
    ...(timed && { route53Budget: createRoute53Budget(settings, config, { now, random, sleep: timed.sleep }) }),
  });
  const made: Readonly<Record<string, InProcessHandler>> = {
    [`${STACK_NAME}-on-service-event`]: onceComposed((fn) => {
      const dependencies = eventDependencies(parseEventSettings(fn.environment), configOf(fn));
      return onServiceEvent({ ...dependencies, logger: loggerOf(fn), now });
    }),
    [`${STACK_NAME}-reconcile`]: onceComposed((fn) => {
      const settings = parseReconcileSettings({ ...fn.environment, AWS_REGION: fn.region });
      const policy = deployedPolicy(settings, deployed, fn);
      const config = configOf(fn);
      const claims = createClaims(settings.claimsTableName, config);
      const token = () => chance.uuid();
      const handler = reconcile({
        ...createState(settings, config),
        claims,
        accessTo: createServiceAccess(settings, policy, { claims, token }, config, budgeted(settings, config)),
        evaluatePolicy: createPolicyEvaluator(policy, settings, createScopeReader(policy, config, now)),
        killSwitch: createKillSwitch(settings.killSwitchParameter, config),
        token,
        random,
        logger: loggerOf(fn),
        metrics: metricsInto(measured, cloud, fn),
      });
      return (event, context) => handler(event as Parameters<typeof handler>[0], context);
    }, deployed),
    [`${STACK_NAME}-api`]: onceComposed((fn) => {
      const settings = parseApiSettings(fn.environment);
      const policy = deployedPolicy(settings, deployed, fn);
      const config = configOf(fn);
      const around = { ...environment(cloud, disturb), ...createScopeReader(policy, config, now) };
      const from = Object.keys(deployed.says).length > 0 ? 'file' : 'parameters';
      return api({ ...createApiDependencies(settings, { from, policy }, config, around), logger: loggerOf(fn) });
    }, deployed),
    [`${STACK_NAME}-sweep`]: onceComposed((fn) => {
      const policy = deployedPolicy(parseRuleSettings(fn.environment), deployed, fn);
      const random = () => chance.uuid();
      return sweep({
        ...createSweepDependencies(parseSweepStartSettings(fn.environment), policy, random, configOf(fn), now),
        logger: loggerOf(fn),
        metrics: metricsInto(measured, cloud, fn),
      });
    }, deployed),
    [`${STACK_NAME}-sweep-region`]: onceComposed((fn) => {
      const settings = parseRuleSettings({ ...fn.environment, AWS_REGION: fn.region });
      const policy = deployedPolicy(settings, deployed, fn);
      const config = configOf(fn);
      const sweepSettings = parseSweepSettings(fn.environment);
      const { sweepTableName } = sweepSettings;
      const handler = sweepRegion({
        ...createCompareDependencies(
          sweepSettings,
          settings,
          policy,
          { own: config, observed: config },
          budgeted(settings, config),
        ),
        ...(timed && {
          sharedAnswers: createSharedAnswers(sweepTableName, config, { now, random, sleep: timed.sleep }),
        }),
        inTime: (work) => work(),
        logger: loggerOf(fn),
        metrics: metricsInto(measured, cloud, fn),
      });
      return (event, context) => handler(event as Parameters<typeof handler>[0], context);
    }, deployed),
    [`${STACK_NAME}-announce`]: onceComposed((fn) => {
      const { busName, stack } = parseAnnounceSettings(fn.environment);
      const bus = eventBridgeBus(new EventBridgeClient(configOf(fn)), busName);
      return announce({ bus, stack, logger: loggerOf(fn) });
    }),
    [`${STACK_NAME}-notify`]: onceComposed((fn) => {
      const notifications = deployed.says.notifications ?? defaultNotifications;
      const parts = createNotifyParts(parseNotifySettings(fn.environment), notifications, configOf(fn), now);
      const handler = notify({ ...parts, logger: loggerOf(fn) });
      return (event, context) => handler(event as Parameters<typeof handler>[0], context);
    }, deployed),
    [`${STACK_NAME}-report`]: onceComposed((fn) => {
      const rules = parseRuleSettings(fn.environment);
      const from = Object.keys(deployed.says).length > 0 ? 'file' : 'parameters';
      const inForce = { from, policy: deployedPolicy(rules, deployed, fn) } as const;
      const settings = parseReportSettings(fn.environment);
      const dependencies = createReportDependencies(settings, rules, inForce, configOf(fn), now);
      return report({ ...dependencies, logger: loggerOf(fn) });
    }, deployed),
    [`${STACK_NAME}-probe`]: onceComposed((fn) => {
      const dns = vpcDns(() =>
        inProcessResolver(cloud.resolver, { kind: 'vpc', vpcId: fn.vpc?.vpcId ?? '' }, answerDns),
      );
      return probeNames({
        logger: loggerOf(fn),
        installation: installationSetting.parse(fn.environment.INSTALLATION).installation,
        region: fn.arn.split(':')[3] ?? '',
        ...dns,
        now,
        randomHost: () => `${chance.uuid()}.invalid`,
        fetch: async (interfaceAddress, host, verify) => {
          const { status, headers, certificateNames } = cloud.front.request({ interfaceAddress, host, path: '/' });
          if (verify && ![host, host.replace(/^[^.]+/, '*')].some((name) => certificateNames.includes(name)))
            throw new Error(`the certificate is for ${certificateNames.join(', ')}`);
          return { status, headers };
        },
      });
    }),
  };
  return Object.fromEntries(
    Object.entries(made).map(([name, handler]): [string, InProcessHandler] => [
      name,
      (event, context, fn) => invocation(name, async () => handler(event, context, fn)),
    ]),
  );
}

/** What comes between the functions and what they call. */
export interface Disturb {
  /** Between the clients of an environment and the cloud. */
  readonly client: (
    functionName: string,
    handler: EmbeddedClientConfig['requestHandler'],
  ) => EmbeddedClientConfig['requestHandler'];
  /** Around an invocation. */
  readonly invocation?: (functionName: string, run: () => Promise<unknown>) => Promise<unknown>;
  readonly answerDns?: AnswerDns;
  /** How far the clocks of the functions are ahead, in milliseconds. */
  readonly clocksAhead?: () => number;
  /** How far the read under way lags, in milliseconds, at most the `readLag` of the installation. */
  readonly readLag?: () => number;
}

/** Functions that take time: as part of tasks of a virtual clock. */
export interface TimedFunctions {
  /** The configuration of the clients of one environment. */
  calls(): Partial<EmbeddedClientConfig>;
  sleep(milliseconds: number): Promise<void>;
}

/** What the policy file says that is packaged with the functions; about the rest the parameters speak. */
export interface DeployedPolicy {
  says: Partial<Policy>;
}

/** @param at where the functions are. */
export function deployedPolicy(
  settings: RuleSettings,
  { says }: DeployedPolicy,
  { region }: Pick<LambdaFunction, 'region'> = { region: REGION },
): Policy {
  return { ...policyOfParameters(settings, { account: ACCOUNT, region }), ...says };
}

/**
 * As Lambda's execution environments do: composed at their first event, kept until the function is deployed anew, and each busy
 * with one event at a time.
 */
function onceComposed(
  compose: (fn: LambdaFunction) => (event: unknown, context: InProcessContext) => unknown,
  deployed?: DeployedPolicy,
): InProcessHandler {
  let idle: readonly { readonly from: string; readonly handle: ReturnType<typeof compose> }[] = [];
  return async (event, context, fn) => {
    const from = JSON.stringify([fn.environment, deployed?.says]);
    const [made = { from, handle: compose(fn) }, ...others] = idle.filter((one) => one.from === from);
    idle = others;
    try {
      return await made.handle(event, context);
    } finally {
      idle = [made, ...idle];
    }
  };
}

/** Time, and DNS as the internet sees it: what the functions outside the VPC have around them. */
export function environment(
  cloud: EmbeddedCloud,
  { answerDns, clocksAhead = () => 0 }: Pick<Disturb, 'answerDns' | 'clocksAhead'> = {},
): ClockAndDns {
  return {
    now: () => cloud.world.clock.now() + clocksAhead(),
    ...publicDns(() => inProcessResolver(cloud.resolver, { kind: 'public' }, answerDns)),
  };
}

/** One line of a function's log. */
export interface Line extends Readonly<Record<string, unknown>> {
  readonly function: string;
  readonly level: string;
  readonly message: string;
}
export type OnLine = (line: Line) => void;

/** Keeps what is wrong as text, and hands over each line as it would be printed. */
class LinesLogger extends Logger {
  readonly #function: string;
  readonly #log: string[];
  readonly #onLine: OnLine | undefined;

  constructor(functionName: string, log: string[], onLine: OnLine | undefined) {
    super({ serviceName: STACK_NAME, logLevel: onLine === undefined ? 'SILENT' : 'INFO' });
    this.#function = functionName;
    this.#log = log;
    this.#onLine = onLine;
  }

  override error(message: LogItemMessage, ...extra: LogItemExtraInput): void {
    this.#log.push([message, ...extra.map((one) => JSON.stringify(one, errorsToText))].join(' '));
    super.error(message, ...extra);
  }

  protected override printLog(_: number, item: LogItem): void {
    item.prepareForPrint();
    this.#onLine?.({ ...JSON.parse(JSON.stringify(item.getAttributes())), function: this.#function });
  }
}

export type Measured = Readonly<Record<string, unknown>>;

/** Metrics are lines in the log of a function, with the time of the embedded cloud. */
function metricsInto(measured: Measured[], cloud: EmbeddedCloud, fn: LambdaFunction): Metrics {
  const { POWERTOOLS_METRICS_NAMESPACE: namespace = '', POWERTOOLS_SERVICE_NAME: serviceName = '' } = fn.environment;
  const metrics = new Metrics({ namespace, serviceName });
  metrics.publishStoredMetrics = () => {
    const serialized = metrics.serializeMetrics();
    measured.push(serialized);
    const Timestamp = cloud.world.clock.now();
    cloud.telemetry.line(fn, JSON.stringify({ ...serialized, _aws: { ...serialized._aws, Timestamp } }));
    metrics.clearMetrics();
    return metrics;
  };
  return metrics;
}

function errorsToText(_: string, value: unknown): unknown {
  return value instanceof Error ? (value.stack ?? value.message) : value;
}
