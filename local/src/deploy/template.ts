/**
 * CloudFormation templates, evaluated: parameters, conditions, intrinsic functions, order of creation, outputs.
 * Pure; what a resource's reference and attributes are is asked of the caller.
 */
export interface Template {
  readonly AWSTemplateFormatVersion?: string;
  readonly Description?: string;
  readonly Metadata?: unknown;
  readonly Parameters?: Readonly<Record<string, ParameterDeclaration>>;
  readonly Mappings?: Readonly<Record<string, TemplateJson>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, ResourceDeclaration>>;
  readonly Outputs?: Readonly<Record<string, OutputDeclaration>>;
}

export interface ParameterDeclaration {
  readonly Type: string;
  readonly Description?: string;
  readonly NoEcho?: boolean | string;
  readonly Default?: string | number;
  readonly AllowedValues?: readonly (string | number)[];
  readonly AllowedPattern?: string;
  readonly ConstraintDescription?: string;
  readonly MinLength?: number | string;
  readonly MaxLength?: number | string;
  readonly MinValue?: number | string;
  readonly MaxValue?: number | string;
}

export interface ResourceDeclaration {
  readonly Type: string;
  readonly Properties?: TemplateJson;
  readonly DependsOn?: string | readonly string[];
  readonly Condition?: string;
}

export interface OutputDeclaration {
  readonly Description?: string;
  readonly Value: unknown;
  readonly Condition?: string;
}

export type TemplateJson = Readonly<Record<string, unknown>>;
export type ParameterValue = string | readonly string[];

/** A template that CloudFormation would refuse (`ValidationError`). */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

/** What names mean while a template is evaluated. */
export interface Scope {
  readonly template: Template;
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  /** `AWS::Region` … */
  readonly pseudo: Readonly<Record<string, ParameterValue>>;
  /** What `Ref` of a resource gives. */
  reference(logicalId: string): string;
  /** What `Fn::GetAtt` of a resource gives. */
  attribute(logicalId: string, name: string): unknown;
}

export interface DeploymentPlace {
  readonly account: string;
  readonly region: string;
  readonly stackName: string;
}

/** A stack's id: of the same name always the same. */
export const stackIdOf = ({ account, region, stackName }: DeploymentPlace): string =>
  `arn:aws:cloudformation:${region}:${account}:stack/${stackName}/00000000-0000-4000-8000-000000000000`;

export const pseudoParameters = ({
  account,
  region,
  stackName,
}: DeploymentPlace): Readonly<Record<string, string>> => ({
  'AWS::AccountId': account,
  'AWS::Region': region,
  'AWS::StackName': stackName,
  'AWS::StackId': stackIdOf({ account, region, stackName }),
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
});

export const isJson = (value: unknown): value is TemplateJson =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isScalar = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

const SECTIONS = [
  'AWSTemplateFormatVersion',
  'Conditions',
  'Description',
  'Mappings',
  'Metadata',
  'Outputs',
  'Parameters',
  'Resources',
  'Rules',
  'Transform',
];

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const QUOTAS = { Mappings: 200, Outputs: 200, Parameters: 200, Resources: 500 } as const;
const DESCRIPTION_BYTES = 1024;

/** A JSON template as read from a file. @throws TemplateError in CloudFormation's words */
export function readTemplate(document: unknown): Template {
  const refuse = (problem: string) => new TemplateError(`Template format error: ${problem}`);
  if (!isJson(document)) throw refuse('the template is not an object');
  const unknown = Object.keys(document).filter((section) => !SECTIONS.includes(section));
  if (unknown.length > 0) throw new TemplateError(`Invalid template property or properties [${unknown.join(', ')}]`);
  const { AWSTemplateFormatVersion: format = '2010-09-09', Description: description = '', Resources } = document;
  if (format !== '2010-09-09') throw refuse('unsupported value for AWSTemplateFormatVersion.');
  if (typeof description !== 'string' || Buffer.byteLength(description) > DESCRIPTION_BYTES)
    throw refuse(`'Description' length is greater than ${DESCRIPTION_BYTES}.`);
  if (!isJson(Resources) || Object.keys(Resources).length === 0)
    throw refuse('At least one Resources member must be defined.');
  for (const [section, most] of Object.entries(QUOTAS)) {
    const members = Object.keys(Object(document[section]));
    const kind = section.toLowerCase();
    if (members.length > most)
      throw refuse(`Number of ${kind}, ${members.length}, is greater than maximum allowed, ${most}`);
    const bad = members.find((name) => !/^[A-Za-z0-9]+$/.test(name));
    if (bad !== undefined && section !== 'Mappings')
      throw refuse(`${section.slice(0, -1)} name ${bad} is non alphanumeric.`);
  }
  for (const [logicalId, resource] of Object.entries(Resources)) {
    if (!isJson(resource) || typeof resource.Type !== 'string')
      throw refuse(`[/Resources/${logicalId}] Every Resources object must contain a Type member.`);
  }
  for (const [name, parameter] of Object.entries(Object(document.Parameters))) checkDeclaration(name, parameter);
  // These are the members that this file reads; CloudFormation's other rules are not checked.
  return document as unknown as Template;
}

