import type { z } from 'zod';
import type { ProblemName } from './problems.ts';

/** One route: all that validation, types, OpenAPI and the access policies are made of. */
export interface Route<
  Params extends z.ZodObject = z.ZodObject,
  Query extends z.ZodObject = z.ZodObject,
  Body extends z.ZodType = z.ZodType,
  Answer extends z.ZodType = z.ZodType,
> {
  readonly method: 'GET' | 'POST';
  /** `{parameter}` is one segment. */
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  /** Which of the stack's two managed policies allows it. */
  readonly access: 'read' | 'change';
  /** Of the path's parameters. */
  readonly params: Params;
  readonly query: Query;
  readonly body: {
    readonly schema: Body;
    /** Without a body that is not required, `{}` is taken for it. */
    readonly required: boolean;
    /** Bytes; 0: the route takes no body. */
    readonly limit: number;
  };
  readonly answer: {
    readonly status: 200 | 202;
    readonly description: string;
    readonly schema: Answer;
    /** Whether the header Location says where to look: the member `watch` of the answer. */
    readonly location?: true;
  };
  /** Besides those that every route has. */
  readonly problems: readonly ProblemName[];
}

/** What can be wrong with a request for the route. */
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
