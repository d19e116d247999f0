import type { StaticErrorSchema, StaticOperationSchema } from '@smithy/types';

// The SDK exports its schemas among everything else; the first element is the kind.

const isErrorSchema = (value: unknown): value is StaticErrorSchema => Array.isArray(value) && value[0] === -3;

const isOperationSchema = (value: unknown): value is StaticOperationSchema => Array.isArray(value) && value[0] === 9;

/** Clients export thousands of things, and a cloud is made for each test: each client is searched once. */
function searchedOnce<Schema>(is: (value: unknown) => value is Schema): (client: object) => readonly Schema[] {
  const found = new WeakMap<object, readonly Schema[]>();
  return (client) => {
    const schemas = found.get(client) ?? Object.values(client).filter(is);
    found.set(client, schemas);
    return schemas;
  };
}

/** The operations that an SDK client knows: all that the AWS service has. */
export const operationSchemas = searchedOnce(isOperationSchema);

/** The errors that an SDK client models. */
export const errorSchemas = searchedOnce(isErrorSchema);
