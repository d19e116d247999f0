import type { Parameter, ParameterHistory, ParameterMetadata, ParameterTier, ParameterType } from '@aws-sdk/client-ssm';
import { AwsError } from '../../wire/errors.ts';
import { accessDenied, validation } from './refusals.ts';

/** One value that a parameter had or has. */
export interface Version {
  readonly version: number;
  readonly value: string;
  readonly type: ParameterType;
  readonly tier: ParameterTier;
  readonly description: string | undefined;
  readonly allowedPattern: string | undefined;
  readonly keyId: string | undefined;
  readonly modifiedAt: number;
  /** ARN of the caller who put it. */
  readonly modifiedBy: string;
}

export interface ParameterRecord {
  readonly name: string;
  readonly arn: string;
  /** The oldest first; at most 100 (documented). */
  readonly versions: readonly Version[];
  readonly tags: ReadonlyMap<string, string>;
}

interface Place {
  readonly account: string;
  readonly region: string;
}

const MOST_LEVELS = 15;
/** Characters, those of the ARN before the name included (documented). */
const LONGEST_NAME = 1011;
const LONGEST: Readonly<Record<string, number>> = { Standard: 4096, Advanced: 8192 };

export const parameterArn = ({ account, region }: Place, name: string): string =>
  `arn:aws:ssm:${region}:${account}:parameter/${name.replace(/^\//, '')}`;

/** The name without its version selector (`name:3`), and the selector; a name may be given as the parameter's ARN. */
export function selected(
  place: Place,
  given: string,
): { readonly name: string; readonly selector: string | undefined } {
  const prefix = parameterArn(place, '');
  const plain = given.startsWith(prefix) ? `/${given.slice(prefix.length)}` : given;
  const [name = '', selector] = plain.split(':');
  return { name, selector };
}

/** @throws AwsError ValidationException, AccessDeniedException, HierarchyLevelLimitExceededException */
export function checkName(place: Place, name: string): void {
  if (/^\/?(aws|ssm)/i.test(name)) throw accessDenied(`No access to reserved parameter name: ${name}.`);
  const wellFormed = /^(\/[\w.-]+)+$|^[\w.-]+$/.test(name);
  if (!wellFormed || parameterArn(place, name).length > LONGEST_NAME) {
    throw validation(
      'Parameter name: can\'t be prefixed with "ssm" (case-insensitive). If formed as a path, it can consist of ' +
        'sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following ' +
        '3 symbols .-_',
    );
  }
  if (name.split('/').length - 1 > MOST_LEVELS) {
    throw new AwsError(
      'HierarchyLevelLimitExceededException',
      `Parameter name must not exceed ${MOST_LEVELS} levels of hierarchy.`,
    );
  }
}

/** @throws AwsError ValidationException, ParameterPatternMismatchException */
export function checkValue(value: string, tier: ParameterTier, allowedPattern: string | undefined): void {
  const longest = LONGEST[tier] ?? LONGEST.Standard ?? 0;
  if (value === '') {
    throw validation(
      "1 validation error detected: Value '' at 'value' failed to satisfy constraint: Member must have length greater than or equal to 1.",
    );
  }
  if (Buffer.byteLength(value) > longest) {
    throw validation(
      `${tier} tier parameters support a maximum parameter value of ${longest} characters. To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier.`,
    );
  }
  if (/\{\{.*\}\}/s.test(value)) {
    throw validation('Parameter value can\'t nest another parameter. Do not use "{{}}" in the value');
  }
  if (allowedPattern !== undefined && !patternOf(allowedPattern).test(value)) {
    throw new AwsError(
      'ParameterPatternMismatchException',
      `Parameter value, cannot be validated against allowedPattern: ${allowedPattern}`,
    );
  }
}

/** @throws AwsError InvalidAllowedPatternException */
function patternOf(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch {
    throw new AwsError('InvalidAllowedPatternException', `Invalid allowed pattern: ${text}`);
  }
}

/** There are no keys here: what is not decrypted is not readable, and that is all. */
function shown({ type, value }: Version, decrypt: boolean): string {
  return type !== 'SecureString' || decrypt ? value : Buffer.from(`encrypted:${value}`).toString('base64');
}

export function describedValue(
  { name, arn }: ParameterRecord,
  version: Version,
  { decrypt, selector }: { readonly decrypt: boolean; readonly selector?: string | undefined },
): Parameter {
  return {
    Name: name,
    ARN: arn,
    Type: version.type,
    Value: shown(version, decrypt),
    Version: version.version,
    LastModifiedDate: new Date(version.modifiedAt),
    DataType: 'text',
    ...(selector === undefined ? {} : { Selector: `:${selector}` }),
  };
}

export function describedMetadata({ name, arn }: ParameterRecord, version: Version): ParameterMetadata {
  return {
    Name: name,
    ARN: arn,
    Type: version.type,
    KeyId: version.keyId,
    LastModifiedDate: new Date(version.modifiedAt),
    LastModifiedUser: version.modifiedBy,
    Description: version.description,
    AllowedPattern: version.allowedPattern,
    Version: version.version,
    Tier: version.tier,
    Policies: [],
    DataType: 'text',
  };
}

export function describedHistory(record: ParameterRecord, version: Version, decrypt: boolean): ParameterHistory {
  const { ARN: _, ...metadata } = describedMetadata(record, version);
  return { ...metadata, Value: shown(version, decrypt), Labels: [] };
}
