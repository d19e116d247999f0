import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { type OperationSetting, type Refusal, type Row, setting } from './every-operation/setting.ts';
import { tables } from './every-operation/tables.ts';

const running = new Set<OperationSetting>();
afterEach(async () => {
  for (const { cloud } of running) await cloud.stop();
  running.clear();
});

async function start(): Promise<OperationSetting> {
  const made = await setting();
  running.add(made);
  return made;
}

/** What the deployment of a stack calls. */
async function calledByDeployment(): Promise<readonly string[]> {
  const source = await readFile(new URL('../src/deploy/data-resources.ts', import.meta.url), 'utf8');
  return [...source.matchAll(/dynamoDb\.call\('(\w+)'/g)].map(([, name = '']) => name);
}

describe('the table below', () => {
  test('has a row for each operation that the embedded cloud serves, and no other', async () => {
    const { cloud } = await start();
    const served = Object.fromEntries(
      cloud.gateway.services
        .filter(({ operations }) => operations.length > 0)
        .map(({ signingName, operations }) => [signingName, operations.map(({ schema }) => schema[2]).sort()]),
    );
    const { dynamodb, ...others } = tables;
    const rows = Object.fromEntries(Object.entries(others).map(([name, table]) => [name, Object.keys(table).sort()]));
    expect(rows).toEqual(served);
    // dynalite answers more than anything here calls.
    expect(Object.keys(dynamodb ?? {})).toEqual(expect.arrayContaining([...(await calledByDeployment())]));
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
