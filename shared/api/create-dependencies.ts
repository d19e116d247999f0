import { AppRunnerClient } from '@aws-sdk/client-apprunner';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { AwsConfig } from '../aws/client-config.ts';
import { configOf, roleCredentials } from '../aws/credentials.ts';
import { sqsDeadLetters } from '../events/dead-letters.ts';
import { appRunnerTagger } from '../execute/tagger.ts';
import { desire } from '../policy/desire.ts';
import { composeGovern, lookedAfter, type Surveyed } from '../policy/evaluator.ts';
import type { PolicyInForce } from '../policy/policy.ts';
import { pastOf } from '../reconcile/converge.ts';
import { composeObservers, forEachPlace, type Surroundings } from '../reconcile/service-access.ts';
import type { ApiSettings } from '../settings.ts';
import { dynamoDbRegister } from '../state/dynamodb-service-index.ts';
import { freshState } from '../state/row.ts';
import { composeRuns, composeState } from '../state/tables.ts';
import { invokeSweep } from '../sweep/invocation.ts';
import type { ApiParts } from './dependencies.ts';
import { explain } from './explain.ts';

/** What the API uses: the reading half, and of the writing one nothing but the tags. */
export function composeApi(
  settings: ApiSettings,
  inForce: PolicyInForce,
  config: AwsConfig,
  surroundings: Surroundings & Surveyed,
): ApiParts {
  const { policy } = inForce;
  const { now } = surroundings;
  const observerOf = composeObservers(settings, policy, config, surroundings);
  const govern = composeGovern(policy, settings, surroundings);
  const configs = configOf(settings.membership, config, roleCredentials(config, now));
  const rows = DynamoDBDocumentClient.from(new DynamoDBClient(config));
  return {
    ...composeState(settings, config),
    register: dynamoDbRegister(rows, settings.tableName),
    runs: composeRuns(settings.sweepTableName, config),
    sweep: invokeSweep(new LambdaClient(config), settings.sweepFunction),
    inForce,
    deadLetters: sqsDeadLetters(new SQSClient(config), settings.deadLetterQueueUrl),
    async notLookedAfter(service) {
      const looked = await lookedAfter(policy, service, surroundings);
      return looked.kind === 'no' ? looked.why : undefined;
    },
    observe: (service) => observerOf(service).service(service.arn),
    explain: (service, row) => explain(service, row, { observer: observerOf(service), govern }),
    async wanted(service, tags, row) {
      const governed = await govern(service, tags);
      return {
        desire: desire(service.arn, tags, pastOf(row ?? freshState), governed, now()),
        allowedZones: governed.rules.allowedZones.map(({ id }) => id),
      };
    },
    taggerFor: forEachPlace((place) => appRunnerTagger(new AppRunnerClient(configs(place, 'tag')))),
    now,
  };
}
