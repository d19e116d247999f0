import { z } from 'zod';
import { AwsError } from '../wire/errors.ts';
import { type Condition, knowsOperator } from './condition.ts';

const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
/** IAM takes one value wherever it takes a list of them. */
const listOf = <Item extends z.ZodType>(item: Item) =>
  z.preprocess((value) => (value === undefined || Array.isArray(value) ? value : [value]), z.array(item));
const texts = listOf(text);
const principals = z.preprocess((value) => (value === '*' ? { AWS: '*' } : value), z.record(z.string(), texts));

const statementShape = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Principal: principals.optional(),
  Action: texts.optional(),
  NotAction: texts.optional(),
  Resource: texts.optional(),
  NotResource: texts.optional(),
  Condition: z.record(z.string(), z.record(z.string(), texts)).optional(),
});

const documentShape = z.strictObject({
  Version: z.enum(['2012-10-17', '2008-10-17']).optional(),
  Id: z.string().optional(),
  Statement: listOf(statementShape),
});

/** `except` is NotAction, NotResource. */
export interface Patterns {
  readonly patterns: readonly string[];
  readonly except: boolean;
}

export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  /** `AWS`, `Service` … → who; only in trust and resource policies. */
  readonly principals: Readonly<Record<string, readonly string[]>>;
  readonly actions: Patterns;
  /** `undefined` in a trust policy, which is about the role it hangs on. */
  readonly resources: Patterns | undefined;
  readonly conditions: readonly Condition[];
}

const malformed = (detail: string) => new AwsError('MalformedPolicyDocument', detail);

function patterns(plain: string[] | undefined, except: string[] | undefined, name: string): Patterns | undefined {
  if (plain !== undefined && except !== undefined) throw malformed(`a statement has both ${name} and Not${name}`);
  if (plain !== undefined) return { patterns: plain, except: false };
  return except === undefined ? undefined : { patterns: except, except: true };
}

function conditionsOf(block: Readonly<Record<string, Readonly<Record<string, string[]>>>>): Condition[] {
  return Object.entries(block).flatMap(([spelled, keys]) => {
    const [, prefix, operator = spelled, ifExists] =
      /^(?:(ForAllValues|ForAnyValue):)?(.+?)(IfExists)?$/.exec(spelled) ?? [];
    if (!knowsOperator(operator)) {
      throw malformed(
        `the condition operator ${spelled} is not one that the embedded IAM evaluates; ` +
          'use a String, Arn, Bool or Null operator, or the policy would not mean here what it means in AWS',
      );
    }
    return Object.entries(keys).map(([key, values]) => ({
      operator,
      set: prefix === 'ForAllValues' ? ('all' as const) : prefix === 'ForAnyValue' ? ('any' as const) : undefined,
      ifExists: ifExists !== undefined,
      key: key.toLowerCase(),
      values,
    }));
  });
}

/**
 * A policy document, as an object (CloudFormation, intrinsic functions already resolved) or as JSON text.
 *
 * @param kind `identity` policies say which resources, never which principal; `trust` and `resource` policies name principals.
 * @throws AwsError MalformedPolicyDocument, saying where.
 */
export function parsePolicy(document: unknown, kind: 'identity' | 'trust' | 'resource'): readonly Statement[] {
  let source = document;
  try {
    if (typeof document === 'string') source = JSON.parse(document);
  } catch (error) {
    throw malformed(`the policy is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const parsed = documentShape.safeParse(source);
  if (!parsed.success) throw malformed(z.prettifyError(parsed.error));
  return parsed.data.Statement.map((statement) => {
    const actions = patterns(statement.Action, statement.NotAction, 'Action');
    const resources = patterns(statement.Resource, statement.NotResource, 'Resource');
    if (actions === undefined) throw malformed('a statement must have Action or NotAction');
    if (kind === 'identity' && resources === undefined)
      throw malformed('a statement must have Resource or NotResource');
    if (kind === 'identity' && statement.Principal !== undefined)
      throw malformed('an identity policy has no Principal');
    if (kind === 'trust' && resources !== undefined) throw malformed('a trust policy has no Resource');
    if (kind !== 'identity' && statement.Principal === undefined) throw malformed('a statement must have a Principal');
    return {
      effect: statement.Effect,
      principals: statement.Principal ?? {},
      actions,
      resources,
      conditions: conditionsOf(statement.Condition ?? {}),
    };
  });
}
