import { AppRunnerClient } from '@aws-sdk/client-apprunner';
import { EC2Client } from '@aws-sdk/client-ec2';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { Route53Client } from '@aws-sdk/client-route-53';
import {
  type AccountRegion,
  type ConfigFor,
  configFor,
  type RoleCredentials,
  roleCredentials,
  zoneRoleArn,
} from '../aws/assume-role.ts';
import type { ClientConfig } from '../aws/client-config.ts';
import { perAccountRegion } from '../aws/per-account-region.ts';
import { type Route53Budget, withRoute53Budget } from '../aws/route53-budget.ts';
import { withInvocationTimeout } from '../aws/timeouts.ts';
import { currentCause } from '../cause.ts';
import { createExecutor, type ExecutorClients } from '../execute/executor.ts';
import { JoinedReads } from '../observe/joined-reads.ts';
import { type PublicDns, systemPublicDns } from '../observe/names.ts';
import { Observer, type ObserverSources } from '../observe/observe.ts';
import { KeptPages } from '../observe/reconciliation-memory.ts';
import { ReconcilingObserver } from '../observe/reconciling-observer.ts';
import type { ZoneClients } from '../observe/zone-clients.ts';
import type { Policy, PolicyZone } from '../policy/policy.ts';
import { type Probe, readProbeAnswer } from '../probe/answer.ts';
import type { RuleSettings } from '../settings.ts';
import { createClaims } from '../state/tables.ts';
import type { ServiceAccess } from './reconcile.ts';

/** Time, and DNS as this process sees it. */
export interface ClockAndDns extends PublicDns {
  /** Milliseconds since the epoch. */
  now(): number;
  /** What all functions together may ask of Route 53; without it AWS alone limits them. */
  readonly route53Budget?: Route53Budget | undefined;
}

export const systemClockAndDns: ClockAndDns = {
  now: () => Date.now(),
  ...systemPublicDns(),
};

/** Access that can only read: enough for a plan, not to execute it. */
export type ObserverFor = (accountRegion: AccountRegion) => Observer;

/** Observer and executor per account and region; they share their clients. */
export function createServiceAccess(
  settings: RuleSettings,
  policy: Policy,
  claiming: Pick<ExecutorClients, 'claims' | 'token'>,
  config: ClientConfig = {},
  environment: ClockAndDns = systemClockAndDns,
): (accountRegion: AccountRegion) => ServiceAccess {
  const { sources, reads, configs, zonesFor } = connected(settings, policy, config, environment);
  const pages = new KeptPages(reads, environment.now);
  const zones = zonesFor('write');
  return perAccountRegion((accountRegion) => ({
    observer: new ReconcilingObserver(sources(accountRegion), pages),
    execute: createExecutor({
      appRunner: new AppRunnerClient(configs(accountRegion, 'write')),
      ec2: new EC2Client(configs(accountRegion, 'write')),
      zones,
      ownerTag: settings.ownerTag,
      now: environment.now,
      ...claiming,
    }),
  }));
}

/** Observers only. */
export function createObservers(
  settings: RuleSettings,
  policy: Policy,
  config: ClientConfig = {},
  environment: ClockAndDns = systemClockAndDns,
): ObserverFor {
  const { sources } = connected(settings, policy, config, environment);
  return perAccountRegion((accountRegion) => new Observer(sources(accountRegion)));
}

function connected(
  settings: RuleSettings,
  policy: Policy,
  config: ClientConfig,
  environment: ClockAndDns,
): {
  sources(accountRegion: AccountRegion): ObserverSources;
  readonly reads: JoinedReads;
  readonly configs: ConfigFor;
  zonesFor(purpose: 'read' | 'write'): ZoneClients;
} {
  const credentials = roleCredentials(config, environment.now);
  const configs = configFor(settings.membership, config, credentials);
  const zonesFor = (purpose: 'read' | 'write') =>
    composeZoneClients(
      policy.zones,
      config,
      (arn, externalId) => credentials(zoneRoleArn(arn, purpose), externalId),
      (client, account) => withRoute53Budget(client, account ?? settings.hub.account, environment.route53Budget),
    );
  const readZones = zonesFor('read');
  const reads = new JoinedReads();
  const { claimsTableName } = settings;
  const claims = claimsTableName === undefined ? undefined : createClaims(claimsTableName, config);
  const sources = (accountRegion: AccountRegion): ObserverSources => {
    const reading = configs(accountRegion, 'read');
    const lambda = new LambdaClient(withInvocationTimeout(reading));
    return {
      ...environment,
      appRunner: new AppRunnerClient(reading),
      ec2: new EC2Client(reading),
      zones: readZones,
      reads,
      claims,
      vpcZones: withRoute53Budget(new Route53Client(reading), accountRegion.account, environment.route53Budget),
      probe: (functionName) => invoke(lambda, functionName),
    };
  };
  return { sources, reads, configs, zonesFor };
}

function composeZoneClients(
  zones: readonly PolicyZone[],
  config: ClientConfig,
  credentials: RoleCredentials,
  budgeted: (client: Route53Client, account?: string) => Route53Client,
): ZoneClients {
  const byRole = Map.groupBy(zones, ({ roleArn, externalId }) => JSON.stringify([roleArn, externalId]));
  return {
    own: budgeted(new Route53Client(config)),
    shared: [...byRole.values()].flatMap((reached) => {
      const { roleArn, externalId } = reached[0] ?? {};
      if (roleArn === undefined) return [];
      const client = new Route53Client({ ...config, credentials: credentials(roleArn, externalId) });
      return [{ client: budgeted(client, roleArn.split(':')[4]), zoneIds: reached.map(({ id }) => id) }];
    }),
  };
}

function invoke(lambda: LambdaClient, functionName: string): Probe {
  return async (request) => {
    const { FunctionError, Payload } = await lambda.send(
      new InvokeCommand({
        FunctionName: functionName,
        Payload: JSON.stringify(request),
        // For the line that the probe logs; the payload is strict, and probes of members may be older.
        ClientContext: Buffer.from(JSON.stringify(currentCause())).toString('base64'),
      }),
    );
    const payload = Payload?.transformToString() ?? '';
    return readProbeAnswer(functionName, request, payload, FunctionError);
  };
}
