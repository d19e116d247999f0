import { Resolver } from 'node:dns/promises';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { AwsConfig } from '../shared/compose/aws-config.ts';
import { composeGovern } from '../shared/compose/govern.ts';
import { composeObservers, type ObserverOf, systemSurroundings } from '../shared/compose/halves.ts';
import { composeStore } from '../shared/compose/state.ts';
import { errorMessage, errorName } from '../shared/errors.ts';
import { resolveIssuers, resolveWith } from '../shared/observe/names.ts';
import type { Govern } from '../shared/policy/governed.ts';
import { policyOfParameters } from '../shared/policy/parameters.ts';
import type { ServiceIdentity } from '../shared/service-arn.ts';
import { type Environment, parseRuleSettings, type RuleSettings } from '../shared/settings.ts';
import type { Store } from '../shared/state/store.ts';
import { ConnectError } from './errors.ts';

/** All that reading takes: there is no writing half in it. */
export interface Connection {
  readonly settings: RuleSettings;
  readonly observerOf: ObserverOf;
  readonly govern: Govern;
  /** The rows of the stack, if there is one. */
  readonly store: Pick<Store, 'get'> | undefined;
  /** Where the settings come from, for people. */
  readonly source: string;
}

/**
 * Reads the settings of the stack's reconcile function, so that the plan is the one the stack would make.
 * @throws ConnectError, SettingsError
 */
export async function connect(service: ServiceIdentity, functionName: string): Promise<Connection> {
  const embedded = await embeddedCloud();
  const config: AwsConfig = {
    region: service.region,
    ...(embedded === undefined || hasCredentials() ? {} : { credentials: EMBEDDED_CREDENTIALS }),
  };
  const { environment, source } = await readEnvironment(config, functionName);
  const settings = parseRuleSettings(environment);
  const policy = policyOfParameters(settings, {
    account: settings.hub.account ?? service.account,
    region: service.region,
  });
  const surroundings =
    embedded === undefined
      ? systemSurroundings
      : {
          ...systemSurroundings,
          resolve: resolveWith('public', embedded),
          issuers: (name: string) => resolveIssuers(name, embedded),
        };
  const { TABLE_NAME: tableName } = environment;
  return {
    settings,
    source,
    observerOf: composeObservers(settings, policy, config, surroundings),
    govern: composeGovern(policy, settings, { now: surroundings.now, unitsOf: async () => [] }),
    store: tableName === undefined ? undefined : composeStore(tableName, config),
  };
}

async function readEnvironment(
  config: AwsConfig,
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
    if (process.env.ALLOWED_ZONES !== undefined) return { environment: process.env, source: 'environment' };
    throw new ConnectError(
      `There is no function ${functionName} in ${String(config.region)}: name the stack's reconcile function with --function, or, without a stack, set ALLOWED_ZONES and ALLOWED_NAMES.`,
    );
  }
}

/** Any key is root of the embedded cloud's account. */
const EMBEDDED_CREDENTIALS = { accessKeyId: 'embedded', secretAccessKey: 'embedded' };

function hasCredentials(): boolean {
  return process.env.AWS_ACCESS_KEY_ID !== undefined || process.env.AWS_PROFILE !== undefined;
}

/** When AWS_ENDPOINT_URL is an embedded cloud on this machine: its public DNS. `undefined` otherwise. */
async function embeddedCloud(): Promise<(() => Resolver) | undefined> {
  const endpoint = process.env.AWS_ENDPOINT_URL;
  if (endpoint === undefined) return undefined;
  if (!URL.canParse(endpoint)) {
    throw new ConnectError(`AWS_ENDPOINT_URL is "${endpoint}", which is not a URL such as http://127.0.0.1:4566.`);
  }
  if (!['127.0.0.1', 'localhost', '[::1]'].includes(new URL(endpoint).hostname)) return undefined;
  try {
    const response = await fetch(new URL('/_embedded/ready', endpoint));
    const ready: unknown = await response.json();
    const dns = typeof ready === 'object' && ready !== null && 'dns' in ready ? ready.dns : undefined;
    const server = typeof dns === 'object' && dns !== null && 'public' in dns ? dns.public : undefined;
    if (typeof server !== 'string') return undefined;
    return () => {
      const resolver = new Resolver({ timeout: 2000, tries: 2 });
      resolver.setServers([server]);
      return resolver;
    };
  } catch (error) {
    throw new ConnectError(
      `Nothing answers at AWS_ENDPOINT_URL (${endpoint}): ${errorMessage(error)}. Start the embedded cloud with "npm start", or unset the variable.`,
    );
  }
}
