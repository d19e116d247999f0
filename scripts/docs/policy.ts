import { readFile } from 'node:fs/promises';
import { itemsOf, type JsonSchema, keysOf, policyJsonSchema } from '../../shared/policy/file/json-schema.ts';
import type { GeneratedDocument } from './document.ts';
import { table } from './table.ts';

const EXAMPLE = new URL('../../policy.example.yml', import.meta.url);

/** `docs/policy.schema.json`, for editors. */
export function policySchemaDocument(): GeneratedDocument {
  return { path: 'docs/policy.schema.json', content: `${JSON.stringify(policyJsonSchema(), null, 2)}\n` };
}

/** `docs/policy.md`, from the schema of the policy file and the example. */
export async function policyDocument(): Promise<GeneratedDocument> {
  const schema = policyJsonSchema();
  const content = `<!-- Generated from shared/policy/file/schema.ts and policy.example.yml by "npm run docs". -->
# Policy file

With a policy file, one stack manages many accounts and regions. It is \`policy.yml\` in the root of this repository, or the file that the
environment variable \`POLICY_FILE\` names, and is packaged with the functions. Without one, the stack's
[parameters](parameters.md) are the policy of its own account and region, in which every service follows its tags.

A file with a problem is never deployed: \`npm run package\` and \`npm run deploy\` check it first. Each of these commands takes another file
too (\`check policy.example.yml\`, \`explain … --file policy.example.yml\`). With \`--local\` or \`--stack\` it uses tags and units of
existing services ([cli.md](cli.md#policy-explain)):

\`\`\`sh
# every problem, with file:line:column and what was expected
npm run policy -- check
# which rule matches a service, and why the earlier ones do not
npm run policy -- explain <service-arn> --tags stage=prod --unit ou-abcd-payments r-abcd
# which services get another policy decision
npm run policy -- diff policy.yml new-policy.yml --services services.json
\`\`\`

Editors that support YAML schemas (such as VS Code with the YAML extension) complete and check the file by its first line:
\`# yaml-language-server: $schema=docs/policy.schema.json\`.

## Example

\`\`\`yaml
${(await readFile(EXAMPLE, 'utf8')).trim()}
\`\`\`

## How rules match

Rules are tried from the top. **The first rule that matches decides alone**: later rules add nothing. All parts of \`match\` must
match; of a list, one entry is enough. A rule without \`match\` matches every service, so it comes last. A service that no rule
matches is ignored, as with \`private: ignored\`.

| \`private\`  | effect                                                                                                            |
| ---------- | ----------------------------------------------------------------------------------------------------------------- |
| \`required\` | The service must be private. The policy overrules other tag values, with a finding.                     |
| \`by-tag\`   | The service follows its [tags](tags.md); without tags, nothing happens.                                           |
| \`ignored\`  | The service is not managed, whatever its tags are.                                                                |

Patterns of names and tag values: \`*\` matches any text, also an empty one, \`?\` one character, and case matters. In YAML, quote a
pattern that begins with \`*\` and a name that begins with \`{\`.

Domains are templates: \`{service}\` is the service's name, \`{account}\` its account id, \`{region}\` its region, all in lower case. The
result may be invalid for a single service, such as one called \`my_api\`: this is a finding of that service.

## Audit and enforce

\`mode: audit\`, the default, reports the plan for each service as a finding and executes nothing. \`mode: enforce\` executes it. The mode
is for \`required\` only: a service that requests private ingress by its own tag gets it in both modes. Start with \`audit\`, read what the
sweeps find, and change the rule when it is what you want. The kill switch (\`npm run cli -- kill-switch on\`) turns
every rule into audit at once, without a deployment.

## Exceptions

An exception exempts its services: until the end of its day (UTC), \`required\` is \`by-tag\` for them. It needs a reason. After its end
the rule applies again, and a finding reports it. The next check of the file reports an ended exception as a problem, until it is
removed or renewed.

So a service that the rule made private, and that has no tag, counts as one whose tag is missing: after \`DetachGrace\` it is detached,
and with \`onDetach: keep-private\` it is unreachable. Tag it before you deploy the exception: \`private-ingress=enabled\` keeps it
attached, \`released\` leaves it as it is and stops managing it.

## Limits

A sweep first compares everything. If it would change, or detach, more services than \`limits\` allow, it is held before its first
write and reports what it would do, until it is confirmed. A share is one of the managed services. \`100%\` sets no limit, \`0\` requires
a confirmation of every change. A service that is being changed already does not count. A service counts as detached when it has lost
its tag and its grace time would begin, because that ends without another sweep.

## Beside the stack's parameters

\`owner\` must be the stack's \`Installation\`, or the functions refuse to start. \`DetachGrace\`, \`UnobservableGrace\` and, unless a rule
sets them, \`AliasStrategy\` and \`OnDetach\` apply to all services. The roles must allow what the policy allows: zones of the stack's own
account and names in them are \`AllowedZones\` and \`AllowedNames\`; those of another account are parameters of the template for zones
there. Lists of more than 2,000 characters are written into the package instead
([why](decisions/records-in-managed-policies.md)). \`VpcId\`, \`EndpointSubnetIds\`, \`EndpointSecurityGroupIds\` and \`ZoneRoleZones\` are for stacks without a
policy file.

## Checks beyond the schema

Accounts, regions and names that are out of scope or contradict each other; names below no zone; rules that can never match because an
earlier one matches the same services; \`enforce\` where no network names a VPC; settings without effect; exceptions that except nothing or
everything, or that have ended. YAML anchors, aliases, merge keys, tags and directives are refused. What only AWS knows, such as
whether a VPC exists, the stack reports as [findings](findings.md).

\`policy check\` also warns where owners can take a service out of a rule with \`private: required\` by what they choose themselves: the
rule matches by tags, names or regions, and a weaker rule or none applies then; an earlier, weaker rule or an exception matches by
tags or by patterns of names. It warns, too, where a tag gives \`names\`, \`domains\` or \`adopt\`, and where two \`domains\` make one name. Accounts and units bind a service. \`doctor\` shows the same. Under such a rule the other tags of
a service bind nothing: a VPC that is not allowed, or an endpoint that cannot be used, is reported, and the ones of the rule count.

## Keys

${sections('', schema).join('\n\n')}
`;
  return { path: 'docs/policy.md', content };
}

