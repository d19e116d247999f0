import { Logger } from '@aws-lambda-powertools/logger';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import * as z from 'zod';
import type { ClientConfig } from '../shared/aws/client-config.ts';
import { lambdaClientConfig } from '../shared/aws/timeouts.ts';
import { SECOND } from '../shared/duration.ts';
import type { Invocation } from '../shared/invocation.ts';
import { type FindingEvent, findingEvent } from '../shared/lifecycle/event.ts';
import { dynamoDbNotices } from '../shared/lifecycle/notice-memory.ts';
import { type NotifyParts, notifyPeople } from '../shared/lifecycle/notify.ts';
import { parseMessage } from '../shared/message.ts';
import { readPackaged } from '../shared/policy/file/packaged.ts';
import { defaultNotifications, type PolicyNotifications } from '../shared/policy/policy.ts';
import { type NotifySettings, parseNotifySettings } from '../shared/settings.ts';
import { createStore, documents } from '../shared/state/tables.ts';

export interface NotifyDependencies extends NotifyParts {
  readonly logger: Logger;
}

/** An event as the rule hands it over, or as it waited in the queue. */
const body = z.object({ detail: findingEvent });

/**
 * Events of findings → messages for people, in the topic. A batch that fails comes again; a message that is no event fails alone,
 * and ends in the dead-letter queue.
 */
export function notify({ logger, ...parts }: NotifyDependencies) {
  return async (event: SQSEvent, context?: Invocation): Promise<SQSBatchResponse> => {
    const batch: FindingEvent[] = [];
    const batchItemFailures: SQSBatchResponse['batchItemFailures'] = [];
    for (const record of event.Records) {
      try {
        batch.push(parseMessage(body, record.body, 'an event of a finding (docs/lifecycle-events.md)').detail);
      } catch (error) {
        logger.error('cannot read an event of a finding', { messageId: record.messageId, error });
        batchItemFailures.push({ itemIdentifier: record.messageId });
      }
    }
    const services = [...new Set(batch.map(({ service }) => service.arn))];
    logger.info('begins', { services, invocation: context?.awsRequestId });
    const { messages, said, waiting } = await notifyPeople(batch, parts);
    for (const { id, service, kind, finding, correlation } of said)
      logger.info('sent to people', { serviceArn: service.arn, correlation, event: id, kind, finding: finding.id });
    logger.info('notified', { events: batch.length, messages, waiting });
    return { batchItemFailures };
  };
}

export function createNotifyParts(
  { tableName, noticesTableName, queueUrl, topicArn, stack, docsUrl }: NotifySettings,
  notifications: PolicyNotifications,
  config: ClientConfig,
  now: () => number,
): NotifyParts {
  const [sns, sqs] = [new SNSClient(config), new SQSClient(config)];
  return {
    memory: dynamoDbNotices(documents(config), noticesTableName),
    rows: createStore(tableName, config),
    notifications,
    stack,
    docsUrl,
    now,
    async publish({ subject, text }) {
      await sns.send(new PublishCommand({ TopicArn: topicArn, Subject: subject, Message: text }));
    },
    async wait(event, delay) {
      const MessageBody = JSON.stringify({ detail: event });
      const DelaySeconds = Math.ceil(delay / SECOND);
      await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody, DelaySeconds }));
    },
  };
}

function createDependencies(): NotifyDependencies {
  const notifications = readPackaged()?.notifications ?? defaultNotifications;
  const settings = parseNotifySettings(process.env);
  return { ...createNotifyParts(settings, notifications, lambdaClientConfig, Date.now), logger: new Logger() };
}

let made: ReturnType<typeof notify> | undefined;
export const handler = (event: SQSEvent, context: Invocation): Promise<SQSBatchResponse> => {
  made ??= notify(createDependencies());
  return made(event, context);
};
