import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NormalizedSchema } from '@smithy/core/schema';
import type { StaticErrorSchema } from '@smithy/types';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { build } from '../../build/bundle.ts';
import { shakableSchemas } from '../../build/leave-out.ts';
import { type Answer, handler as unbundled } from './functions/aws-errors.ts';

let directory: string;
let bundled: typeof unbundled;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'leave-out-'));
  const functionsDir = fileURLToPath(new URL('functions', import.meta.url));
  const [made] = await build({ functionsDir, outDir: join(directory, 'errors') });
  if (made === undefined) throw new Error('no bundle');
  ({ handler: bundled } = await import(made.file));
}, 120_000);

afterAll(() => rm(directory, { recursive: true, force: true }));

beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAIOSFODNN7EXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
});

function isErrorSchema(exported: unknown): exported is StaticErrorSchema {
  return Array.isArray(exported) && exported.at(0) === -3;
}

describe('errors of AWS', () => {
  const packages: Readonly<Record<Answer['client'], string>> = {
    apprunner: '@aws-sdk/client-apprunner',
    dynamodb: '@aws-sdk/client-dynamodb',
    ec2: '@aws-sdk/client-ec2',
    lambda: '@aws-sdk/client-lambda',
    organizations: '@aws-sdk/client-organizations',
    route53: '@aws-sdk/client-route-53',
    sqs: '@aws-sdk/client-sqs',
    ssm: '@aws-sdk/client-ssm',
    sts: '@aws-sdk/client-sts',
  };
  const clients = Object.keys(packages) as readonly Answer['client'][];

  /** What the product reads of an error, and every member of its schema. */
  async function both(answer: Answer, members: readonly string[]) {
    const read = async (handler: typeof unbundled) => {
      const error = await handler(answer);
      if (!(error instanceof Error)) throw new Error('no error', { cause: error });
      const properties = ['name', 'message', '$fault', '$retryable', ...members];
      return Object.fromEntries(properties.map((name) => [name, Reflect.get(error, name)]));
    };
    return { before: await read(unbundled), after: await read(bundled) };
  }

  it.each(clients)('of %s are as without leaving out', async (client) => {
    const module: Readonly<Record<string, unknown>> = await import(packages[client]);
    let seen = 0;
    for (const exported of Object.values(module).filter(isErrorSchema)) {
      const schema = NormalizedSchema.of(exported);
      const { error = 'client', awsQueryError } = schema.getMergedTraits();
      const [, namespace, shape] = exported;
      const code = Array.isArray(awsQueryError) ? String(awsQueryError.at(0)) : shape;
      const members = [...schema.structIterator()].map(([name]) => name);
      const values = Object.fromEntries(
        [...schema.structIterator()].map(([name, member]) => [
          name,
          member.isStringSchema() ? `the ${name}` : undefined,
        ]),
      );
      const status = error === 'server' ? 500 : 400;
      const isXml = ['ec2', 'route53', 'sts'].includes(client);
      const texts = Object.entries(
        members.some((name) => /^message$/i.test(name)) ? values : { message: 'a message', ...values },
      ).filter(([, value]) => value !== undefined);
      const element = ([name, value]: readonly [string, unknown]) => `<${name}>${value}</${name}>`;
      const body = isXml
        ? `<ErrorResponse><Error><Code>${code}</Code>${texts.map(element).join('')}</Error></ErrorResponse>`
        : JSON.stringify({ __type: `${namespace}#${shape}`, ...Object.fromEntries(texts) });
      const headers = isXml
        ? {}
        : { 'x-amzn-errortype': shape, 'x-amzn-query-error': `${code};Sender`, 'retry-after': '7' };
      const { before, after } = await both({ client, status, headers, body }, members);
      expect({ shape, ...after }).toEqual({ shape, ...before });
      seen += 1;
    }
    expect(seen).toBeGreaterThan(0);
  });

  it('have the lists that only their schemas can read', async () => {
    const messages = '<messages><Message>one</Message><Message>two</Message></messages>';
    const body = `<ErrorResponse><Error><Code>InvalidChangeBatch</Code>${messages}</Error></ErrorResponse>`;
    const { after } = await both({ client: 'route53', status: 400, headers: {}, body }, ['messages']);
    expect(after).toMatchObject({ name: 'InvalidChangeBatch', messages: ['one', 'two'] });
  });

  it('have the reasons of a transaction', async () => {
    const reasons = [{ Code: 'ConditionalCheckFailed', Item: { serviceArn: { S: 'arn' } } }];
    const body = JSON.stringify({
      __type: 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',
      Message: 'cancelled',
      CancellationReasons: reasons,
    });
    const { before, after } = await both({ client: 'dynamodb', status: 400, headers: {}, body }, [
      'CancellationReasons',
    ]);
    expect(after).toEqual(before);
    expect(after).toMatchObject({ name: 'TransactionCanceledException', CancellationReasons: reasons });
  });
});

it('finds every error of a client', async () => {
  const folder = join(dirname(fileURLToPath(import.meta.resolve('@aws-sdk/client-route-53/package.json'))), 'dist-es');
  const schemas = await readFile(join(folder, 'schemas', 'schemas_0.js'), 'utf8');
  const rewritten = shakableSchemas(schemas, { errors: '', configuration: '' });
  expect(rewritten).toContain('n0_registry.registerError(InvalidChangeBatch$, InvalidChangeBatch)');
  expect(rewritten).not.toContain('registerError(NoSuchHostedZone$');
  expect(rewritten).not.toMatch(/^(export )?var [\w$]+ = \[/m);
});