/** A table of a mapping's keys, and after it those of the mappings in it. */
function sections(path: string, schema: JsonSchema): readonly string[] {
  const keys = keysOf(schema);
  const rows = keys.map(([key, value]) => [
    `\`${key}\``,
    typeOf(value),
    schema.required?.includes(key) === true ? 'required' : defaultOf(value),
    value.description ?? '',
  ]);
  const below = keys.flatMap(([key, value]) => {
    const inner = value.type === 'array' ? itemsOf(value) : value;
    const innerPath = `${path}${path === '' ? '' : '.'}${key}${value.type === 'array' ? '[]' : ''}`;
    return inner === undefined || keysOf(inner).length === 0 ? [] : sections(innerPath, inner);
  });
  const title = path === '' ? '' : `### \`${path}\`\n\n`;
  return [`${title}${table(['key', 'type', 'default', 'meaning'], rows)}`, ...below];
}

function typeOf(schema: JsonSchema): string {
  const { type, enum: values, const: only, anyOf } = schema;
  if (only !== undefined) return `\`${only}\``;
  if (values !== undefined) return values.map((value) => `\`${value}\``).join(', ');
  if (anyOf?.some((one) => typeof one === 'object' && one.type === 'integer') === true)
    return 'a number, or a share such as `25%`';
  if (anyOf !== undefined) return 'a day such as `2026-03-31`';
  if (type === 'boolean') return '`true`, `false`';
  if (type === 'array') {
    const items = itemsOf(schema);
    return items?.type === 'object' ? 'a list of mappings' : 'a list of strings';
  }
  return type === 'object' ? 'a mapping' : 'a string';
}

function defaultOf({ default: value }: JsonSchema): string {
  if (value === undefined || typeof value === 'object') return '';
  return `\`${value}\``;
}
