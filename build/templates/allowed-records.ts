import { z } from 'zod';
import type { PackagedRecords } from '../../shared/packaged-records.ts';
import { MANAGED_POLICIES_PER_ROLE, MANAGED_POLICY_LIMIT, policySize } from './limits.ts';

/** The hosted zones, and the patterns of names, in which records may be written. */
export interface AllowedRecords {
  readonly zones: readonly string[];
  readonly names: readonly string[];
}

/** More zones or names than the managed policies of a role have room for; the message says how many fit. */
export class AllowedRecordsError extends Error {
  override readonly name = 'AllowedRecordsError';
}

/** Logical ids of the policies in `stack/allowed-records.yml` and `stack/member/zones.yml`. */
const ZONES_POLICY = 'AllowedZonesPolicy';
const NAMES_POLICY = 'AllowedNamesPolicy';
const NAMES_KEY = 'route53:ChangeResourceRecordSetsNormalizedRecordNames';
/** Parameters and environment variables that hold the lists while they are short. */
export const LIST_PARAMETERS = ['AllowedZones', 'AllowedNames', 'ZoneRoleZones'];
const LIST_VARIABLES = ['ALLOWED_ZONES', 'ALLOWED_NAMES', 'ZONE_ROLE_ZONES'];

/**
 * Characters of all lists together that stay parameters of the stack: a parameter holds 4,096, and so does the environment
 * of a function, which has other variables too.
 */
const MAX_PARAMETER_CHARACTERS = 2000;

const anything = z.record(z.string(), z.unknown());
const policySchema = z.looseObject({
  Properties: z.looseObject({
    ManagedPolicyName: z.unknown(),
    PolicyDocument: z.looseObject({ Statement: z.tuple([z.looseObject({ Condition: anything.optional() })]) }),
  }),
});
const resourceSchema = z.looseObject({ Type: z.string(), Properties: anything.default({}) });
const templateSchema = z.looseObject({
  Parameters: anything,
  Resources: z.looseObject({ [ZONES_POLICY]: policySchema, [NAMES_POLICY]: policySchema }),
});

const metadataSchema = z.object({
  Metadata: z.object({
    AllowedRecords: z.object({
      zones: z.array(z.string()),
      names: z.array(z.string()),
      zoneRoleZones: z.array(z.string()),
    }),
  }),
});

/** Whether the lists can be parameters of the stack, or have to be written into its template. */
export function fitParameters({ zones, names }: AllowedRecords, zoneRoleZones: readonly string[] = []): boolean {
  const characters = [zones, names, zoneRoleZones].flat().join(',').length;
  // In the template each name stands twice; the rest of the policy has some 600 characters.
  const inPolicy = names.reduce((sum, name) => sum + 2 * name.length + 9, 600);
  return characters <= MAX_PARAMETER_CHARACTERS && inPolicy <= MANAGED_POLICY_LIMIT;
}

/** Arguments of osls that write lists into the template that are too long for parameters of the stack. */
export function listArguments(given: Readonly<Record<string, string>>): readonly string[] {
  const [zones = [], names = [], zoneRoleZones = []] = LIST_PARAMETERS.map((name) =>
    (given[name] ?? '').split(',').filter((item) => item.trim() !== ''),
  );
  if (zones.length === 0 || names.length === 0 || fitParameters({ zones, names }, zoneRoleZones)) return [];
  return LIST_PARAMETERS.flatMap((name) => (given[name] === undefined ? [] : [`--param=${name}=${given[name]}`]));
}

/** What a package holds of the lists; `undefined` where they are parameters of the stack. */
export function packagedRecords(template: unknown): PackagedRecords | undefined {
  return metadataSchema.safeParse(template).data?.Metadata.AllowedRecords;
}

/**
 * The template with the lists written into its policies, as many as they need, and no parameters for them.
 * @throws AllowedRecordsError; ZodError where the template has not the two policies
 */
export function withAllowedRecords(source: unknown, { zones, names }: AllowedRecords): Record<string, unknown> {
  const { Parameters, Resources, ...template } = templateSchema.parse(source);
  const { [ZONES_POLICY]: zonesPolicy, [NAMES_POLICY]: namesPolicy, ...others } = Resources;
  const policies = {
    [ZONES_POLICY]: zones.length === 0 ? [] : [ofZones(zonesPolicy, zones)],
    [NAMES_POLICY]: zones.length === 0 ? [] : namePolicies(namesPolicy, names),
  };
  const written = Object.entries(policies).flatMap(([id, parts]) =>
    parts.map((part, at) => [numbered(id, at, ''), part] as const),
  );
  const resources = Object.entries(others).map(([id, value]): [string, unknown] => {
    const resource = resourceSchema.parse(value);
    if (resource.Type === 'AWS::IAM::Role') return [id, ofRole(resource, policies, zones)];
    return [id, resource.Type === 'AWS::Lambda::Function' ? withoutLists(resource) : resource];
  });
  return {
    ...template,
    Parameters: Object.fromEntries(Object.entries(Parameters).filter(([name]) => !LIST_PARAMETERS.includes(name))),
    Resources: { ...Object.fromEntries(written), ...Object.fromEntries(resources) },
  };
}

type Policy = z.output<typeof policySchema>;
type Resource = z.output<typeof resourceSchema>;

