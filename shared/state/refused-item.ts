import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';

/**
 * The item as it was when its condition did not hold, for a write that asks for `ReturnValuesOnConditionCheckFailure: ALL_OLD`;
 * `undefined` when there was none. Every other error is thrown.
 */
export function itemThatRefused(error: unknown): Record<string, unknown> | undefined {
  if (!(error instanceof ConditionalCheckFailedException)) throw error;
  return error.Item === undefined ? undefined : unmarshall(error.Item);
}
