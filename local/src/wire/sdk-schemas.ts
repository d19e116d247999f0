import type { StaticErrorSchema, StaticOperationSchema } from '@smithy/types';

// The SDK exports its schemas among everything else; the first element is the kind.

/** Whether an export of an SDK client is a modelled error. */
export const isErrorSchema = (value: unknown): value is StaticErrorSchema => Array.isArray(value) && value[0] === -3;

const isOperationSchema = (value: unknown): value is StaticOperationSchema => Array.isArray(value) && value[0] === 9;

/** The operations that an SDK client knows: all that the AWS service has. */
export const operationSchemas = (client: object): readonly StaticOperationSchema[] =>
  Object.values(client).filter(isOperationSchema);
