import { readdir, readFile } from 'node:fs/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { createIamService } from '../src/services/iam/iam.ts';
import { createSts } from '../src/services/sts.ts';
import type { ServiceDefinition } from '../src/wire/service.ts';
import { type Refusal, type Row, type Setting, setting } from './every-operation/setting.ts';
import { tables } from './every-operation/tables.ts';

const running = new Set<Setting>();
afterEach(async () => {
  for (const { cloud } of running) await cloud.stop();
  running.clear();
});

async function start(): Promise<Setting> {
  const made = await setting();
  running.add(made);
  return made;
}

/** Every part of the cloud that is a service on the wire, and those that the cloud keeps to itself. */
function definitions({ cloud, clock }: Setting): readonly ServiceDefinition[] {
  const isDefined = (part: unknown): part is { readonly definition: ServiceDefinition } =>
    typeof part === 'object' && part !== null && 'definition' in part;
  const parts: readonly unknown[] = Object.values(cloud);
  return [
    ...parts.filter(isDefined).map(({ definition }) => definition),
    createSts({ iam: cloud.iam, clock }),
    createIamService(cloud.iam),
  ];
}

/** What the functions may call, by their roles, and what the deployment calls. */
async function usedOfDynamoDb(): Promise<readonly string[]> {
  const read = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');
  const files = (await readdir(new URL('../../stack/roles', import.meta.url))).map((file) =>
    read(`stack/roles/${file}`),
  );
  const roles = (await Promise.all(files)).join('\n').matchAll(/dynamodb:(\w+)/g);
  const deployment = (await read('local/src/deploy/data-resources.ts')).matchAll(/dynamoDb\.call\('(\w+)'/g);
  return [...new Set([...roles, ...deployment].map(([, name = '']) => name))];
}

describe('the table below', () => {
  test('has a row for each operation that the embedded cloud serves, and no other', async () => {
    const served = Object.fromEntries(
      definitions(await start()).map(({ signingName, operations }) => [
        signingName,
        operations.map(({ schema }) => schema[2]).sort(),
      ]),
    );
    const rows = Object.fromEntries(Object.entries(tables).map(([name, table]) => [name, Object.keys(table).sort()]));
    expect(rows).toEqual({ ...served, dynamodb: (await usedOfDynamoDb()).toSorted() });
  });
});

const rows = Object.entries(tables).flatMap(([service, table]) =>
  Object.entries(table).map(([operation, row]): readonly [string, string, Row] => [service, operation, row]),
);

describe.each(rows)('%s:%s', (service, operation, { call, answer = {}, refused }) => {
  test('is answered', async () => {
    const made = await start();
    expect(await call(made)).toMatchObject({ $metadata: { httpStatusCode: expect.any(Number) }, ...answer });
    expect(made.calls.at(-1)).toMatchObject({ service, operation, outcome: { ok: true } });
    expect(made.log).toEqual([]);
  });

  if (refused !== undefined) {
    test(`is refused with ${nameOf(refused.by)}`, async () => {
      const made = await start();
      const error = await refused.call(made).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      if (typeof refused.by === 'string') expect(error).toMatchObject({ name: refused.by });
      else expect(error).toBeInstanceOf(refused.by);
      expect(made.calls.at(-1)).toMatchObject({ service, operation, outcome: { ok: false } });
      expect(made.log).toEqual([]);
    });
  }
});

function nameOf(refusal: Refusal): string {
  return typeof refusal === 'string' ? refusal : refusal.name;
}
