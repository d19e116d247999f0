import { execFile } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startApiServer } from '../src/services/apigateway/server.ts';
import { type HttpServer, listenOn, startHttpServer } from '../src/wire/http-server.ts';

/** `CHROMIUM` names the program; otherwise the PATH is searched. */
const browser = process.env.CHROMIUM ?? onPath('chromium', 'chromium-browser', 'google-chrome');

function onPath(...names: readonly string[]): string | undefined {
  const files = (process.env.PATH ?? '').split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
  return files.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

const profile = mkdtempSync(join(tmpdir(), 'browser-'));
/** `METHOD path` of every request that got through to the AWS APIs or to an HTTP API. */
const served: string[] = [];
/** `METHOD path` of every request that left the browser for the web page's own server. */
const asked: string[] = [];
let aws: HttpServer;
let api: HttpServer;
let site: HttpServer;

beforeAll(async () => {
  const handle = async ({ method, path }: { method: string; path: string }) => {
    served.push(`${method} ${path}`);
    return { status: 200, headers: {}, body: new Uint8Array() };
  };
  aws = await startHttpServer({ gateway: { handle }, port: 0 });
  api = await startApiServer({
    apis: {
      byHost: () => undefined,
      handle: async (_, { method, target }) => {
        served.push(`${method} ${target}`);
        return { status: 200, headers: {}, cookies: [], body: Buffer.from('') };
      },
    },
    port: 0,
    defaultApi: () => 'api',
  });
  const server = createServer(({ method, url }, outgoing) => {
    asked.push(`${method} ${url}`);
    outgoing.writeHead(200, { 'content-type': 'text/html' }).end(url === '/' ? attack(aws.port, api.port) : '');
  });
  site = await listenOn(server, 0);
});

afterAll(async () => {
  await Promise.all([aws?.close(), api?.close(), site?.close()]);
  rmSync(profile, { recursive: true, force: true });
});

/** What a web page can send without asking: forms, images, scripts, fetches whose answers it cannot read. */
function attack(awsPort: number, apiPort: number): string {
  const form = (port: number, action: string) => `
    <iframe name="${action}"></iframe>
    <form method="post" target="${action}" action="http://127.0.0.1:${port}/"><input name="Action" value="${action}"></form>`;
  return `<!doctype html><title>page</title>
    ${form(awsPort, 'CreateChangeSet')}${form(awsPort, 'ExecuteChangeSet')}${form(apiPort, 'attach')}
    <img src="http://127.0.0.1:${awsPort}/?Action=ExecuteChangeSet"><img src="http://localhost:${apiPort}/services">
    <script>
      for (const form of document.forms) form.submit();
      const simple = { method: 'POST', mode: 'no-cors', body: 'Action=ExecuteChangeSet' };
      // The last two: the page's own name resolves to 127.0.0.1 by now.
      const all = ['http://127.0.0.1:${awsPort}/a', 'http://localhost:${apiPort}/a', 'http://web.test:${awsPort}/a', 'http://web.test:${apiPort}/a']
        .map((url) => fetch(url, simple).catch(() => {}));
      Promise.all(all).then(() => new Promise((done) => setTimeout(done, 500))).then(() => {
        document.title = 'tried';
      });
    </script>`;
}

const CHROMIUM_MISSING = browser === undefined ? ' (left out: no Chromium found; install it or set CHROMIUM)' : '';

/** The page after its scripts have run. */
async function open(url: string): Promise<string> {
  const { stdout } = await promisify(execFile)(
    browser ?? '',
    [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      `--user-data-dir=${profile}`,
      // No packet leaves this machine.
      '--host-resolver-rules=MAP web.test 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1',
      '--virtual-time-budget=5000',
      '--dump-dom',
      url,
    ],
    { timeout: 25_000 },
  );
  return stdout;
}

it.skipIf(browser === undefined)(`a web page reaches neither AWS nor API${CHROMIUM_MISSING}`, async () => {
  expect(await open(`http://web.test:${site.port}/`)).toContain('<title>tried</title>');
  expect(asked).toContain('GET /');
  expect(served).toEqual([]);
});

it.skipIf(browser === undefined)(`a browser on localhost is served${CHROMIUM_MISSING}`, async () => {
  expect(await open(`http://localhost:${aws.port}/`)).toContain('This is the embedded AWS cloud');
  await open(`http://127.0.0.1:${api.port}/services`);
  expect(served).toContain('GET /services');
});
