import { AppRunnerClient } from '@aws-sdk/client-apprunner';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { configFor, roleCredentials } from '../aws/assume-role.ts';
import type { ClientConfig } from '../aws/client-config.ts';
import { perAccountRegion } from '../aws/per-account-region.ts';
import { withInvocationTimeout } from '../aws/timeouts.ts';
import { appRunnerTagger, type Tagger } from '../execute/tagger.ts';
import type { Finding } from '../findings.ts';
import { missingNetwork } from '../plan/network.ts';
import type { ObservedService } from '../plan/observed.ts';
import { type Desire, desire } from '../policy/desire.ts';
import { checkScopeOf, createPolicyEvaluator, type OrganizationReader } from '../policy/evaluator.ts';
import type { PolicyInForce } from '../policy/policy.ts';
import { networkOf, type Rules } from '../policy/rules.ts';
import { createKillSwitch, type KillSwitch } from '../reconcile/kill-switch.ts';
import type { ReconcileQueue } from '../reconcile/message.ts';
import { pastStateOf } from '../reconcile/observe-and-plan.ts';
import { type ClockAndDns, createObservers } from '../reconcile/service-access.ts';
import type { AddressRequest, ReportAddress } from '../report/message.ts';
import type { ServiceIdentity } from '../service-arn.ts';
import type { ApiSettings } from '../settings.ts';
import { dynamoDbServiceIndex } from '../state/dynamodb-service-index.ts';
import { initialState, type ServiceRow } from '../state/row.ts';
import { createState } from '../state/rows-and-queue.ts';
import type { ServiceIndex } from '../state/service-index.ts';
import type { Store } from '../state/store.ts';
import { createSweepRuns } from '../state/tables.ts';
import type { SweepRequest } from '../sweep/message.ts';
import type { SweepRuns } from '../sweep/runs.ts';
import { explain } from './explain.ts';
import { invokeReport } from './invoke-report.ts';
import { invokeSweep } from './invoke-sweep.ts';
import type { ServiceExplanation } from './service-schemas.ts';

/** The desire that tags would make, and what holds for it. */
export interface DesiredPreview {
  readonly desire: Desire;
  readonly rules: Rules;
}

/** What the handlers use. */
export interface ApiDependencies {
  readonly store: Pick<Store, 'get' | 'markDirty'>;
  readonly serviceIndex: ServiceIndex;
  readonly queue: ReconcileQueue;
  readonly runs: Pick<SweepRuns, 'get' | 'latest' | 'results'>;
  /** Begins a sweep, or confirms a held one. @returns the id of the run; `undefined` if it is not held. */
  sweep(request: SweepRequest): Promise<string | undefined>;
  /** The address of a report. @returns `undefined` if there is none */
  report(request: AddressRequest): Promise<ReportAddress | undefined>;
  readonly inForce: PolicyInForce;
  /** Why an account and region are out of scope; `undefined` when they are in scope. */
  whyOutOfScope(service: ServiceIdentity): Promise<string | undefined>;
  /** The service as App Runner has it now. @throws AccessDenied, which never counts as "does not exist" */
  observe(service: ServiceIdentity): Promise<ObservedService>;
  explain(service: ServiceIdentity, row: ServiceRow | undefined): Promise<ServiceExplanation>;
  /** The desire that these tags would make. */
  previewDesired(
    service: ServiceIdentity,
    tags: Readonly<Record<string, string>>,
    row: ServiceRow | undefined,
  ): Promise<DesiredPreview>;
  /** The VPC or endpoint that the desire names, if it is not there. */
  missingNetwork(service: ServiceIdentity, preview: DesiredPreview): Promise<Finding | undefined>;
  taggerFor(service: ServiceIdentity): Tagger;
  /** Why reconciliations may not write now. */
  readonly killSwitch: KillSwitch;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** Observers for every account and region, and of writes only those of tags. */
export function createApiDependencies(
  settings: ApiSettings,
  inForce: PolicyInForce,
  config: ClientConfig,
  environment: ClockAndDns & OrganizationReader,
): ApiDependencies {
  const { policy } = inForce;
  const { now } = environment;
  const observerOf = createObservers(settings, policy, config, environment);
  const evaluatePolicy = createPolicyEvaluator(policy, settings, environment);
  const configs = configFor(settings.membership, config, roleCredentials(config, now));
  const lambda = new LambdaClient(withInvocationTimeout(config));
  const rows = DynamoDBDocumentClient.from(new DynamoDBClient(config));
  return {
    ...createState(settings, config),
    serviceIndex: dynamoDbServiceIndex(rows, settings.tableName),
    runs: createSweepRuns(settings.sweepTableName, config),
    sweep: invokeSweep(lambda, settings.sweepFunction),
    report: invokeReport(lambda, settings.reportFunction),
    inForce,
    async whyOutOfScope(service) {
      const scope = await checkScopeOf(policy, service, environment);
      return scope.kind === 'no' ? scope.why : undefined;
    },
    observe: (service) => observerOf(service).service(service.arn),
    explain: (service, row) => explain(service, row, { observer: observerOf(service), evaluatePolicy }),
    async previewDesired(service, tags, row) {
      const effectivePolicy = await evaluatePolicy(service, tags);
      return {
        desire: desire(service.arn, tags, pastStateOf(row ?? initialState), effectivePolicy, now()),
        rules: effectivePolicy.rules,
      };
    },
    async missingNetwork(service, { desire: { desired }, rules }) {
      const network =
        desired.kind === 'private' && desired.vpcId !== undefined ? networkOf(rules, desired.vpcId) : undefined;
      if (network === undefined || desired.kind !== 'private') return undefined;
      const seen = await observerOf(service).network(network, service, rules.ownerTag);
      return missingNetwork(service, seen, desired.endpointId);
    },
    taggerFor: perAccountRegion((place) => appRunnerTagger(new AppRunnerClient(configs(place, 'tag')))),
    killSwitch: createKillSwitch(settings.killSwitchParameter, config),
    now,
  };
}
