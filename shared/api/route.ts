import type { z } from 'zod';
import type { ProblemName } from './problems.ts';

/** One route: all that validation, types, OpenAPI and the access policies are made of. */
export interface Route {
  readonly method: 'GET' | 'POST';
  /** `{parameter}` is one segment. */
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  /** Which of the stack's two managed policies allows it. */
  readonly access: 'read' | 'change';
  /** Of the path's parameters. */
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: {
    readonly schema: z.ZodType;
    /** Without one, `{}` is taken for it if the schema takes that. */
    readonly required: boolean;
    /** Bytes. */
    readonly limit: number;
  };
  readonly answer: {
    readonly status: 200 | 202;
    readonly description: string;
    readonly schema: z.ZodType;
    /** Whether the header Location says where to look. */
    readonly location?: true;
  };
  /** Besides those that every route has. */
  readonly problems: readonly ProblemName[];
}

/** What can be wrong with any request, and with any that has what the route takes. */
export function problemsOf({ params, query, body, problems }: Route): readonly ProblemName[] {
  const names: readonly ProblemName[] = [
    'caller-unknown',
    'query-invalid',
    ...(params === undefined ? [] : (['path-invalid'] as const)),
    ...(query === undefined ? [] : (['cursor-invalid'] as const)),
    ...(body === undefined
      ? (['body-unexpected'] as const)
      : (['body-not-json', 'body-too-large', 'content-type-unsupported', 'body-invalid'] as const)),
    ...(body?.required === true ? (['body-missing'] as const) : []),
    ...problems,
    'aws-throttled',
    'aws-unavailable',
    'internal',
  ];
  return [...new Set(names)];
}
