import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { startHttpServer } from 'apprunner-embedded-cloud/http-server';
import { build } from '../build/bundle.ts';
import { functionArn } from '../test/installation/installation.ts';
import type { Fleet } from './fleet.ts';

/** `maxRSS` of a process that was just started counts the one that started it too, so what it takes is looked at again and again. */
const PROGRAM = `
let most = 0;
const look = () => { most = Math.max(most, process.memoryUsage.rss()); };
setInterval(look, 5).unref();
const { handler } = await import(process.argv[1]);
await handler(JSON.parse(process.argv[2]));
look();
process.stderr.write(String(most));
`;

/** Node lets garbage lie until its heap is full, and the heap of a small function is small: so much of its memory, in MB. */
const heapOf = (memory: number): readonly string[] => [
  `--max-old-space-size=${Math.floor(memory * 0.6)}`,
  '--max-semi-space-size=8',
];

/** Where queues are; nothing leaves this machine. */
const SQS = /^https:\/\/sqs\.[a-z0-9-]+\.amazonaws\.com/;

/**
 * The most memory that a function takes for an event, in MB: its bundle in a process of its own, which calls the embedded
 * cloud over HTTP.
 */
export async function functionMemory(
  { world: { cloud }, policy }: Fleet,
  events: readonly { readonly name: string; readonly event: object }[],
): Promise<readonly number[]> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-'));
  const server = await startHttpServer({ gateway: cloud.gateway, port: 0, routes: {} });
  try {
    const bundles = await build({ outDir: directory });
    const measured: number[] = [];
    for (const { name, event } of events) {
      const fn = cloud.lambda.get(functionArn(name));
      const file = bundles.find((bundle) => bundle.name === name)?.file ?? '';
      await writeFile(join(dirname(file), 'policy.json'), JSON.stringify(policy));
      const { accessKeyId, secretAccessKey, sessionToken } = cloud.iam.issueRoleCredentials(fn.roleArn);
      const args = [
        ...heapOf(fn.memorySize),
        '--input-type=module',
        '--eval',
        PROGRAM,
        pathToFileURL(file).href,
        JSON.stringify(event),
      ];
      const { stderr } = await promisify(execFile)(process.execPath, args, {
        env: {
          ...Object.fromEntries(
            Object.entries(fn.environment).map(([key, text]) => [key, text.replace(SQS, server.url)]),
          ),
          AWS_REGION: fn.region,
          AWS_ENDPOINT_URL: server.url,
          AWS_ACCESS_KEY_ID: accessKeyId,
          AWS_SECRET_ACCESS_KEY: secretAccessKey,
          AWS_SESSION_TOKEN: sessionToken,
        },
        maxBuffer: 100_000_000,
      });
      measured.push(Number(stderr.split('\n').at(-1)) / 1_000_000);
    }
    return measured;
  } finally {
    await server.close();
    await rm(directory, { recursive: true });
  }
}
