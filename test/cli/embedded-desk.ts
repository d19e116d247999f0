import { startApiServer } from 'apprunner-embedded-cloud/api-server';
import { startHttpServer } from 'apprunner-embedded-cloud/http-server';
import { onTestFinished } from 'vitest';
import type { Installation } from '../installation/installation.ts';
import { type Desk, type Typed, type } from './command-line.ts';

/** Turns of the event loop that a pause takes at least. */
const TURNS = 10;

/**
 * A desk before an installation, its AWS and its API on sockets. Time passes there only while a command pauses, or waits
 * for an answer that itself waits for time to pass.
 */
export async function deskAt(
  world: Installation,
): Promise<((words: readonly string[], desk?: Desk) => Promise<Typed>) & { readonly aws: string }> {
  const { cloud, clock, stack } = world;
  const api = await startApiServer({ apis: cloud.httpApis, port: 0, defaultApi: () => stack.outputs.HttpApiId });
  const ready = () => ({ api: api.url, dns: { public: '127.0.0.1:53' } });
  const server = await startHttpServer({ gateway: cloud.gateway, port: 0, routes: { ready } });
  onTestFinished(async () => {
    await api.close();
    await server.close();
  });
  let pausing = Promise.resolve();
  const pause = (milliseconds: number) => {
    pausing = pausing.then(async () => {
      // A request under way gets on meanwhile: it must not grow old while nothing but drawing is done.
      for (let turn = 0; turn < TURNS; turn++) await new Promise(setImmediate);
      await clock.advance(milliseconds);
    });
    return pausing;
  };
  const typeHere = async (words: readonly string[], desk: Desk = {}) => {
    // AWS_ENDPOINT_URL says as well where AWS is.
    const local = process.env.AWS_ENDPOINT_URL === undefined ? [`--local=${server.url}`] : [];
    const typed = await type([...words, ...local], {
      clock: { now: () => clock.now(), pause },
      ...desk,
    });
    // A pending pause (that of the next drawing) must not outlive the installation.
    await pausing;
    return typed;
  };
  return Object.assign(typeHere, { aws: server.url });
}
