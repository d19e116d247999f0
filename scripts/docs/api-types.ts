import { z } from 'zod';
import type { GeneratedDocument } from './document.ts';
import { openApiDocument } from './openapi.ts';

/** The part of JSON Schema 2020-12 that the API's document uses; anything else is an error, never a guess. */
interface Schema {
  readonly $ref?: string | undefined;
  readonly const?: string | number | boolean | null | undefined;
  readonly enum?: readonly (string | number | boolean | null)[] | undefined;
  readonly anyOf?: readonly Schema[] | undefined;
  readonly oneOf?: readonly Schema[] | undefined;
  readonly allOf?: readonly Schema[] | undefined;
  readonly type?: string | readonly string[] | undefined;
  readonly description?: string | undefined;
  readonly properties?: Readonly<Record<string, Schema>> | undefined;
  readonly required?: readonly string[] | undefined;
  readonly additionalProperties?: boolean | Schema | undefined;
  readonly items?: Schema | undefined;
}

const literal = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const schema: z.ZodType<Schema> = z.lazy(() =>
  z.object({
    $ref: z.string().optional(),
    const: literal.optional(),
    enum: z.array(literal).optional(),
    anyOf: z.array(schema).optional(),
    oneOf: z.array(schema).optional(),
    allOf: z.array(schema).optional(),
    type: z.union([z.string(), z.array(z.string())]).optional(),
    description: z.string().optional(),
    properties: z.record(z.string(), schema).optional(),
    required: z.array(z.string()).optional(),
    additionalProperties: z.union([z.boolean(), schema]).optional(),
    items: schema.optional(),
  }),
);

const content = z.record(z.string(), z.object({ schema }));
const parameter = z.object({ name: z.string(), in: z.string(), required: z.boolean().default(false), schema });
const operation = z.object({
  parameters: z.array(parameter).default([]),
  requestBody: z.object({ required: z.boolean().default(false), content }).optional(),
  responses: z.record(z.string(), z.object({ content: content.default({}) })),
});
const pathItem = z.object({ get: operation.optional(), post: operation.optional() });
const documentSchema = z.object({
  paths: z.record(z.string(), pathItem),
  components: z.object({ schemas: z.record(z.string(), schema) }),
});

/**
 * `cli/api/openapi.ts`, from `docs/openapi.json`: its paths and schemas as types, in the form the client openapi-fetch takes
 * them. Made here because openapi-typescript, which makes the same, needs the JavaScript API that TypeScript 7 has no more.
 */
export async function apiTypesDocument(): Promise<GeneratedDocument> {
  return { path: 'cli/api/openapi.ts', content: apiTypes(JSON.parse((await openApiDocument()).content)) };
}

/** @throws ZodError, Error when the document has what is not known here. */
export function apiTypes(openApi: unknown): string {
  const { paths, components } = documentSchema.parse(openApi);
  const items = Object.entries(paths).map(([path, { get, post }]) => {
    return `  '${path}': {\n${operationText('get', get)}${operationText('post', post)}  };\n`;
  });
  const schemas = Object.entries(components.schemas).map(([name, one]) => `    ${key(name)}: ${typeOf(one, 4)};\n`);
  return `// Generated from docs/openapi.json by "npm run docs".

export interface paths {
${items.join('')}}

export interface components {
  schemas: {
${schemas.join('')}  };
}
`;
}

const PLACES = ['query', 'header', 'path', 'cookie'];

function operationText(method: string, one: z.output<typeof operation> | undefined): string {
  if (one === undefined) return `    ${method}?: never;\n`;
  const { parameters, requestBody, responses } = one;
  const places = PLACES.map((place) => {
    const here = parameters.filter((given) => given.in === place);
    if (here.length === 0) return `        ${place}?: never;\n`;
    const members = here.map(({ name, required, schema: of }) => `          ${member(name, required, of, 10)}`);
    return `        ${place}${here.some(({ required }) => required) ? '' : '?'}: {\n${members.join('')}        };\n`;
  });
  const body =
    requestBody === undefined
      ? 'requestBody?: never'
      : `requestBody${requestBody.required ? '' : '?'}: { ${contentText(requestBody.content)} }`;
  const answers = Object.entries(responses).map(
    ([status, given]) => `        ${status}: { headers: Record<string, unknown>; ${contentText(given.content)} };\n`,
  );
  return `    ${method}: {
      parameters: {
${places.join('')}      };
      ${body};
      responses: {
${answers.join('')}      };
    };
`;
}

function contentText(given: z.output<typeof content>): string {
  const types = Object.entries(given).map(([type, { schema: of }]) => `'${type}': ${typeOf(of, 0)}`);
  return types.length === 0 ? 'content?: never' : `content: { ${types.join('; ')} }`;
}

function typeOf(of: Schema, indent: number): string {
  if (of.$ref !== undefined) return `components['schemas']['${of.$ref.slice(of.$ref.lastIndexOf('/') + 1)}']`;
  if (of.const !== undefined) return JSON.stringify(of.const).replaceAll('"', "'");
  if (of.enum !== undefined) return union(of.enum.map((value) => JSON.stringify(value).replaceAll('"', "'")));
  const alternatives = of.anyOf ?? of.oneOf;
  if (alternatives !== undefined) return union(alternatives.map((one) => typeOf(one, indent)));
  if (of.allOf !== undefined) return of.allOf.map((one) => typeOf(one, indent)).join(' & ');
  const [type, ...more] = [of.type ?? 'unknown'].flat();
  if (more.length > 0) return union([type, ...more].map((one) => typeOf({ ...of, type: one }, indent)));
  switch (type) {
    case 'string':
    case 'boolean':
    case 'null':
      return type;
    case 'integer':
    case 'number':
      return 'number';
    case 'array':
      return `${element(of.items, indent)}[]`;
    case 'object':
      return objectText(of, indent);
    case 'unknown':
      return 'unknown';
    default:
      throw new Error(
        `docs/openapi.json has a schema of type "${type}", which scripts/docs/api-types.ts does not know`,
      );
  }
}

function element(items: Schema | undefined, indent: number): string {
  const text = typeOf(items ?? {}, indent);
  return /[|&]/.test(text.replaceAll(/\{[\s\S]*\}/g, '')) ? `(${text})` : text;
}

function objectText({ properties = {}, required = [], additionalProperties }: Schema, indent: number): string {
  const margin = ' '.repeat(indent);
  const members = Object.entries(properties).map(
    ([name, one]) => `${margin}  ${member(name, required.includes(name), one, indent + 2)}`,
  );
  if (members.length > 0) return `{\n${members.join('')}${margin}}`;
  if (additionalProperties === undefined || additionalProperties === false) return 'Record<string, never>';
  return `Record<string, ${additionalProperties === true ? 'unknown' : typeOf(additionalProperties, indent)}>`;
}

function member(name: string, required: boolean, of: Schema, indent: number): string {
  const comment = of.description === undefined ? '' : `/** ${of.description} */\n${' '.repeat(indent)}`;
  return `${comment}${key(name)}${required ? '' : '?'}: ${typeOf(of, indent)};\n`;
}

const union = (types: readonly string[]): string => [...new Set(types)].join(' | ');
const key = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : `'${name}'`);
