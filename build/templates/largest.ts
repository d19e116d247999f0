import { z } from 'zod';

const parameterSchema = z.looseObject({
  Type: z.string(),
  Default: z.union([z.string(), z.number()]).optional(),
  AllowedValues: z.array(z.union([z.string(), z.number()])).optional(),
  MaxLength: z.number().optional(),
});

export const sizedTemplateSchema = z.looseObject({
  Parameters: z.record(z.string(), parameterSchema).default({}),
  Resources: z.record(
    z.string(),
    z.looseObject({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) }),
  ),
});

/** A template whose names and policies are measured. */
export type SizedTemplate = z.output<typeof sizedTemplateSchema>;

/** Values of parameters by name. A parameter without one counts with its longest value. */
export type ParameterTexts = Readonly<Record<string, string>>;

const PSEUDO_PARAMETERS: ParameterTexts = {
  'AWS::AccountId': '123456789012',
  'AWS::Partition': 'aws',
  // No region with App Runner has a longer name (docs/facts.md).
  'AWS::Region': 'ap-northeast-1',
  'AWS::StackName': 'x'.repeat(64),
  'AWS::StackId': 'x'.repeat(128),
  'AWS::URLSuffix': 'amazonaws.com',
};

/** CloudFormation cuts the names that it generates to the limit of the service. */
const GENERATED_NAME = 'x'.repeat(64);
const ARN_PREFIX = 'arn:aws:dynamodb:ap-northeast-1:123456789012:';
const NO_VALUE = Symbol('AWS::NoValue');

/** A value of a template with its functions evaluated; of the two values of an `Fn::If`, the longer one. */
export function largestValue(value: unknown, template: SizedTemplate, values: ParameterTexts): unknown {
  const found = evaluate(value, template, values);
  return found === NO_VALUE ? undefined : found;
}

function evaluate(value: unknown, template: SizedTemplate, values: ParameterTexts): unknown {
  const inner = (one: unknown) => evaluate(one, template, values);
  const text = (one: unknown): string => String(inner(one));
  if (Array.isArray(value)) return value.map(inner).filter((item) => item !== NO_VALUE);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [name, argument]: readonly [string, unknown] =
    entries.length === 1 && entries[0] ? entries[0] : ['', undefined];
  const parts: readonly unknown[] = Array.isArray(argument) ? argument : [argument];
  switch (name) {
    case 'Ref':
      return reference(String(argument), template, values);
    case 'Fn::GetAtt':
      return `${ARN_PREFIX}${physicalName(String(parts[0]).split('.')[0] ?? '', template, values)}`;
    case 'Fn::If': {
      const [one, other] = parts.slice(1).map(inner);
      return length(one) >= length(other) ? one : other;
    }
    case 'Fn::Sub': {
      const [pattern, variables] = parts;
      const own = Object(variables);
      return String(pattern).replaceAll(/\$\{([^!}][^}]*)\}/g, (_, variable: string) => {
        if (Object.hasOwn(own, variable)) return text(own[variable]);
        return text(variable.includes('.') ? { 'Fn::GetAtt': [variable] } : { Ref: variable });
      });
    }
    case 'Fn::Join': {
      const list = inner(parts[1]);
      return Array.isArray(list) ? list.map(String).join(String(parts[0])) : String(list);
    }
    case 'Fn::Split':
      return text(parts[1]).split(String(parts[0]));
    default:
      return Object.fromEntries(
        entries.map(([key, one]) => [key, inner(one)] as const).filter(([, one]) => one !== NO_VALUE),
      );
  }
}

const length = (value: unknown): number => (value === NO_VALUE ? 0 : (JSON.stringify(value) ?? '').length);

function reference(name: string, template: SizedTemplate, values: ParameterTexts): unknown {
  if (name === 'AWS::NoValue') return NO_VALUE;
  const pseudo = PSEUDO_PARAMETERS[name];
  if (pseudo !== undefined) return pseudo;
  const parameter = template.Parameters[name];
  if (parameter === undefined) return physicalName(name, template, values);
  const text = values[name] ?? longest(parameter);
  return parameter.Type === 'CommaDelimitedList' ? text.split(',') : text;
}

function longest({ AllowedValues, MaxLength, Default }: z.output<typeof parameterSchema>): string {
  if (AllowedValues !== undefined)
    return AllowedValues.map(String).reduce((one, other) => (other.length > one.length ? other : one));
  return MaxLength === undefined ? String(Default ?? '') : 'x'.repeat(MaxLength);
}

function physicalName(id: string, template: SizedTemplate, values: ParameterTexts): string {
  const resource = template.Resources[id];
  const named = resource === undefined ? undefined : resource.Properties[nameProperty(resource.Type)];
  if (named === undefined) return GENERATED_NAME;
  // Two names that refer to each other are the linter's concern.
  const { [id]: _, ...Resources } = template.Resources;
  const found = evaluate(named, { ...template, Resources }, values);
  return typeof found === 'string' ? found : GENERATED_NAME;
}

/** `AWS::IAM::Role` → `RoleName`; EventBridge, SSM and API Gateway say `Name`. */
export function nameProperty(type: string): string {
  const [, service, kind = ''] = type.split('::');
  if (service === 'Events' || service === 'SSM' || service === 'ApiGatewayV2') return 'Name';
  return kind === 'ManagedPolicy' ? 'ManagedPolicyName' : `${kind}Name`;
}
