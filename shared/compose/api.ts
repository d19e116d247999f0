import { AppRunnerClient } from '@aws-sdk/client-apprunner';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { appRunnerTagger } from '../act/tagger.ts';
import type { ApiParts, PolicyInForce } from '../api/parts.ts';
import { sqsDeadLetters } from '../events/dead-letters.ts';
import { explain } from '../explain/explain.ts';
import { pastOf } from '../pass/look.ts';
import { desire } from '../policy/desire.ts';
import type { ApiSettings } from '../settings.ts';
import { dynamoDbRegister } from '../state/dynamodb-register.ts';
import { freshState } from '../state/row.ts';
import { invokeSweep } from '../sweep/invocation.ts';
import type { AwsConfig } from './aws-config.ts';
import { composeGovern, lookedAfter, type Surveyed } from './govern.ts';
import { composeObservers, forEachPlace, type Surroundings } from './halves.ts';
import { configOf, roleCredentials } from './places.ts';
import { composeRuns, composeState } from './state.ts';

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
