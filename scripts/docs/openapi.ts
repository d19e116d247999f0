import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiResponsesObject } from 'zod-openapi';
import { components } from '../../shared/api/components.ts';
import { type ProblemName, problemDefinitions } from '../../shared/api/problems.ts';
import { problemsOf, type Route } from '../../shared/api/route.ts';
import { routes } from '../../shared/api/routes.ts';
import type { GeneratedDocument } from './document.ts';

/** `docs/openapi.json`: OpenAPI 3.1, from the routes and schemas of `shared/api/`. */
export async function openApiDocument(): Promise<GeneratedDocument> {
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')));
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const [name, route] of Object.entries<Route>(routes)) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(name, route) };
  }
  const document = createDocument(
    {
      openapi: '3.1.0',
      info: {
        title: 'apprunner-private-ingress',
        version,
        description:
          'Which App Runner services are reachable only from a VPC, and what the stack does for them. Every request is signed (SigV4) for the service execute-api. Errors are problem details (RFC 9457), listed in api-errors.md.',
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
      paths,
      components: {
        securitySchemes: {
          sigv4: {
            type: 'apiKey',
            name: 'Authorization',
            in: 'header',
            description: 'AWS Signature Version 4, service execute-api',
          },
        },
        schemas: components,
      },
    },
    {
      override: ({ jsonSchema, io }) => {
        // zod says so of frozen arrays; in JSON Schema it would mean that only the server may set it.
        delete jsonSchema.readOnly;
        // Answers may get more members; a client must not refuse them.
        if (io === 'output' && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
      },
    },
  );
  return { path: 'docs/openapi.json', content: `${JSON.stringify(document, null, 2)}\n` };
}

function operation(operationId: string, route: Route): ZodOpenApiOperationObject {
  const { summary, description, access, params, query, body, answer } = route;
  return {
    operationId,
    summary,
    ...(description === undefined ? {} : { description }),
    tags: [access],
    requestParams: { path: params, query },
    ...(body.limit === 0
      ? {}
      : { requestBody: { required: body.required, content: { 'application/json': { schema: body.schema } } } }),
    responses: {
      [`${answer.status}`]: {
        description: answer.description,
        ...(answer.location !== undefined
          ? {
              headers: {
                Location: {
                  description: answer.location === 'url' ? 'Where it can be read' : 'Path at which to look',
                  schema: { type: 'string' },
                },
              },
            }
          : {}),
        content: { 'application/json': { schema: answer.schema } },
      },
      ...problemResponses(problemsOf(route)),
    },
  };
}

/** One response for each status, naming the problems it may be. */
function problemResponses(names: readonly ProblemName[]): ZodOpenApiResponsesObject {
  const statuses = [...new Set(names.map((name) => problemDefinitions[name].status))].sort();
  return Object.fromEntries(
    statuses.map((status): [`${4 | 5}${number}`, ZodOpenApiResponsesObject['default'] & object] => {
      const description = names
        .filter((name) => problemDefinitions[name].status === status)
        .map((name) => `${name}: ${problemDefinitions[name].title}`)
        .join('. ');
      return [
        `${status}`,
        { description: `${description}.`, content: { 'application/problem+json': { schema: components.Problem } } },
      ];
    }),
  );
}
