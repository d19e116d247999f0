import { Logger } from '@aws-lambda-powertools/logger';
import { expect, it } from 'vitest';
import { onServiceEvent } from '../../functions/on-service-event.ts';
import type { ReconcileMessage } from '../../shared/reconcile/message.ts';
import { SERVICE_ARN } from '../fixtures.ts';

it('ends once an event that cannot be read is kept, and fails if it cannot be', async () => {
  const ended: string[] = [];
  const keeping = (keep: () => Promise<void>) =>
    onServiceEvent({
      notes: { note: () => Promise.reject(new Error('no service is named')) },
      queue: { send: () => Promise.reject(new Error('no service is named')) },
      cutOffQueue: { send: () => Promise.reject(new Error('no service is named')) },
      logger: new Logger({ logLevel: 'SILENT' }),
      isOwnRole: () => false,
      now: () => 0,
      keep,
    });
  const kept = Promise.withResolvers<void>();
  const handled = keeping(() => kept.promise.then(() => void ended.push('kept')))({ source: 'aws.apprunner' });
  const then = handled.then(() => void ended.push('ended'));
  kept.resolve();
  await then;
  expect(ended).toEqual(['kept', 'ended']);
  const failing = keeping(() => Promise.reject(new Error('the queue is gone')));
  await expect(failing({ source: 'aws.apprunner' })).rejects.toThrow('the queue is gone');
});

it.each([true, false])('sends what is cut off (%s) where no other message waits before it', async (isCutOff) => {
  const sent: (readonly [string, ReconcileMessage])[] = [];
  const to = (name: string) => ({ send: async (message: ReconcileMessage) => void sent.push([name, message]) });
  const handle = onServiceEvent({
    notes: { note: async () => ({ sends: true, isCutOff }) },
    queue: to('reconcile'),
    cutOffQueue: to('cut-off'),
    logger: new Logger({ logLevel: 'SILENT' }),
    isOwnRole: () => false,
    now: () => 0,
    keep: () => Promise.reject(new Error('it can be read')),
  });
  const detail = { operationStatus: 'UpdateServiceCompletedSuccessfully' };
  const event = { id: '1', source: 'aws.apprunner', resources: [SERVICE_ARN], detail };
  await handle({ ...event, 'detail-type': 'AppRunner Service Operation Status Change' });
  const message = { serviceArn: SERVICE_ARN, event: true, correlation: 'event/1' };
  expect(sent).toEqual([isCutOff ? ['cut-off', { ...message, cutOff: true }] : ['reconcile', message]]);
});
