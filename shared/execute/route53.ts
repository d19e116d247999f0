import {
  type Change,
  ChangeResourceRecordSetsCommand,
  type ResourceRecordSet,
  type Route53Client,
  type RRType,
} from '@aws-sdk/client-route-53';
import { errorMessage, errorName, normalizeAwsText } from '../errors.ts';
import type { RecordChange, RecordSet } from '../records/record-set.ts';
import { type ExecutionOutcome, outcomeOf, retryLater } from './outcome.ts';

/**
 * One atomic batch (docs/facts.md#change-batch-limits). Only CREATE and DELETE: an upsert could overwrite another
 * owner's record.
 */
export async function changeRecords(
  route53: Route53Client,
  { zoneId, changes }: { readonly zoneId: string; readonly changes: readonly RecordChange[] },
): Promise<ExecutionOutcome> {
  try {
    await route53.send(
      new ChangeResourceRecordSetsCommand({
        HostedZoneId: zoneId,
        ChangeBatch: { Comment: 'apprunner-private-ingress', Changes: changes.map(change) },
      }),
    );
    return { kind: 'done' };
  } catch (error) {
    // Another writer was faster: the record exists already, was deleted or differs. The batch changed nothing.
    if (errorName(error) === 'InvalidChangeBatch' && RACE.test(messagesOf(error))) {
      return retryLater(error, messagesOf(error));
    }
    return outcomeOf(error);
  }
}

const RACE = /already exists|was not found|do not match the current values/;

/** Route 53 reports what is wrong in a list of messages, one per change. */
function messagesOf(error: unknown): string {
  if (error instanceof Error && 'messages' in error && Array.isArray(error.messages) && error.messages.length > 0) {
    return normalizeAwsText(error.messages.join('; '));
  }
  return errorMessage(error);
}

function change({ action, record }: RecordChange): Change {
  return { Action: action, ResourceRecordSet: resourceRecordSet(record) };
}

function resourceRecordSet({ name, type, content }: RecordSet): ResourceRecordSet {
  // The product writes A, AAAA, CNAME and TXT; what it deletes it has read as one of the model's types.
  const base = { Name: name, Type: type as RRType };
  switch (content.kind) {
    case 'alias':
      return {
        ...base,
        AliasTarget: {
          DNSName: content.target,
          HostedZoneId: content.targetZoneId,
          EvaluateTargetHealth: content.evaluateTargetHealth,
        },
      };
    case 'values':
      return { ...base, TTL: content.ttl, ResourceRecords: content.values.map((Value) => ({ Value })) };
    case 'other':
      throw new Error(`a record ${content.description} is never written or deleted by this product`);
  }
}
