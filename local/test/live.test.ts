import { CreateServiceCommand, DescribeServiceCommand } from '@aws-sdk/client-apprunner';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { liveRoutes } from '../src/live/routes.ts';
import { startApiServer } from '../src/services/apigateway/server.ts';
import { textOf } from '../src/wire/message.ts';
import { ACCOUNT, type OperationSetting, REGION, setting } from './every-operation/setting.ts';

let made: OperationSetting;
let page: ReturnType<typeof liveRoutes>;

beforeAll(async () => {
  made = await setting();
  page = liveRoutes(made.cloud);
});
afterAll(() => made.cloud.stop());

const stateSchema = z.object({
  tables: z.array(z.object({ title: z.string(), columns: z.array(z.string()), rows: z.array(z.array(z.string())) })),
  calls: z.array(
    z.object({ number: z.number(), operation: z.string(), verdict: z.string(), why: z.string(), by: z.string() }),
  ),
});
async function state(after = 0) {
  const { tables, calls } = stateSchema.parse(
    JSON.parse(textOf((await page(`/_local/state?after=${after}`))?.body ?? new Uint8Array())),
  );
  for (const { title, columns, rows } of tables)
    for (const row of rows) expect(row, title).toHaveLength(columns.length);
  return { calls, rows: (title: string) => tables.find((one) => one.title === title)?.rows };
}

describe('the page at /_local', () => {
  test('shows what is there, and each call with its verdict', async () => {
    const ImageRepository = {
      ImageIdentifier: 'public.ecr.aws/x/y:latest',
      ImageRepositoryType: 'ECR_PUBLIC',
    } as const;
    await made.appRunner.send(
      new CreateServiceCommand({
        ServiceName: 'hello',
        SourceConfiguration: { ImageRepository },
        Tags: [{ Key: 'a', Value: 'b' }],
      }),
    );
    const unknown = `arn:aws:apprunner:${REGION}:${ACCOUNT}:service/none/00000000000000000000000000000000`;
    await expect(made.appRunner.send(new DescribeServiceCommand({ ServiceArn: unknown }))).rejects.toThrow();
    const { calls, rows } = await state();
    expect(rows('Services')).toEqual([['hello', 'OPERATION_IN_PROGRESS', 'public', 'a=b', '', ACCOUNT, REGION]]);
    expect(rows('Hosted zones')?.map(([, ...rest]) => rest)).toEqual([
      ['example.com.', 'public', '', '0', ACCOUNT],
      ['example.com.', 'private', expect.stringMatching(/^vpc-/), '0', ACCOUNT],
    ]);
    expect(rows('Events')).toContainEqual([
      expect.stringMatching(/^20/),
      'default',
      'aws.apprunner',
      'AppRunner Service Operation Status Change',
      expect.stringContaining(':service/hello/'),
    ]);
    expect(calls.slice(-2)).toMatchObject([
      { operation: 'apprunner:CreateService', verdict: 'ok', by: `arn:aws:iam::${ACCOUNT}:root` },
      {
        operation: 'apprunner:DescribeService',
        verdict: 'ResourceNotFoundException',
        why: expect.stringContaining('none'),
      },
    ]);
    // Looking is no call.
    const last = calls.at(-1)?.number ?? 0;
    expect((await state(last)).calls).toEqual([]);
  });

  test('loads nothing, and runs its own script only', async () => {
    const html = textOf((await page('/_local'))?.body ?? new Uint8Array());
    expect(html).toMatch(/default-src 'none'; connect-src 'self'; script-src 'sha256-/);
    expect(html).not.toMatch(/https?:|innerHTML|<(link|img)\b/);
  });

  test('stands in front of the default API, and not of one that is called by its host', async () => {
    const asked: string[] = [];
    const apis = {
      byHost: () => undefined,
      handle: async (_: string, { target }: { target: string }) => {
        asked.push(target);
        return { status: 200, headers: {}, cookies: [], body: new Uint8Array() };
      },
    };
    const server = await startApiServer({ apis, port: 0, defaultApi: () => 'api', page });
    try {
      expect((await fetch(`${server.url}/_local`)).headers.get('content-type')).toContain('text/html');
      expect((await fetch(`${server.url}/_localhost`)).status).toBe(200);
      expect((await fetch(`${server.url}/_local`, { method: 'POST' })).status).toBe(200);
      expect((await fetch(`${server.url}/_local/state`, { headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(
        403,
      );
      expect(asked).toEqual(['/_localhost', '/_local']);
    } finally {
      await server.close();
    }
  });
});
