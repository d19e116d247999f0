import type { AwsConfig } from '../aws/client-config.ts';
import { composeSurvey } from '../observe/scope-reader.ts';
import { composeGovern } from '../policy/evaluator.ts';
import type { Policy } from '../policy/policy.ts';
import { composeObservers, type Surroundings, systemSurroundings } from '../reconcile/service-access.ts';
import type { RuleSettings, SweepSettings } from '../settings.ts';
import { composeRuns, composeState } from '../state/tables.ts';
import type { CompareParts } from './compare.ts';
import type { ConcludeParts } from './sweep.ts';

/** What compares one target and, if it is the last, concludes the run. */
export function composeCompare(
  settings: SweepSettings,
  rules: RuleSettings,
  policy: Policy,
  config: AwsConfig = {},
  surroundings: Surroundings = systemSurroundings,
): CompareParts & ConcludeParts {
  const { account = '', region = '' } = rules.hub;
  return {
    ...composeState(settings, config),
    runs: composeRuns(settings.sweepTableName, config),
    policy,
    now: surroundings.now,
    observerOf: composeObservers(rules, policy, config, surroundings),
    govern: composeGovern(policy, rules, composeSurvey(policy, config, surroundings.now)),
    installation: policy.owner,
    endpointHourlyPrice: rules.endpointHourlyPrice,
    hub: { account, region },
  };
}
