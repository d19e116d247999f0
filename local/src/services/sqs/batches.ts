import type { BatchResultErrorEntry } from '@aws-sdk/client-sqs';
import { AwsError } from '../../wire/errors.ts';

const MOST = 10;

interface Entry {
  readonly Id: string | undefined;
}

/**
 * Does something for each entry of a batch; entries fail one by one.
 *
 * @param kind the entry's shape, for the message about an empty batch.
 * @throws AwsError `EmptyBatchRequest`, `TooManyEntriesInBatchRequest`, `InvalidBatchEntryId`, `BatchEntryIdsNotDistinct`
 * when the batch as a whole is not one.
 */
export function eachEntry<Input extends Entry, Result extends object>(
  kind: string,
  entries: readonly Input[] | undefined,
  run: (entry: Input) => Result,
): { Successful: (Result & { Id: string })[] | undefined; Failed: BatchResultErrorEntry[] | undefined } {
  checkEntries(kind, entries ?? []);
  const successful: (Result & { Id: string })[] = [];
  const failed: BatchResultErrorEntry[] = [];
  for (const entry of entries ?? []) {
    const Id = entry.Id ?? '';
    try {
      successful.push({ ...run(entry), Id });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      failed.push({ Id, SenderFault: true, Code: error.code, Message: error.message });
    }
  }
  // A list without entries is left out of the answer (captured).
  return {
    Successful: successful.length > 0 ? successful : undefined,
    Failed: failed.length > 0 ? failed : undefined,
  };
}

function checkEntries(kind: string, entries: readonly Entry[]): void {
  if (entries.length === 0) {
    throw new AwsError('EmptyBatchRequest', `There should be at least one ${kind} in the request.`);
  }
  if (entries.length > MOST) {
    throw new AwsError(
      'TooManyEntriesInBatchRequest',
      `Maximum number of entries per request are ${MOST}. You have sent ${entries.length}.`,
    );
  }
  const seen = new Set<string>();
  for (const { Id = '' } of entries) {
    if (!/^[\w-]{1,80}$/.test(Id)) {
      throw new AwsError(
        'InvalidBatchEntryId',
        'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
      );
    }
    if (seen.has(Id)) throw new AwsError('BatchEntryIdsNotDistinct', `Id ${Id} repeated.`);
    seen.add(Id);
  }
}
