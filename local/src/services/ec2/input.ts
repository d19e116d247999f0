import { AwsError } from '../../wire/errors.ts';

/** @throws AwsError `MissingParameter`, with the name as EC2 writes it (`vpcId`). */
export function required<Value>(value: Value | undefined, name: string): Value {
  if (value === undefined || value === '') {
    throw new AwsError('MissingParameter', `The request must contain the parameter ${name}`);
  }
  return value;
}
