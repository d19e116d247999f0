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

/** Every operator of AWS, without `IfExists` and the set prefixes: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
const OPERATOR =
  /^(String(Not)?(Equals(IgnoreCase)?|Like)|(Numeric|Date)((Not)?Equals|(LessThan|GreaterThan)(Equals)?)|Bool|BinaryEquals|(Not)?IpAddress|Arn(Not)?(Equals|Like)|Null)$/;

export type PolicyKind = 'identity' | 'trust' | 'resource';

type ReadStatement = z.infer<typeof statementShape>;

/** The statements of a document that AWS would take; the words are AWS's where they are known (captured). */
function readStatements(document: unknown, kind: PolicyKind): readonly ReadStatement[] {
  let source = document;
  try {
    if (typeof document === 'string') source = JSON.parse(document);
  } catch (error) {
    throw malformed(`This policy contains invalid Json: ${error instanceof Error ? error.message : String(error)}`);
  }
  const parsed = documentShape.safeParse(source);
  if (!parsed.success) throw malformed(`Syntax errors in policy. ${z.prettifyError(parsed.error)}`);
  const statements = parsed.data.Statement;
  for (const statement of statements) checkStatement(statement, kind);
  const sids = statements.flatMap(({ Sid }) => Sid ?? []);
  if (new Set(sids).size < sids.length) throw malformed('Statement IDs (SID) in a single policy must be unique.');
  return statements;
}

function checkStatement(statement: ReadStatement, kind: PolicyKind): void {
  const { Sid = '', Action, NotAction, Resource, NotResource, Principal, Condition = {} } = statement;
  const actions = patterns(Action, NotAction, 'Action');
  const resources = patterns(Resource, NotResource, 'Resource');
  if (actions === undefined) throw malformed('Policy statement must contain actions.');
  if (actions.patterns.some((action) => action !== '*' && !/^[a-z0-9-]+:.+$/i.test(action)))
    throw malformed('Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.');
  for (const spelled of Object.keys(Condition)) {
    if (!OPERATOR.test(spelled.replace(/^(ForAllValues|ForAnyValue):/, '').replace(/IfExists$/, '')))
      throw malformed(`Invalid Condition type : ${spelled}.`);
  }
  if (kind === 'identity') {
    if (!/^[A-Za-z0-9]*$/.test(Sid)) throw malformed('Statement IDs (SID) must be alpha-numeric.');
    if (resources === undefined) throw malformed('Policy statement must contain resources.');
    const bad = resources.patterns.find((resource) => resource !== '*' && !resource.startsWith('arn:'));
    if (bad !== undefined) throw malformed(`Resource ${bad} must be in ARN format or "*".`);
    if (Principal !== undefined) throw malformed('Policy document should not specify a principal.');
  } else if (Principal === undefined) throw malformed('Policy statement must contain a principal.');
  if (kind === 'trust' && resources !== undefined) throw malformed('Has prohibited field Resource.');
}

/**
 * Checks a policy document that is kept and not evaluated.
 * @returns the resources of its statements.
 * @throws AwsError MalformedPolicyDocument, saying where.
 */
export function checkPolicyDocument(document: unknown, kind: PolicyKind): readonly string[] {
  return readStatements(document, kind).flatMap(({ Resource = [], NotResource = [] }) => [...Resource, ...NotResource]);
}

/**
 * A policy document, as an object (CloudFormation, intrinsic functions already resolved) or as JSON text.
 *
 * @param kind `identity` policies say which resources, never which principal; `trust` and `resource` policies name principals.
 * @throws AwsError MalformedPolicyDocument, saying where.
 */
export function parsePolicy(document: unknown, kind: PolicyKind): readonly Statement[] {
  return readStatements(document, kind).map((statement) => ({
    effect: statement.Effect,
    principals: statement.Principal ?? {},
    actions: patterns(statement.Action, statement.NotAction, 'Action') ?? { patterns: [], except: false },
    resources: patterns(statement.Resource, statement.NotResource, 'Resource'),
    conditions: conditionsOf(statement.Condition ?? {}),
  }));
}
