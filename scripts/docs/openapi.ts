import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { components } from '../../shared/api/components.ts';
import { type ProblemName, problemDefinitions } from '../../shared/api/problems.ts';
import { problemsOf, type Route } from '../../shared/api/route.ts';
import { routes } from '../../shared/api/routes.ts';
import type { GeneratedDocument } from './document.ts';

type Json = Readonly<Record<string, unknown>>;

const named = z.registry<{ readonly id: string }>();
for (const [id, schema] of Object.entries(components)) named.add(schema, { id });

const nameOf = (schema: z.ZodType): string => {
  const name = named.get(schema)?.id;
  if (name === undefined) throw new Error('every body and every answer has a name in shared/api/components.ts');
  return name;
};
const reference = (schema: z.ZodType): Json => ({ $ref: `#/components/schemas/${nameOf(schema)}` });

/** `docs/openapi.json`: OpenAPI 3.1, from the routes and schemas of `shared/api/`. */
export async function openApiDocument(): Promise<GeneratedDocument> {
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')));
  const document = {
    openapi: '3.1.0',
    info: {
      title: 'apprunner-private-ingress',
      version,
      summary: 'Which App Runner services are reachable from a VPC only, and how they become so.',
      description:
        'Generated from shared/api/ by "npm run docs". Every request is signed (SigV4) for the service execute-api. Errors are problem details (RFC 9457), listed in api-errors.md.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [
      {
        url: 'https://{api}.execute-api.{region}.amazonaws.com',
        description: 'The output ApiUrl of the stack',
        variables: { api: { default: 'api' }, region: { default: 'ap-northeast-1' } },
      },
    ],
    security: [{ sigv4: [] }],
    tags: [
      { name: 'read', description: 'Allowed by the managed policy …-api-read' },
      { name: 'change', description: 'Allowed by the managed policy …-api-change' },
    ],
    paths: paths(),
    components: {
      securitySchemes: {
        sigv4: {
          type: 'apiKey',
          name: 'Authorization',
          in: 'header',
          description: 'AWS Signature Version 4, service execute-api',
        },
      },
      schemas: schemas(),
    },
  };
  return { path: 'docs/openapi.json', content: `${JSON.stringify(document, null, 2)}\n` };
}

function paths(): Json {
  const all: Record<string, Record<string, Json>> = {};
  for (const [name, route] of Object.entries<Route>(routes)) {
    all[route.path] = { ...all[route.path], [route.method.toLowerCase()]: operation(name, route) };
  }
  return all;
}

function operation(operationId: string, route: Route): Json {
  const { summary, description, access, params, query, body, answer } = route;
  const parameters = [...parametersOf(params, 'path'), ...parametersOf(query, 'query')];
  return {
    operationId,
    summary,
    ...(description === undefined ? {} : { description }),
    tags: [access],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body.limit === 0
      ? {}
      : {
          requestBody: {
            required: body.required,
            content: { 'application/json': { schema: reference(body.schema) } },
          },
        }),
    responses: {
      [answer.status]: {
        description: answer.description,
        ...(answer.location === true
          ? { headers: { Location: { description: 'Path at which to look', schema: { type: 'string' } } } }
          : {}),
        content: { 'application/json': { schema: reference(answer.schema) } },
      },
      ...problemResponses(problemsOf(route)),
    },
  };
}

function parametersOf(schema: z.ZodObject, place: 'path' | 'query'): readonly Json[] {
  return Object.entries(schema.shape).map(([name, one]) => {
    const { description, ...rest } = clean(z.toJSONSchema(one, { io: 'input' }));
    return {
      name,
      in: place,
      required: place === 'path',
      ...(description === undefined ? {} : { description }),
      schema: rest,
    };
  });
}

/** One response for each status, naming the problems it may be. */
function problemResponses(names: readonly ProblemName[]): Json {
  const statuses = [...new Set(names.map((name) => problemDefinitions[name].status))].sort();
  return Object.fromEntries(
    statuses.map((status) => {
      const description = names
        .filter((name) => problemDefinitions[name].status === status)
        .map((name) => `${name}: ${problemDefinitions[name].title}`)
        .join('. ');
      return [
        status,
        {
          description: `${description}.`,
          content: { 'application/problem+json': { schema: reference(components.Problem) } },
        },
      ];
    }),
  );
}

function schemas(): Json {
  const { schemas: all } = z.toJSONSchema(named, {
    uri: (id) => `#/components/schemas/${id}`,
    io: 'input',
    override: ({ jsonSchema }) => {
      // zod says so of frozen arrays; in JSON Schema it would mean that only the server may set it.
      delete jsonSchema.readOnly;
    },
  });
  return Object.fromEntries(Object.entries(all).map(([id, schema]) => [id, clean(schema)]));
}

/** Without what the document says as a whole, and references cannot be given an id of their own. */
function clean({ $schema, $id, ...schema }: Json): Json {
  return schema;
}