const PARAMETER_TYPE = /^(String|Number|List<Number>|CommaDelimitedList|(List<)?AWS::[A-Za-z0-9:]+(<.+>)?>?)$/;

function checkDeclaration(name: string, declaration: unknown): void {
  if (!isJson(declaration) || typeof declaration.Type !== 'string')
    throw new TemplateError(`Template format error: Every Parameters object must contain a Type member. (${name})`);
  if (!PARAMETER_TYPE.test(declaration.Type))
    throw new TemplateError(`Template format error: Unrecognized parameter type: ${declaration.Type}`);
  const { AllowedPattern: pattern } = declaration;
  if (pattern === undefined) return;
  try {
    new RegExp(String(pattern));
  } catch {
    throw new TemplateError(`Template format error: AllowedPattern of parameter ${name} is no regular expression`);
  }
}

/** Values for every parameter: given, or the default. @throws TemplateError in CloudFormation's words. */
export function resolveParameters(
  template: Template,
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, ParameterValue>> {
  const declared = template.Parameters ?? {};
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(declared, name));
  if (unknown.length > 0) throw new TemplateError(`Parameters: [${unknown.join(', ')}] do not exist in the template`);
  const lacking = Object.keys(declared).filter(
    (name) => given[name] === undefined && declared[name]?.Default === undefined,
  );
  if (lacking.length > 0) throw new TemplateError(`Parameters: [${lacking.join(', ')}] must have values`);
  return Object.fromEntries(
    Object.entries(declared).map(([name, declaration]) => {
      const text = given[name] ?? String(declaration.Default);
      const isList = declaration.Type === 'CommaDelimitedList' || declaration.Type.startsWith('List<');
      // An empty text is a list without members (documented).
      const value = isList ? (text === '' ? [] : text.split(',').map((item) => item.trim())) : text;
      for (const one of [value].flat()) checkParameter(name, declaration, one);
      return [name, value];
    }),
  );
}

function checkParameter(name: string, declaration: ParameterDeclaration, value: string): void {
  const { AllowedValues: allowed, AllowedPattern: pattern, MinLength, MaxLength, MinValue, MaxValue } = declaration;
  const refuse = (reason: string): never => {
    const { ConstraintDescription: description } = declaration;
    throw new TemplateError(
      description === undefined
        ? `Parameter '${name}' ${reason}`
        : `Parameter ${name} failed to satisfy constraint: ${description}`,
    );
  };
  if (allowed !== undefined && !allowed.map(String).includes(value)) {
    refuse(`must be one of AllowedValues [${allowed.join(', ')}]`);
  }
  if (pattern !== undefined && !new RegExp(`^(?:${pattern})$`, 's').test(value))
    refuse(`must match pattern ${pattern}`);
  if (MinLength !== undefined && value.length < Number(MinLength))
    refuse(`must contain at least ${MinLength} characters`);
  if (MaxLength !== undefined && value.length > Number(MaxLength))
    refuse(`must contain at most ${MaxLength} characters`);
  if (/^(List<)?Number/.test(declaration.Type)) {
    if (value === '' || Number.isNaN(Number(value))) refuse('must be a number');
    if (MinValue !== undefined && Number(value) < Number(MinValue))
      refuse(`must be a number not less than ${MinValue}`);
    if (MaxValue !== undefined && Number(value) > Number(MaxValue))
      refuse(`must be a number not greater than ${MaxValue}`);
  }
}

/** Whether a named condition holds. @throws TemplateError */
export function condition(scope: Scope, name: string): boolean {
  const declared = scope.template.Conditions ?? {};
  if (!Object.hasOwn(declared, name))
    throw new TemplateError(`Template format error: Unresolved condition dependency ${name}`);
  return holds(scope, declared[name]);
}

function holds(scope: Scope, expression: unknown): boolean {
  const [[operator, argument] = ['', undefined]] = isJson(expression) ? Object.entries(expression) : [];
  const operands = Array.isArray(argument) ? argument : [];
  switch (operator) {
    case 'Condition':
      return condition(scope, String(argument));
    case 'Fn::Equals':
      return JSON.stringify(evaluate(scope, operands[0])) === JSON.stringify(evaluate(scope, operands[1]));
    case 'Fn::And':
      return operands.every((operand) => holds(scope, operand));
    case 'Fn::Or':
      return operands.some((operand) => holds(scope, operand));
    case 'Fn::Not':
      return !holds(scope, operands[0]);
    default:
      throw new TemplateError(`Template format error: a condition cannot be ${JSON.stringify(expression)}`);
  }
}

/** What `Ref: AWS::NoValue` leaves behind; members and elements that are this are left out. */
const NO_VALUE = Symbol('AWS::NoValue');

/** A value with its intrinsic functions carried out. @throws TemplateError */
export function evaluate(scope: Scope, value: unknown): unknown {
  const result = resolve(scope, value);
  return result === NO_VALUE ? undefined : result;
}

