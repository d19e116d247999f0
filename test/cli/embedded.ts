import { startDnsServer } from 'apprunner-embedded-cloud/dns-server';
import { startHttpServer } from 'apprunner-embedded-cloud/http-server';
import { WireCounter } from 'apprunner-embedded-cloud/wire-counter';
import { type Ended, run } from '../demo/program.ts';
import type { Installation } from '../installation/installation.ts';
import { type } from './command-line.ts';

/** What `plan` printed, and the calls it made on the wire. */
export interface PlannedService extends Omit<Ended, 'signal'> {
  readonly calls: WireCounter;
}

/** Runs `cli/main.ts plan` in a process of its own against the installation. */
export const planIn = (
  world: Installation,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<PlannedService> =>
  planned(world, (url) => run('cli/main.ts', ['plan', ...args], { AWS_ENDPOINT_URL: url, ...environment }));

/** The same in this process, which spares its start. */
export function planHere(world: Installation, args: readonly string[]): Promise<PlannedService> {
  const clock = { now: () => world.clock.now(), pause: async () => {} };
  return planned(world, (url) => type(['plan', ...args, `--local=${url}`], { clock }));
}

/**
 * By way of sockets. Virtual time stands still meanwhile, so nothing but the program itself and the probe it may ask is at
 * work.
 */
async function planned(
  { cloud }: Installation,
  plan: (url: string) => Promise<Omit<PlannedService, 'calls'>>,
): Promise<PlannedService> {
  const dns = await startDnsServer({ resolver: cloud.resolver, view: { kind: 'public' }, port: 0 });
  const ready = () => ({ dns: { public: `127.0.0.1:${dns.port}` } });
  const server = await startHttpServer({ gateway: cloud.gateway, port: 0, routes: { ready } });
  const calls = new WireCounter(cloud.gateway, ({ context }) => context.principal.kind === 'root');
  try {
    return { ...(await plan(server.url)), calls };
  } finally {
    calls.stop();
    await server.close();
    await dns.stop();
  }
}