function ofZones(policy: Policy, zones: readonly string[]): Policy {
  const withZones = (some: readonly string[]) =>
    withStatement(policy, { NotResource: some.map((id) => `arn:aws:route53:::hostedzone/${id}`) });
  const whole = withZones(zones);
  if (fits(whole)) return whole;
  const count = zones.findIndex((_, at) => !fits(withZones(zones.slice(0, at + 1))));
  // A statement that denies all zones but some cannot be divided.
  throw new AllowedRecordsError(
    `${zones.length} hosted zones do not fit into a managed policy, which holds ${MANAGED_POLICY_LIMIT} characters: the first ${count} fit. Give the others to the role of another account (docs/organization.md).`,
  );
}

/** The zones' policy takes one of a role's managed policies. */
const MAX_NAME_POLICIES = MANAGED_POLICIES_PER_ROLE - 1;

function namePolicies(policy: Policy, names: readonly string[]): readonly Policy[] {
  const [{ Condition = {} }] = policy.Properties.PolicyDocument.Statement;
  const withNames = (some: readonly string[]) =>
    withStatement(policy, {
      Condition: { ...Condition, 'ForAllValues:StringLike': { [NAMES_KEY]: some.flatMap(recordNames) } },
    });
  const needed = uncovered(names);
  const parts: string[][] = [];
  for (const name of needed) {
    const last = parts.at(-1);
    if (last !== undefined && fits(withNames([...last, name]))) last.push(name);
    else parts.push([name]);
  }
  if (parts.length > MAX_NAME_POLICIES) {
    const count = parts.slice(0, MAX_NAME_POLICIES).flat().length;
    throw new AllowedRecordsError(
      `${needed.length} domain names need ${parts.length} managed policies, and a role has room for ${MAX_NAME_POLICIES}: the first ${count} fit. Allow several names by one, such as *.example.com.`,
    );
  }
  return parts.map((part, at) => numberedPolicy(withNames(part), at));
}

/** A wildcard matches the records below a name already; a name itself also needs its ownership and validation records. */
const recordNames = (name: string): readonly string[] => (name.startsWith('*.') ? [name] : [name, `_*.${name}`]);

/** Without repetitions, and without names that a wildcard of the list covers. */
function uncovered(names: readonly string[]): readonly string[] {
  const wildcards = names.filter((name) => name.startsWith('*.'));
  const isCovered = (name: string) =>
    wildcards.some((wildcard) => wildcard !== name && name.replace(/^\*\./, '').endsWith(wildcard.slice(1)));
  return [...new Set(names)].filter((name) => !isCovered(name));
}

const fits = ({ Properties }: Policy): boolean => policySize(Properties.PolicyDocument) <= MANAGED_POLICY_LIMIT;

function withStatement({ Properties, ...policy }: Policy, members: Readonly<Record<string, unknown>>): Policy {
  const { PolicyDocument } = Properties;
  const [statement] = PolicyDocument.Statement;
  const document = { ...PolicyDocument, Statement: [{ ...statement, ...members }] };
  return policySchema.parse({ ...policy, Properties: { ...Properties, PolicyDocument: document } });
}

const numbered = (text: string, at: number, separator: string): string =>
  at === 0 ? text : `${text}${separator}${at + 1}`;

function numberedPolicy(policy: Policy, at: number): Policy {
  const { ManagedPolicyName } = policy.Properties;
  const name =
    typeof ManagedPolicyName === 'string'
      ? numbered(ManagedPolicyName, at, '-')
      : { 'Fn::Sub': numbered(String(Object(ManagedPolicyName)['Fn::Sub']), at, '-') };
  return { ...policy, Properties: { ...policy.Properties, ManagedPolicyName: name } };
}

/** Each reference to a policy, or `Fn::If` around one, becomes one to each of its parts. */
function ofRole(
  { Properties, ...role }: Resource,
  policies: Readonly<Record<string, readonly Policy[]>>,
  zones: readonly string[],
): Resource {
  const attached: readonly unknown[] = Array.isArray(Properties.ManagedPolicyArns) ? Properties.ManagedPolicyArns : [];
  const each = attached.flatMap((arn) => {
    const [condition, inner] = Object(arn)['Fn::If'] ?? [undefined, arn];
    const id: unknown = Object(inner).Ref;
    const parts = typeof id === 'string' ? policies[id] : undefined;
    if (parts === undefined) return [arn];
    return parts.map((_, at) => {
      const one = { Ref: numbered(String(id), at, '') };
      return condition === undefined ? one : { 'Fn::If': [condition, one, { Ref: 'AWS::NoValue' }] };
    });
  });
  if (each.length === 0 && attached.length === 0) return { ...role, Properties };
  const { Policies, ...others } = Properties;
  const own = Policies === undefined ? {} : { Policies: zones.length === 0 ? withoutReading(Policies) : Policies };
  return { ...role, Properties: { ...others, ManagedPolicyArns: each, ...own } };
}

/** Without a zone there is no policy that keeps the role from reading all of them. */
function withoutReading(policies: unknown): unknown {
  return JSON.parse(JSON.stringify(policies), (_, value: unknown) =>
    Array.isArray(value) ? value.filter((item) => Object(item).Sid !== 'ReadZones') : value,
  );
}

function withoutLists({ Properties, ...resource }: Resource): Resource {
  const environment = anything.parse(Properties.Environment ?? {});
  const variables = Object.entries(anything.parse(environment.Variables ?? {}));
  const Variables = Object.fromEntries(variables.filter(([name]) => !LIST_VARIABLES.includes(name)));
  return { ...resource, Properties: { ...Properties, Environment: { ...environment, Variables } } };
}