function resolve(scope: Scope, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => resolve(scope, item)).filter((item) => item !== NO_VALUE);
  if (!isJson(value)) return value;
  const [[name, argument] = ['', undefined], ...others] = Object.entries(value);
  if (others.length === 0 && (name === 'Ref' || name.startsWith('Fn::'))) return intrinsic(scope, name, argument);
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, member]) => [key, resolve(scope, member)] as const)
      .filter(([, member]) => member !== NO_VALUE),
  );
}

function intrinsic(scope: Scope, name: string, argument: unknown): unknown {
  const list = (): readonly unknown[] => {
    if (Array.isArray(argument)) return argument;
    throw new TemplateError(`Template error: ${name} wants a list, not ${JSON.stringify(argument)}`);
  };
  const text = (value: unknown): string => {
    const resolved = resolve(scope, value);
    if (isScalar(resolved)) return String(resolved);
    throw new TemplateError(
      `Template error: every ${name} object must be made of strings; ${JSON.stringify(value)} is none`,
    );
  };
  switch (name) {
    case 'Ref':
      return referenced(scope, String(argument));
    case 'Fn::GetAtt': {
      const [logicalId = '', attribute = ''] = Array.isArray(argument)
        ? argument.map(text)
        : splitAtDot(String(argument));
      return attributeOf(scope, logicalId, attribute);
    }
    case 'Fn::Sub': {
      const [template, variables] = Array.isArray(argument) ? argument : [argument, {}];
      return substitute(scope, String(template), isJson(variables) ? variables : {}, text);
    }
    case 'Fn::Join': {
      const [delimiter, parts] = list();
      const resolved = resolve(scope, parts);
      if (!Array.isArray(resolved))
        throw new TemplateError('Template error: Fn::Join wants a delimiter and a list of strings');
      return resolved.map(text).join(String(delimiter));
    }
    case 'Fn::Split': {
      const [delimiter, source] = list();
      return text(source).split(String(delimiter));
    }
    case 'Fn::Select': {
      const [index, items] = list();
      const [at, resolved] = [Number(text(index)), resolve(scope, items)];
      if (!Array.isArray(resolved) || !(at in resolved)) {
        throw new TemplateError(`Template error: Fn::Select cannot select nonexistent value at index ${at}`);
      }
      return resolved[at];
    }
    case 'Fn::If': {
      const [named, whenTrue, whenFalse] = list();
      return resolve(scope, condition(scope, String(named)) ? whenTrue : whenFalse);
    }
    case 'Fn::FindInMap': {
      const [map, first, second] = list().map(text);
      const found = Object(Object(scope.template.Mappings?.[map ?? ''])[first ?? ''])[second ?? ''];
      if (found === undefined)
        throw new TemplateError(`Template error: Unable to get mapping for ${map}::${first}::${second}`);
      return found;
    }
    case 'Fn::Base64':
      return Buffer.from(text(argument)).toString('base64');
    default:
      throw new TemplateError(`Template error: ${name} is not supported by the embedded cloud`);
  }
}

function referenced(scope: Scope, name: string): unknown {
  if (name === 'AWS::NoValue') return NO_VALUE;
  const value = scope.parameters[name] ?? scope.pseudo[name];
  if (value !== undefined) return value;
  if (!Object.hasOwn(scope.template.Resources, name)) throw unresolved([name]);
  return scope.reference(name);
}

function attributeOf(scope: Scope, logicalId: string, attribute: string): unknown {
  if (!Object.hasOwn(scope.template.Resources, logicalId)) {
    throw new TemplateError(`Template error: instance of Fn::GetAtt references undefined resource ${logicalId}`);
  }
  const value = scope.attribute(logicalId, attribute);
  if (value !== undefined) return value;
  const type = scope.template.Resources[logicalId]?.Type;
  throw new TemplateError(
    `Template error: resource ${logicalId} does not support attribute type ${attribute} in Fn::GetAtt (${type} in the embedded cloud)`,
  );
}

export const splitAtDot = (text: string): [string, string] => [
  text.slice(0, text.indexOf('.')),
  text.slice(text.indexOf('.') + 1),
];

/** `${Name}`, and `${!Literal}`, in the text of an Fn::Sub. */
export const SUBSTITUTION = /\$\{(!?)([^}]*)\}/g;

function substitute(
  _scope: Scope,
  template: string,
  variables: TemplateJson,
  text: (value: unknown) => string,
): string {
  return template.replace(SUBSTITUTION, (_all, literal: string, name: string) => {
    if (literal !== '') return `\${${name}}`;
    if (Object.hasOwn(variables, name)) return text(variables[name]);
    return text(name.includes('.') ? { 'Fn::GetAtt': splitAtDot(name) } : { Ref: name });
  });
}

export const unresolved = (names: readonly string[]): TemplateError =>
  new TemplateError(
    `Template format error: Unresolved resource dependencies [${names.join(', ')}] in the Resources block of the template`,
  );
