import { z } from 'zod';
import { readStackSource } from '../../build/stack-source.ts';
import { parameterFields } from '../../build/templates/parameter.ts';
import type { GeneratedDocument } from './document.ts';
import { table } from './table.ts';

const parameterSchema = z.strictObject({ ...parameterFields, Description: z.string() });

type Parameter = z.infer<typeof parameterSchema>;

const parametersSchema = z.record(z.string(), parameterSchema);
const templateSchema = z.object({ Parameters: parametersSchema });

const COLUMNS = ['name', 'default', 'values', 'meaning'];

/** `docs/parameters.md`, from `stack/parameters.yml`. */
export async function parametersDocument(): Promise<GeneratedDocument> {
  const parameters = Object.entries(await readStackSource('stack/parameters.yml', parametersSchema));
  const required = parameters.filter(([, { Default }]) => Default === undefined);
  const optional = parameters.filter(([, { Default }]) => Default !== undefined);
  const content = `<!-- Generated from stack/parameters.yml by "npm run docs". -->
# Parameters of the stack

Give each as \`--param='Name=value'\`; lists are separated by commas. A parameter that is not given falls back to its default, also when
the stack is deployed again, so keep the command. A missing required parameter and an unknown name stop the deployment.

\`\`\`sh
npm run deploy -- ${required.map(([name]) => `--param='${name}=…'`).join(' ')}
\`\`\`

## Required

${table(COLUMNS, rows(required))}

## Optional

${table(COLUMNS, rows(optional))}
`;
  return { path: 'docs/parameters.md', content };
}

/** `docs/member-parameters.md`, from the `Parameters` of the templates in `stack/member/`. */
export async function memberParametersDocument(): Promise<GeneratedDocument> {
  const member = await templateParameters('template.yml');
  const zones = await templateParameters('zones.yml');
  const organization = await templateParameters('organization.yml');
  const content = `<!-- Generated from the templates in stack/member/ by "npm run docs". -->
# Parameters of the templates for other accounts

[organization.md](organization.md) shows how to install the templates. Parameters without a default are required.

## member-template.json: every account, in every region

${table(COLUMNS, rows(member))}

## zones-template.json: the account of the hosted zones

${table(COLUMNS, rows(zones))}

## organization-template.json: the management account, where the hub cannot list the accounts itself

${table(COLUMNS, rows(organization))}
`;
  return { path: 'docs/member-parameters.md', content };
}

async function templateParameters(name: string): Promise<readonly [string, Parameter][]> {
  return Object.entries((await readStackSource(`stack/member/${name}`, templateSchema)).Parameters);
}

function rows(parameters: readonly (readonly [string, Parameter])[]): readonly (readonly string[])[] {
  return parameters.map(([name, parameter]) => [
    `\`${name}\``,
    parameter.Default === undefined ? '' : code(parameter.Default),
    values(parameter),
    parameter.Description,
  ]);
}

function values({ Type, AllowedValues, ConstraintDescription, MinValue, MaxValue }: Parameter): string {
  if (AllowedValues !== undefined) return AllowedValues.map(code).join(', ');
  if (Type === 'Number' && MinValue !== undefined)
    return MaxValue === undefined ? `a number, ${MinValue} or more` : `a number from ${MinValue} to ${MaxValue}`;
  if (Type === 'Number') return 'a number';
  return (ConstraintDescription ?? '').replace(/\.$/, '');
}

const code = (text: string | number) => (text === '' ? '(empty)' : `\`${text}\``);
