import { isIP } from 'node:net';
import * as z from 'zod';
import { ACCOUNT_ID, ENDPOINT_ID, INSTALLATION_NAME, REGION, VPC_ID, ZONE_ID } from '../../patterns.ts';

/**
 * The kinds of values in a policy file. Every schema's own message is what was expected, from which `issues.ts` makes
 * "what is wrong; expected …".
 */

const text = (expected: string, pattern: RegExp) => z.string({ error: expected }).regex(pattern, { error: expected });

export const oneOf = <const Values extends readonly [string, string, ...string[]]>(values: Values) =>
  z.enum(values, { error: `${values.slice(0, -1).join(', ')} or ${values.at(-1)}` });

/** @param expected where something other than a mapping is. For an unknown key: the known ones. */
export const mapping = <const Shape extends z.core.$ZodLooseShape>(shape: Shape, expected: string) =>
  z.strictObject(shape, {
    error: ({ code }) => (code === 'unrecognized_keys' ? Object.keys(shape).join(', ') : expected),
  });

export const listOf = <Item extends z.ZodType>(items: Item, expected: string) =>
  z.array(items, { error: `a list of ${expected}` }).min(1, { error: `a list of ${expected}, at least one` });

export const installationName = text('1 to 32 of a-z, 0-9 and hyphen', INSTALLATION_NAME);
export const accountId = text('an account id, 12 digits in quotes, such as "012345678901"', ACCOUNT_ID);
export const regionName = text('a region, such as ap-northeast-1', REGION);
export const unitId = text(
  'the id of an organisational unit or of the root, such as ou-abcd-12345678 or r-abcd',
  /^(ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}|r-[0-9a-z]{4,32})$/,
);
export const roleArn = text(
  'the ARN of an IAM role, such as arn:aws:iam::012345678901:role/name',
  /^arn:aws[a-z-]*:iam::\d{12}:role\/[A-Za-z0-9+=,.@_/-]+$/,
);
export const externalId = text(
  'an external id of 2 to 1224 characters without spaces',
  /^[A-Za-z0-9+=,.@:/_-]{2,1224}$/,
);
export const vpcId = text('the id of a VPC, such as vpc-0123456789abcdef0', VPC_ID);
export const endpointId = text('the id of an interface endpoint, such as vpce-0123456789abcdef0', ENDPOINT_ID);
export const subnetId = text('the id of a subnet, such as subnet-0123456789abcdef0', /^subnet-[0-9a-f]{8,17}$/);
export const securityGroupId = text('the id of a security group, such as sg-0123456789abcdef0', /^sg-[0-9a-f]{8,17}$/);
export const functionName = text('the name of a Lambda function', /^[A-Za-z0-9_-]{1,64}$/);
export const zoneId = text('the id of a hosted zone, such as Z0123456789ABCDEFGHIJ', ZONE_ID);

const LABELS = String.raw`([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?`;
export const zoneName = text('a domain name in lower case, such as corp.example.com', new RegExp(`^${LABELS}$`));
export const namePattern = text(
  'a domain name in lower case, a leading "*." standing for all names below, such as "*.corp.example.com"',
  new RegExp(`^(\\*\\.)?${LABELS}$`),
);
/** The checks report unknown variables and templates that make no name. */
export const domainTemplate = text(
  'a domain name with variables, such as "{service}.{account}.corp.example.com"',
  /^[^\s.]+(\.[^\s.]+)+$/,
);

export const claimPattern = text(
  'a domain name in lower case, such as "*.team.example.com", "{service}.example.com" or "_wildcard.example.com"',
  /^(_wildcard\.)?(\*\.)?[a-z0-9{}-]+(\.[a-z0-9{}-]+)+$/,
);

export const ruleName = text('a name of 1 to 64 characters', /^\S(.{0,62}\S)?$/);
export const reasonText = text('the reason, in words', /\S/);
/**
 * A service's name has letters, digits, hyphens and underscores (docs/facts.md#service-arn); another character
 * would never match.
 */
export const serviceGlob = text(
  'a pattern of a service name: letters, digits, hyphen, underscore, * for any text and ? for any character',
  /^[A-Za-z0-9_*?-]{1,40}$/,
);
export const tagKey = text('the key of a tag, 1 to 128 characters', /^[\p{L}\p{N} +=._:/@-]{1,128}$/u);
export const tagGlob = text(
  'a pattern of a tag value, in quotes: * for any text and ? for any character',
  /^[\p{L}\p{N} +=._:/@*?-]{0,256}$/u,
);

const rangeExpected = 'a range of addresses in CIDR form, such as 10.0.0.0/8';
export const addressRange = z.string({ error: rangeExpected }).refine(isAddressRange, { error: rangeExpected });

function isAddressRange(value: string): boolean {
  const [address = '', prefix = '', ...more] = value.split('/');
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return more.length === 0 && /^(0|[1-9]\d{0,2})$/.test(prefix) && Number(prefix) <= bits;
}

/** Milliseconds, once read. */
export const duration = text('a number and a unit, such as 7d, 12h or 30m', /^\d{1,6}[smhd]$/);

const dayExpected = 'a day that exists, such as 2026-03-31';
export const dayPattern = /^\d{4}-\d{2}-\d{2}$/;
export const day = text(dayExpected, dayPattern).refine(isDay, { error: dayExpected });

function isDay(value: string): boolean {
  const time = Date.parse(`${value}T00:00:00Z`);
  // Some engines take 2026-02-30 for the 2nd of March.
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value);
}

const limitExpected = 'a number of services, 0 or more, or a share of them from 1% to 100%';
export const limit = z.union(
  [
    z.int({ error: limitExpected }).nonnegative({ error: limitExpected }),
    z.string().regex(/^([1-9]\d?|100)%$/, { error: limitExpected }),
  ],
  { error: limitExpected },
);
