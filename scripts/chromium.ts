import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import * as z from 'zod';

/** The program: what `CHROMIUM` names, otherwise the first on the PATH; `undefined`: there is none. */
export const chromiumProgram = process.env.CHROMIUM ?? onPath('chromium', 'chromium-browser', 'google-chrome');

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

/** Of the Chrome DevTools Protocol. */
const message = z.object({
  id: z.number().optional(),
  method: z.string().optional(),
  params: z.unknown().optional(),
  result: z.unknown().optional(),
  error: z.object({ message: z.string() }).optional(),
});

export interface DevToolsEvent {
  readonly method: string;
  readonly params: unknown;
}

/** A headless Chromium with one page, driven by the Chrome DevTools Protocol. */
export class Chromium {
  readonly events: DevToolsEvent[] = [];
  readonly #process: ChildProcess;
  readonly #profile: string;
  readonly #socket: WebSocket;
  readonly #pending = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  #listeners: ((event: DevToolsEvent) => void)[] = [];
  #last = 0;

  private constructor(program: ChildProcess, profile: string, socket: WebSocket) {
    this.#process = program;
    this.#profile = profile;
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => {
      const { id, method, params, result, error } = message.parse(JSON.parse(String(data)));
      if (id !== undefined) {
        const pending = this.#pending.get(id);
        this.#pending.delete(id);
        if (error === undefined) pending?.resolve(result);
        else pending?.reject(new Error(error.message));
      }
      if (method === undefined) return;
      const event = { method, params };
      this.events.push(event);
      for (const listener of this.#listeners) listener(event);
    });
  }

  static async start(program: string): Promise<Chromium> {
    const profile = mkdtempSync(join(tmpdir(), 'chromium-'));
    const flags = [
      '--headless=new',
      '--disable-gpu',
      '--no-first-run',
      '--hide-scrollbars',
      '--remote-debugging-port=0',
    ];
    // As root (in containers) Chromium has no sandbox of its own.
    const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    const child = spawn(program, [...flags, ...sandbox, `--user-data-dir=${profile}`, 'about:blank'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const browser = await new Promise<string>((resolve, reject) => {
      let text = '';
      child.stderr.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        const [, url] = /DevTools listening on (ws:\S+)/.exec(text) ?? [];
        if (url !== undefined) resolve(url);
      });
      child.once('error', reject);
      child.once('exit', () => reject(new Error(`Chromium ended: ${text}`)));
    });
    const listed: unknown = await (await fetch(`http://${new URL(browser).host}/json/list`)).json();
    const pages = z.array(z.object({ type: z.string(), webSocketDebuggerUrl: z.string() })).parse(listed);
    const page = pages.find(({ type }) => type === 'page');
    if (page === undefined) throw new Error('Chromium has no page');
    const socket = new WebSocket(page.webSocketDebuggerUrl);
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve, { once: true });
      socket.addEventListener('error', reject, { once: true });
    });
    const chromium = new Chromium(child, profile, socket);
    for (const domain of ['Page', 'Runtime', 'Network', 'Log']) await chromium.send(`${domain}.enable`);
    return chromium;
  }

  /** @throws Error when Chromium refuses the command. */
  send(method: string, params: object = {}): Promise<unknown> {
    const id = ++this.#last;
    const answer = new Promise<unknown>((resolve, reject) => this.#pending.set(id, { resolve, reject }));
    this.#socket.send(JSON.stringify({ id, method, params }));
    return answer;
  }

  /** Opens a page and waits until it is loaded. */
  async open(url: string): Promise<void> {
    const loaded = new Promise<void>((resolve) => {
      const listener = ({ method }: DevToolsEvent) => {
        if (method !== 'Page.loadEventFired') return;
        this.#listeners = this.#listeners.filter((one) => one !== listener);
        resolve();
      };
      this.#listeners.push(listener);
    });
    await this.send('Page.navigate', { url });
    await loaded;
  }

  /** The value of an expression, which may be a promise. It runs beside the page's own policy. @throws what it throws */
  async evaluate(expression: string): Promise<unknown> {
    const answer = await this.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
    const { result, exceptionDetails } = z
      .object({ result: z.object({ value: z.unknown().optional() }), exceptionDetails: z.unknown().optional() })
      .parse(answer);
    if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
    return result.value;
  }

  /** @param width and height in CSS pixels. */
  async show(look: { width: number; height: number; dark: boolean; mobile?: boolean; scale?: number }): Promise<void> {
    const { width, height, dark, mobile = false, scale = 1 } = look;
    await this.send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: scale, mobile });
    const features = [{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }];
    await this.send('Emulation.setEmulatedMedia', { features });
  }

  /** Presses a key: `Tab`, `Enter`, or a letter. */
  async press(key: string, text?: string): Promise<void> {
    const code = { Tab: 9, Enter: 13 }[key] ?? key.toUpperCase().charCodeAt(0);
    const at = { key, windowsVirtualKeyCode: code, ...(text === undefined ? {} : { text }) };
    await this.send('Input.dispatchKeyEvent', { type: 'keyDown', ...at });
    await this.send('Input.dispatchKeyEvent', { type: 'keyUp', ...at });
  }

  /** What is seen, as WebP: a quarter of the size of a PNG. */
  async screenshot(): Promise<Buffer> {
    const answer = await this.send('Page.captureScreenshot', { format: 'webp', quality: 88 });
    return Buffer.from(z.object({ data: z.string() }).parse(answer).data, 'base64');
  }

  async stop(): Promise<void> {
    const isOver = new Promise((resolve) => this.#process.once('exit', resolve));
    // Chromium may end before it answers.
    this.#socket.send(JSON.stringify({ id: 0, method: 'Browser.close' }));
    await isOver;
    this.#socket.close();
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}
