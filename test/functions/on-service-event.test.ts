import { Logger } from '@aws-lambda-powertools/logger';
import { expect, it } from 'vitest';
import { onServiceEvent } from '../../functions/on-service-event.ts';

it('ends once an event that cannot be read is kept, and fails if it cannot be', async () => {
  const ended: string[] = [];
  const keeping = (keep: () => Promise<void>) =>
    onServiceEvent({
      store: { noteEvent: () => Promise.reject(new Error('no service is named')) },
      queue: { send: () => Promise.reject(new Error('no service is named')) },
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
