/**
 * CloudFormation templates: their form, their limits and the values of their parameters. Pure.
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
