import { AppRunnerClient } from '@aws-sdk/client-apprunner';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { configFor, roleCredentials } from '../aws/assume-role.ts';
import type { ClientConfig } from '../aws/client-config.ts';

import { perAccountRegion } from '../aws/per-account-region.ts';
import { withInvocationTimeout } from '../aws/timeouts.ts';

import { appRunnerTagger } from '../execute/tagger.ts';
import { desire } from '../policy/desire.ts';
import { checkScopeOf, createPolicyEvaluator, type OrganizationReader } from '../policy/evaluator.ts';
import type { PolicyInForce } from '../policy/policy.ts';
import { pastStateOf } from '../reconcile/observe-and-plan.ts';
import { type ClockAndDns, createObservers } from '../reconcile/service-access.ts';
import type { ApiSettings } from '../settings.ts';
import { dynamoDbServiceIndex } from '../state/dynamodb-service-index.ts';
import { initialState } from '../state/row.ts';
import { createState, createSweepRuns } from '../state/tables.ts';
import type { ApiDependencies } from './dependencies.ts';
import { explain } from './explain.ts';
import { invokeSweep } from './invoke-sweep.ts';

/** What the API uses: the reading half, and of the writing one nothing but the tags. */
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
  const rows = DynamoDBDocumentClient.from(new DynamoDBClient(config));
  return {
    ...createState(settings, config),
    serviceIndex: dynamoDbServiceIndex(rows, settings.tableName),
    runs: createSweepRuns(settings.sweepTableName, config),
    sweep: invokeSweep(new LambdaClient(withInvocationTimeout(config)), settings.sweepFunction),
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
        allowedZones: effectivePolicy.rules.allowedZones.map(({ id }) => id),
      };
    },
    taggerFor: perAccountRegion((place) => appRunnerTagger(new AppRunnerClient(configs(place, 'tag')))),
    now,
  };
}
