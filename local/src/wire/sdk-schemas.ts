import type { StaticErrorSchema, StaticOperationSchema } from '@smithy/types';
import type { OperationDefinition } from './service.ts';

// The SDK exports its schemas among everything else; the first element tells the kind.

/** Whether an export of an SDK client is a modelled error. */
export const isErrorSchema = (value: unknown): value is StaticErrorSchema => Array.isArray(value) && value[0] === -3;

const isOperationSchema = (value: unknown): value is StaticOperationSchema => Array.isArray(value) && value[0] === 9;

/** Names of the operations that an SDK client knows and `operations` lacks. */
export const missingOperations = (client: object, operations: readonly OperationDefinition[]): readonly string[] =>
  Object.values(client)
    .filter(isOperationSchema)
    .map(([, , name]) => name)
    .filter((name) => !operations.some(({ schema }) => schema[2] === name));
