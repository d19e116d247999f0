import { AwsError } from '../../wire/errors.ts';

/** The code that SQS uses for most wrong values; it is in no model (captured). */
export const invalidValue = (message: string): AwsError => new AwsError('InvalidParameterValue', message);

/** `Value 901 for parameter DelaySeconds is invalid. Reason: …` (captured). */
export const invalidParameter = (name: string, value: unknown, reason: string): AwsError =>
  invalidValue(`Value ${value} for parameter ${name} is invalid. Reason: ${reason}`);

export const unknownAttribute = (name: string): AwsError =>
  new AwsError('InvalidAttributeName', `Unknown Attribute ${name}.`);

export const noSuchQueue = (): AwsError =>
  new AwsError('QueueDoesNotExist', 'The specified queue does not exist.', { status: 400 });

export const fifoUnsupported = (): AwsError =>
  new AwsError(
    'UnsupportedOperation',
    'FIFO queues are not imitated by the embedded cloud; create a standard queue, without FifoQueue and .fifo.',
  );

/**
 * A whole number within bounds.
 * @throws AwsError `InvalidParameterValue` with the reason as SQS words it.
 */
export function withinBounds(name: string, value: number, low: number, high: number, reason: string): number {
  if (!Number.isInteger(value) || value < low || value > high) throw invalidParameter(name, value, reason);
  return value;
}
