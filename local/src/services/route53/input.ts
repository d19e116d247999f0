import { AwsError } from '../../wire/errors.ts';

/** A required member. @throws AwsError InvalidInput when it is missing. */
export function required<Value>(value: Value | undefined, member: string): Value {
  if (value === undefined) throw new AwsError('InvalidInput', `Invalid request: Missing field '${member}'`);
  return value;
}

/**
 * How many to return at most. Route 53 takes any positive number and never returns more than `most` (documented).
 * @throws AwsError InvalidInput
 */
export function pageSize(given: number | undefined, most: number): number {
  if (given === undefined) return most;
  if (!Number.isInteger(given) || given < 1) {
    throw new AwsError('InvalidInput', `Invalid MaxItems: ${given}. It must be a number from 1 to ${most}.`);
  }
  return Math.min(given, most);
}
