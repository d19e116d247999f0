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

One stack looks after many accounts and regions by a file, \`policy.yml\` in the root of this repository, or where the
environment variable \`POLICY_FILE\` says. It is packaged with the functions; without one, the stack's
[parameters](parameters.md) make a policy of its own account and region, in which every service follows its tags.

A wrong file is never deployed: \`npm run package\` and \`npm run deploy\` check it first. Each of these takes another file too
(\`check policy.example.yml\`, \`explain … --file policy.example.yml\`), and \`--local\` or \`--stack\` gives it the tags and units of
services that are there ([cli.md](cli.md#policy-explain)):

\`\`\`sh
# everything that is wrong, each with file:line:column and what was expected
npm run policy -- check
# which rule speaks for a service, and why the earlier ones do not
npm run policy -- explain <service-arn> --tags stage=prod --unit ou-abcd-payments r-abcd
# which services another policy would change
npm run policy -- diff policy.yml new-policy.yml --services services.json
\`\`\`

Editors that know YAML schemas (VS Code with the YAML extension, for one) complete and check it as it is written, by its
first line: \`# yaml-language-server: $schema=docs/policy.schema.json\`.

## Example

\`\`\`yaml
${(await readFile(EXAMPLE, 'utf8')).trim()}
\`\`\`

## How rules are tried

From the top; **the first that matches speaks for the service, alone**: nothing is added to it by the others. All parts of
\`match\` have to hold, and of a list one is enough. A rule without \`match\` matches every service, so it comes last. A service
that no rule matches is ignored, as with \`private: ignored\`.

| \`private\`  | what holds                                                                                                        |
| ---------- | ----------------------------------------------------------------------------------------------------------------- |
| \`required\` | The service must be private. A tag that says otherwise is overruled, and told of as a finding.                    |
| \`by-tag\`   | The service does as its [tags](tags.md) say; without tags, nothing is done.                                       |
| \`ignored\`  | The service is left alone, whatever its tags say.                                                                 |

Patterns of names and tag values: \`*\` stands for any text, also none, \`?\` for one character, and case counts. A pattern that
begins with \`*\`, and a name that begins with \`{\`, need quotes in YAML.

Domains are made of templates: \`{service}\` is the service's name, \`{account}\` its account id, \`{region}\` its region, all in lower
case. A name can still turn out wrong for one service, such as one called \`my_api\`: that is a finding of this service.

## Audit and enforce

\`mode: audit\`, the default, makes the plan for each service and tells it, and writes nothing. \`mode: enforce\` carries it out. The
mode is that of \`required\`: where a service is private by its own tag, the tag acts in either. Start with \`audit\`, read what the
sweeps find, and change the rule when it is what you want. The kill switch (\`npm run cli -- kill-switch on\`) turns
every rule into audit at once, without a deployment.

## Exceptions

An exception lets its services be: until the end of its day (UTC), \`required\` counts as \`by-tag\` for them. It needs a reason. Once
it has ended it does nothing, the rule holds again, and a finding says so; at the next check of the file it is a problem, until it is
taken out or given a later day.

So a service that the rule has made private, and that carries no tag, is one whose tag is missing: after \`DetachGrace\` it is given
back, and with \`onDetach: keep-private\` nothing reaches it any more. Tag it before the exception is deployed: \`private-ingress=enabled\`
keeps it as it is, \`released\` leaves it to its owner.

## Limits

A sweep first finds out everything that differs. If it would change, or give back, more services than \`limits\` say, it stops before
its first write and tells what it wanted, until it is confirmed. A share is one of the services looked after. \`100%\` limits nothing,
\`0\` lets nothing pass without being confirmed. What is being changed already does not count; a service counts as given back when it
has lost its tag and its grace time would begin, for that ends without another sweep.

## Beside the stack's parameters

\`owner\` has to be the stack's \`Installation\`, or the functions refuse to start. \`DetachGrace\`, \`UnobservableGrace\` and, where a rule
does not say otherwise, \`AliasStrategy\` and \`OnDetach\` hold for all services. What the policy allows, the roles have to allow as well:
zones of the stack's own account and names in them are \`AllowedZones\` and \`AllowedNames\`, those of another account are parameters of
the template for zones there. \`VpcId\`, \`EndpointSubnetIds\`, \`EndpointSecurityGroupIds\` and \`ZoneRoleZones\` are for stacks without a
policy file.

## What is checked beyond the schema

Accounts, regions and names that are not looked after or do not agree; names that fall under no zone; rules that can never speak
because an earlier one matches everything they do; \`enforce\` where no network says from which VPC; settings that have no effect;
exceptions that except from nothing, from everything or not any more. YAML is taken without anchors, aliases, merge keys, tags and
directives. What only AWS knows, such as whether a VPC exists, is told by the stack as [findings](findings.md).

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
  return [`${title}${table(['key', 'takes', 'without it', 'meaning'], rows)}`, ...below];
}

function typeOf(schema: JsonSchema): string {
  const { type, enum: values, const: only, anyOf } = schema;
  if (only !== undefined) return `\`${only}\``;
  if (values !== undefined) return values.map((value) => `\`${value}\``).join(', ');
  if (anyOf?.some((one) => typeof one === 'object' && one.type === 'integer') === true)
    return 'a number, or a share such as `25%`';
  if (anyOf !== undefined) return 'a day such as `2026-03-31`';
  if (type === 'array') {
    const items = itemsOf(schema);
    return items?.type === 'object' ? 'a list of mappings' : 'a list of texts';
  }
  return type === 'object' ? 'a mapping' : 'a text';
}

function defaultOf({ default: value }: JsonSchema): string {
  if (value === undefined || typeof value === 'object') return '';
  return `\`${value}\``;
}
