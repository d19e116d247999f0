import { InconclusiveError } from '../errors.ts';

/**
 * What AWS says in every answer of an operation, if only that there is nothing. XML that lacks it is read as an empty answer,
 * and what is not understood never counts as absence.
 * @param said a member that every answer has.
 * @throws InconclusiveError
 */
export function said<Value>(member: Value | undefined, operation: string): Value {
  if (member === undefined)
    throw new InconclusiveError(`the answer to ${operation} is not one of AWS: nothing can be concluded yet`);
  return member;
}
