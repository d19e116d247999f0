import { z } from 'zod';
import { largestValue, nameProperty, type ParameterTexts, type SizedTemplate, sizedTemplateSchema } from './largest.ts';

/** Characters that the name of a resource may have (documented in the API reference of each service). */
const NAME_LIMITS: Readonly<Record<string, number>> = {
  'AWS::CloudWatch::Alarm': 255,
  'AWS::DynamoDB::Table': 255,
  'AWS::Events::EventBus': 256,
  'AWS::Events::Rule': 64,
  'AWS::IAM::ManagedPolicy': 128,
  'AWS::IAM::Role': 64,
  'AWS::Lambda::Function': 64,
  'AWS::Logs::LogGroup': 512,
  'AWS::SQS::Queue': 80,
  'AWS::SSM::Parameter': 1011,
  'AWS::ApiGatewayV2::Api': 128,
};

/** Characters without whitespace (docs/facts.md#policy-size-limits). */
const INLINE_POLICIES_LIMIT = 10_240;
export const MANAGED_POLICY_LIMIT = 6144;
export const MANAGED_POLICIES_PER_ROLE = 10;
const TRUST_POLICY_LIMIT = 2048;
/** Bytes of names and values of the environment variables of a function (Lambda quotas). */
const ENVIRONMENT_LIMIT = 4096;

/** Something that is longer, or more, than AWS accepts. */
export interface LimitProblem {
  /** `Resources/ReconcileRole/Properties/RoleName` */
  readonly path: string;
  readonly message: string;
  /** By how much. */
  readonly excess: number;
  /** Whether it is the name of a resource. */
  readonly isName: boolean;
}

/** Names, policies and environments of a template that AWS would refuse for their length. */
export function limitProblems(template: SizedTemplate, values: ParameterTexts = {}): readonly LimitProblem[] {
  return Object.entries(template.Resources).flatMap(([id, resource]) => {
    const measured = [...nameOf(resource, template, values), ...partsOf(resource, template, values)];
    return measured.flatMap(({ property, what, has, most, unit, isName }): readonly LimitProblem[] => {
      if (has <= most) return [];
      const path = `Resources/${id}/Properties/${property}`;
      return [{ path, message: `${what}: ${has} ${unit}, and AWS allows ${most}`, excess: has - most, isName }];
    });
  });
}

interface Measured {
  readonly property: string;
  readonly what: string;
  readonly has: number;
  readonly most: number;
  readonly unit: string;
  readonly isName: boolean;
}

type Resource = SizedTemplate['Resources'][string];

function nameOf({ Type, Properties }: Resource, template: SizedTemplate, values: ParameterTexts): readonly Measured[] {
  const property = nameProperty(Type);
  const most = NAME_LIMITS[Type];
  const name = largestValue(Properties[property], template, values);
  if (most === undefined || typeof name !== 'string') return [];
  return [{ property, what: `the name ${name}`, has: name.length, most, unit: 'characters', isName: true }];
}

const policiesSchema = z.array(z.looseObject({ PolicyDocument: z.unknown() })).catch([]);

function partsOf({ Type, Properties }: Resource, template: SizedTemplate, values: ParameterTexts): readonly Measured[] {
  const size = (value: unknown) => policySize(largestValue(value, template, values));
  const measured = (property: string, what: string, has: number, most: number, unit = 'characters'): Measured => ({
    ...{ property, what, has, most, unit },
    isName: false,
  });
  switch (Type) {
    case 'AWS::IAM::Role': {
      const inline = policiesSchema.parse(Properties.Policies).map(({ PolicyDocument }) => size(PolicyDocument));
      const total = inline.reduce((sum, one) => sum + one, 0);
      const attached = largestValue(Properties.ManagedPolicyArns ?? [], template, values);
      const count = Array.isArray(attached) ? attached.length : 0;
      const trust = size(Properties.AssumeRolePolicyDocument);
      return [
        measured('Policies', 'the inline policies', total, INLINE_POLICIES_LIMIT),
        measured('ManagedPolicyArns', 'the role', count, MANAGED_POLICIES_PER_ROLE, 'managed policies'),
        measured('AssumeRolePolicyDocument', 'the trust policy', trust, TRUST_POLICY_LIMIT),
      ];
    }
    case 'AWS::IAM::ManagedPolicy': {
      const has = size(Properties.PolicyDocument);
      return [measured('PolicyDocument', 'the managed policy', has, MANAGED_POLICY_LIMIT)];
    }
    case 'AWS::Lambda::Function': {
      const variables = largestValue(Properties.Environment, template, values);
      const entries = Object.entries(Object(Object(variables).Variables));
      const has = entries.reduce((sum, [name, value]) => sum + Buffer.byteLength(`${name}${value}`), 0);
      return [measured('Environment', 'the environment', has, ENVIRONMENT_LIMIT, 'bytes')];
    }
    default:
      return [];
  }
}

/** As IAM counts: characters, whitespace left out. */
export const policySize = (document: unknown): number => (JSON.stringify(document) ?? '').replaceAll(/\s/g, '').length;

/** A stage makes names longer than AWS allows, or something else of the templates is too large. */
export class LimitError extends Error {
  override readonly name = 'LimitError';
}

/**
 * @param templates by the name of their file
 * @param stack name of the hub's stack, which ends with `stage`
 * @throws LimitError that names everything too long, and the longest stage that fits
 */
export function checkLimits(templates: Readonly<Record<string, unknown>>, stack: string, stage: string): void {
  const problems = Object.entries(templates).flatMap(([file, template]) =>
    limitProblems(sizedTemplateSchema.parse(template), { HubName: stack }).map((problem) => ({ file, ...problem })),
  );
  if (problems.length === 0) return;
  const lines = problems.map(({ file, path, message }) => `${file}: ${path}: ${message}`);
  const excess = Math.max(...problems.filter(({ isName }) => isName).map((problem) => problem.excess));
  const longest = stage.length - excess;
  if (Number.isFinite(longest))
    lines.push(`The stage "${stage}" has ${stage.length} characters. The longest stage that fits has ${longest}.`);
  throw new LimitError(lines.join('\n'));
}
