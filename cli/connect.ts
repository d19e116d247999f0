import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { ClientConfig } from '../shared/aws/client-config.ts';
import { DEFAULT_STACK } from '../shared/command-line.ts';
import { errorMessage, errorName } from '../shared/errors.ts';
import { publicDns } from '../shared/observe/names.ts';
import { createScopeReader } from '../shared/observe/scope-reader.ts';
import type { PolicyEvaluator } from '../shared/policy/effective-policy.ts';
import { createPolicyEvaluator } from '../shared/policy/evaluator.ts';
import { policyOfParameters } from '../shared/policy/parameters.ts';
import { createKillSwitch, type KillSwitch } from '../shared/reconcile/kill-switch.ts';
import { createObservers, type ObserverFor, systemClockAndDns } from '../shared/reconcile/service-access.ts';
import type { ServiceIdentity } from '../shared/service-arn.ts';
import { type Environment, parseRuleSettings, type RuleSettings } from '../shared/settings.ts';
import type { Store } from '../shared/state/store.ts';
import { createStore } from '../shared/state/tables.ts';
import { awsAccess, embeddedResolver } from './aws-access.ts';
import type { CliEnvironment } from './environment.ts';
import { ConnectError } from './errors.ts';
import { judgingPolicy } from './policy/in-force.ts';

const ENVIRONMENT = 'environment';

/** Which stack's settings and policy to plan with. */
export interface PlanOptions {
  readonly function: string;
  /** A policy file, or `parameters`; without it, the policy in force. */
  readonly policy?: string | undefined;
  readonly local?: string | true | undefined;
}

/** All that reading needs: it contains no executor. */
export interface Connection {
  readonly settings: RuleSettings;
  readonly observerOf: ObserverFor;
  readonly evaluatePolicy: PolicyEvaluator;
  /** The rows of the stack, if there is one. */
  readonly store: Pick<Store, 'get'> | undefined;
  /** Of the stack, read with the caller's own credentials. */
  readonly killSwitch: KillSwitch;
  /** Where the settings come from, for people. */
  readonly source: string;
}

/**
 * Reads the settings of the stack's reconcile function, so that the plan is the one the stack would make.
 * @throws ConnectError, SettingsError
 */
export async function connect(
  service: ServiceIdentity,
  { function: functionName, policy: asked, local }: PlanOptions,
  cli: Pick<CliEnvironment, 'environment' | 'now'>,
): Promise<Connection> {
  const { config, embedded } = await awsAccess({ local, region: service.region });
  const { environment, source } = await readEnvironment(config, functionName);
  // Without a stack: as the stack would have it that is deployed without an `Installation`.
  const settings = parseRuleSettings({
    INSTALLATION: `${service.account}/${service.region}/${DEFAULT_STACK}`,
    ...environment,
  });
  const hub = { account: settings.hub.account ?? service.account, region: service.region };
  // Without a function there is no stack.
  const stack = source === ENVIRONMENT ? undefined : functionName.replace(/^.*:function:|-reconcile(:.*)?$/g, '');
  const judging = await judgingPolicy(
    { policy: asked, stack, region: service.region, local },
    policyOfParameters(settings, hub),
    cli,
  );
  const { policy } = judging;
  const clockAndDns =
    embedded === undefined
      ? systemClockAndDns
      : {
          ...systemClockAndDns,
          ...publicDns(() => embeddedResolver(embedded)),
        };
  const { TABLE_NAME: tableName } = environment;
  return {
    settings,
    source: `${source}; policy: ${judging.source}`,
    observerOf: createObservers(settings, policy, config, clockAndDns),
    evaluatePolicy: createPolicyEvaluator(policy, settings, createScopeReader(policy, config, clockAndDns.now)),
    store: tableName === undefined ? undefined : createStore(tableName, config),
    killSwitch: createKillSwitch(environment.KILL_SWITCH_PARAMETER, config),
  };
}

async function readEnvironment(
  config: ClientConfig,
  functionName: string,
): Promise<{ readonly environment: Environment; readonly source: string }> {
  try {
    const { Environment } = await new LambdaClient(config).send(
      new GetFunctionConfigurationCommand({ FunctionName: functionName }),
    );
    return { environment: Environment?.Variables ?? {}, source: `function ${functionName}` };
  } catch (error) {
    if (errorName(error) !== 'ResourceNotFoundException') {
      throw new ConnectError(
        `The settings of ${functionName} cannot be read in ${String(config.region)}: ${errorMessage(error)}\nCheck AWS_PROFILE, AWS_REGION and AWS_ENDPOINT_URL; the call is lambda:GetFunctionConfiguration.`,
      );
    }
    if (process.env.ALLOWED_ZONES !== undefined) return { environment: process.env, source: ENVIRONMENT };
    throw new ConnectError(
      `There is no function ${functionName} in ${String(config.region)}: name the stack's reconcile function with --function, or, without a stack, set ALLOWED_ZONES and ALLOWED_NAMES.\nA stack in another region or account says itself what it would do: status <service>.`,
    );
  }
}
