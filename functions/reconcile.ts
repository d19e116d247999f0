import { randomUUID } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { withDeadline } from '../shared/aws/deadline.ts';
import { withUrgency } from '../shared/aws/rate-budget.ts';
import { lambdaClientConfig, observedClientConfig, SERVICE_TIME_MS } from '../shared/aws/timeouts.ts';
import { withCause } from '../shared/cause.ts';
import type { Invocation } from '../shared/invocation.ts';
import { textIn } from '../shared/message.ts';
import { type MetricName, metricUnits } from '../shared/metrics.ts';
import { createScopeReader } from '../shared/observe/scope-reader.ts';
import type { Wait } from '../shared/plan/wait.ts';
import { createPolicyEvaluator } from '../shared/policy/evaluator.ts';
import { loadPolicy } from '../shared/policy/file/packaged.ts';
import { createKillSwitch } from '../shared/reconcile/kill-switch.ts';
import { parseReconcileMessage, urgencyOf } from '../shared/reconcile/message.ts';
import { type ReconcileDependencies, reconcileService } from '../shared/reconcile/reconcile.ts';
import { createServiceAccess, systemClockAndDns } from '../shared/reconcile/service-access.ts';
import { parseReconcileSettings } from '../shared/settings.ts';
import { createState } from '../shared/state/rows-and-queue.ts';
import { createClaims, createRoute53Budget } from '../shared/state/tables.ts';

export interface ReconcileFunctionDependencies extends ReconcileDependencies {
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** The message has to come again, because another reconciliation runs. */
class RedeliverError extends Error {
  override readonly name = 'RedeliverError';
}

/** Queue message → one reconciliation. If it fails, SQS redelivers the message and finally moves it to the dead-letter queue. */
export function reconcile(dependencies: ReconcileFunctionDependencies) {
  const { logger, metrics } = dependencies;
  const measure = (name: MetricName, value: number) => metrics.addMetric(name, metricUnits[name], value);

  const one = async ({ messageId, body }: SQSRecord): Promise<void> => {
    const message = parseReconcileMessage(body);
    const result = await withUrgency(urgencyOf(message), () => reconcileService(messageId, message, dependencies));
    const { serviceArn, correlation } = message;
    if (result.kind === 'redeliver')
      throw new RedeliverError(
        `another reconciliation of ${message.serviceArn} runs, or this one lost its lease: SQS redelivers message ${messageId}`,
      );
    if (result.kind === 'waiting') {
      logger.info('still waiting', { serviceArn, correlation, waits: waitNames(result.waits) });
      measure('StatusChecks', 1);
      return;
    }
    if (result.kind !== 'reconciled') {
      logger.info('not reconciled', { serviceArn, correlation, result: result.kind });
      return;
    }
    const { phase, state } = result;
    logger.info('reconciled', {
      serviceArn,
      correlation,
      phase,
      waits: waitNames(state.waits),
      findings: state.findings.map(({ code }) => code),
    });
    measure('Reconciliations', 1);
    measure('OpenFindings', state.findings.length);
  };

  return async (event: SQSEvent, context?: Invocation): Promise<SQSBatchResponse> => {
    // The library of the other functions is 2 kB of the bundle.
    const failed = async (record: SQSRecord): Promise<boolean> => {
      const { messageId, body } = record;
      const cause = { serviceArn: textIn(body, 'serviceArn'), correlation: textIn(body, 'correlation') };
      const { serviceArn, correlation } = cause;
      // Lambda's own "Task timed out" names no service: this line does, with the request id that it has.
      logger.info('begins', { serviceArn, correlation, invocation: context?.awsRequestId });
      try {
        await withDeadline(Date.now() + SERVICE_TIME_MS, () => withCause(cause, () => one(record)));
        return false;
      } catch (error) {
        logger.error('reconciliation failed; SQS redelivers its message', {
          serviceArn,
          correlation,
          messageId,
          error,
        });
        // One that another reconciliation has to end first did not fail.
        if (!(error instanceof RedeliverError)) measure('FailedReconciliations', 1);
        return true;
      }
    };
    try {
      const failures = await Promise.all(event.Records.map(failed));
      const again = event.Records.filter((_, index) => failures[index]);
      return { batchItemFailures: again.map(({ messageId }) => ({ itemIdentifier: messageId })) };
    } finally {
      if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
    }
  };
}

function waitNames(waits: readonly Pick<Wait, 'kind' | 'subject'>[]): readonly string[] {
  return waits.map(({ kind, subject }) => `${kind}:${subject}`);
}

function compose(): ReconcileFunctionDependencies {
  const settings = parseReconcileSettings(process.env);
  const policy = loadPolicy(settings);
  const claims = createClaims(settings.claimsTableName, lambdaClientConfig);
  return {
    ...createState(settings, lambdaClientConfig),
    claims,
    accessTo: createServiceAccess(settings, policy, { claims, token: randomUUID }, observedClientConfig, {
      ...systemClockAndDns,
      route53Budget: createRoute53Budget(settings, lambdaClientConfig),
    }),
    evaluatePolicy: createPolicyEvaluator(
      policy,
      settings,
      createScopeReader(policy, lambdaClientConfig, systemClockAndDns.now),
    ),
    killSwitch: createKillSwitch(settings.killSwitchParameter, lambdaClientConfig),
    token: randomUUID,
    random: Math.random,
    logger: new Logger(),
    metrics: new Metrics(),
  };
}

let made: ReturnType<typeof reconcile> | undefined;
export const handler = (event: SQSEvent, context: Invocation): Promise<SQSBatchResponse> => {
  made ??= reconcile(compose());
  return made(event, context);
};
