import type * as z from 'zod';
import type { components } from '../../shared/api/components.ts';
import type { routes } from '../../shared/api/routes.ts';

/** The API's types as openapi-fetch takes them, straight from the schemas of `shared/api/`. */
export type paths = { [Path in AnyRoute['path']]: OperationsAt<Extract<AnyRoute, { readonly path: Path }>> };

/** What the API answers, by the names in `docs/openapi.json`. */
export type Schemas = { [Name in keyof typeof components]: Json<z.output<(typeof components)[Name]>> };

/** What the route takes as query parameters. */
export type Query<Name extends keyof typeof routes> = Json<z.input<(typeof routes)[Name]['query']>>;

type AnyRoute = (typeof routes)[keyof typeof routes];

type OperationsAt<Routes extends AnyRoute> = { [One in Routes as Lowercase<One['method']>]: Operation<One> };

type Operation<One extends AnyRoute> = {
  parameters: PathParameters<One['params']> & { query?: Json<z.input<One['query']>> };
  responses: {
    [Status in One['answer']['status']]: {
      headers: Record<string, unknown>;
      content: { 'application/json': Json<z.output<One['answer']['schema']>> };
    };
  };
} & (One['body']['limit'] extends 0 ? { requestBody?: never } : RequestBody<One['body']['schema']>);

interface RequestBody<Schema extends z.ZodType> {
  requestBody: { content: { 'application/json': Json<z.input<Schema>> } };
}

type PathParameters<Schema extends z.ZodObject> = keyof Schema['shape'] extends never
  ? { path?: never }
  : { path: z.input<Schema> };

/** As JSON brings it: arrays are the receiver's own, and what is absent is never `undefined`. */
type Json<Value> = Value extends readonly (infer Item)[]
  ? Json<Item>[]
  : Value extends object
    ? { [Key in keyof Value]: Json<Exclude<Value[Key], undefined>> }
    : Value;
