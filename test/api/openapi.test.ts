import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { openApiDocument } from '../../scripts/docs/openapi.ts';
import { components } from '../../shared/api/components.ts';
import { problemDefinitions } from '../../shared/api/problems.ts';
import { problemsOf, type Route } from '../../shared/api/route.ts';
import { routes } from '../../shared/api/routes.ts';

const operation = z.looseObject({
  operationId: z.string(),
  parameters: z.array(z.object({ name: z.string(), in: z.string() })).default([]),
  requestBody: z.looseObject({}).optional(),
  responses: z.record(z.string(), z.unknown()),
});
const documentSchema = z.looseObject({
  openapi: z.string(),
  paths: z.record(z.string(), z.record(z.string(), operation)),
  components: z.looseObject({ schemas: z.record(z.string(), z.unknown()) }),
});

const read = async () => JSON.parse((await openApiDocument()).content);
const all = Object.entries<Route>(routes);

describe('docs/openapi.json', () => {
  test('is OpenAPI 3.1, says a validator that knows nothing of this project', async () => {
    const validator = new Validator();
    expect(await validator.validate(await read())).toEqual({ valid: true });
    expect(validator.version).toBe('3.1');
  });

  test('refers to nothing that is not in it', async () => {
    const document = documentSchema.parse(await read());
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)];
    const named = new Set(references.map(([, name]) => name));
    expect([...named].filter((name = '') => !Object.hasOwn(document.components.schemas, name))).toEqual([]);
    expect(Object.keys(document.components.schemas).sort()).toEqual(Object.keys(components).sort());
  });

  test.each(all)('%s: its path, parameters, body and answers', async (name, route) => {
    const { paths } = documentSchema.parse(await read());
    const described = paths[route.path]?.[route.method.toLowerCase()];
    expect(described?.operationId).toBe(name);
    const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter);
    expect(described?.parameters.filter((one) => one.in === 'path').map((one) => one.name)).toEqual(inPath);
    expect(described?.requestBody !== undefined).toBe(route.body.limit > 0);
    const statuses = problemsOf(route).map((problem) => problemDefinitions[problem].status);
    expect(
      Object.keys(described?.responses ?? {})
        .map(Number)
        .sort(),
    ).toEqual([...new Set([route.answer.status, ...statuses])].sort());
  });
});

test('every problem that is defined can come of a route, or of there being none', () => {
  const possible = new Set<string>(all.flatMap(([, route]) => problemsOf(route)));
  const elsewhere = ['route-unknown', 'method-not-allowed'];
  expect(Object.keys(problemDefinitions).filter((name) => !possible.has(name))).toEqual(elsewhere);
});
