import type { Capability, Parameter } from '@aws-sdk/client-cloudformation';
import { readTemplate, resolveParameters, type Template, TemplateError } from '../../deploy/template.ts';
import { parseTemplate } from '../../deploy/template-text.ts';
import { AwsError } from '../../wire/errors.ts';

/** Documented: bytes of a template in the request, and of one in S3. */
const MAXIMUM_BODY = 51_200;
const MAXIMUM_OBJECT = 1_048_576;

/** The text of an object of the caller's account in S3, by its URL. @throws AwsError ValidationError when there is none. */
export type ReadObject = (url: string, account: string) => string;

export interface TemplateSource {
  readonly TemplateBody?: string | undefined;
  readonly TemplateURL?: string | undefined;
}

export interface GivenTemplate {
  readonly text: string;
  readonly document: unknown;
  readonly template: Template;
}

export const invalid = (message: string) => new AwsError('ValidationError', message);

/** Whatever CloudFormation would call invalid, as it would say it. */
export function validated<Result>(check: () => Result): Result {
  try {
    return check();
  } catch (error) {
    if (error instanceof TemplateError) throw invalid(error.message);
    throw error;
  }
}

/** @throws AwsError ValidationError */
export function templateOf(
  { TemplateBody, TemplateURL }: TemplateSource,
  read: ReadObject,
  account: string,
): GivenTemplate {
  if ((TemplateBody === undefined) === (TemplateURL === undefined))
    throw invalid('Either Template URL or Template Body must be specified.');
  if (TemplateBody !== undefined && Buffer.byteLength(TemplateBody) > MAXIMUM_BODY) {
    throw invalid(
      `1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to ${MAXIMUM_BODY}`,
    );
  }
  const text = TemplateBody ?? read(TemplateURL ?? '', account);
  if (Buffer.byteLength(text) > MAXIMUM_OBJECT)
    throw invalid(`Template may not exceed ${MAXIMUM_OBJECT} bytes in size.`);
  return validated(() => readText(text));
}

/** @throws TemplateError */
export function readText(text: string): GivenTemplate {
  const document = parseTemplate(text);
  return { text, document, template: readTemplate(document) };
}

/**
 * The parameters that a request gives, each by its value or as it was; what has a default may be left out.
 * @throws AwsError ValidationError
 */
export function parametersOf(
  template: Template,
  given: readonly Parameter[],
  previous: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const { ParameterKey: key = '', ParameterValue: value, UsePreviousValue: keep } of given) {
    const chosen = keep === true ? (previous[key] ?? template.Parameters?.[key]?.Default) : value;
    if (keep === true && value !== undefined)
      throw invalid(
        `Invalid input for parameter key ${key}. Cannot specify usePreviousValue as true and non empty value for a parameter`,
      );
    if (chosen !== undefined) values[key] = String(chosen);
  }
  validated(() => resolveParameters(template, values));
  return values;
}

const NAMES = ['RoleName', 'ManagedPolicyName', 'PolicyName', 'UserName', 'GroupName', 'InstanceProfileName'];

/** The capability that a template takes, and why. */
export function capabilitiesOf({
  Resources,
}: Template): { readonly capability: Capability; readonly reason: string } | undefined {
  const iam = Object.values(Resources).filter(({ Type }) => Type.startsWith('AWS::IAM::'));
  if (iam.length === 0) return undefined;
  const types = [...new Set(iam.map(({ Type }) => Type))];
  const named = iam.some(({ Properties = {} }) => NAMES.some((name) => name in Properties));
  return {
    capability: named ? 'CAPABILITY_NAMED_IAM' : 'CAPABILITY_IAM',
    reason: `The following resource(s) require capabilities: [${types.join(', ')}]`,
  };
}

/** @throws AwsError InsufficientCapabilitiesException */
export function checkCapabilities(template: Template, given: readonly string[]): void {
  const needed = capabilitiesOf(template)?.capability;
  if (needed === undefined || given.includes(needed) || given.includes('CAPABILITY_NAMED_IAM')) return;
  throw new AwsError('InsufficientCapabilitiesException', `Requires capabilities : [${needed}]`);
}
