import type * as z from 'zod';
import type { ProblemName } from './problems.ts';

/** One route: validation, types, docs/openapi.json and the access policies all follow from it. */
export interface Route<
  Params extends z.ZodObject = z.ZodObject,
  Query extends z.ZodObject = z.ZodObject,
  Body extends z.ZodType = z.ZodType,
  Answer extends z.ZodType = z.ZodType,
> {
  readonly method: 'GET' | 'POST';
  /** As OpenAPI writes it: `{parameter}` is one segment. */
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  /** Which of the stack's two managed policies allows it. */
  readonly access: 'read' | 'change';
  readonly params: Params;
  readonly query: Query;
  readonly body: {
    readonly schema: Body;
    /** An optional body that is missing is read as `{}`. */
    readonly required: boolean;
    /** Bytes; 0: the route takes no body. */
    readonly limit: number;
  };
  readonly answer: {
    readonly status: 200 | 202 | 302;
    readonly description: string;
    readonly schema: Answer;
    /** The member of the answer that is also in the header Location. */
    readonly location?: 'watch' | 'url';
  };
  /** Besides those that every route has. */
  readonly problems: readonly ProblemName[];
}

/** What a route's handler receives: validated. */
export interface Input<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** ARN of the IAM identity that signed the request. */
  readonly caller: string;
  /** Of the request. */
  readonly requestId: string;
}

/** The problems a request for the route may be answered with. */
export function problemsOf({ params, query, body, problems }: Route): readonly ProblemName[] {
  const takes = (schema: z.ZodObject, ...names: ProblemName[]) => (Object.keys(schema.shape).length > 0 ? names : []);
  const withBody: readonly ProblemName[] = [
    'body-not-json',
    'body-too-large',
    'content-type-unsupported',
    'body-invalid',
    ...(body.required ? (['body-missing'] as const) : []),
  ];
  const names: readonly ProblemName[] = [
    'caller-unknown',
    'query-invalid',
    ...takes(params, 'path-invalid'),
    ...takes(query, 'cursor-invalid'),
    ...(body.limit === 0 ? (['body-unexpected'] as const) : withBody),
    ...problems,
    'aws-throttled',
    'aws-unavailable',
    'internal',
  ];
  return [...new Set(names)];
}
