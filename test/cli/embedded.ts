import { startDnsServer } from 'apprunner-embedded-cloud/dns-server';
import { startHttpServer } from 'apprunner-embedded-cloud/http-server';
import { WireCounter } from 'apprunner-embedded-cloud/wire-counter';
import { type Ended, run } from '../demo/program.ts';
import type { Installation } from '../installation/installation.ts';

/** What `npm run plan` printed, and the calls it made on the wire. */
export interface PlannedService extends Ended {
  readonly calls: WireCounter;
}

/**
 * Runs `cli/main.ts plan` in a process of its own against the installation, by way of sockets. Virtual time stands still
 * meanwhile, so nothing but the program itself and the probe it may ask is at work.
 */
export async function planIn(
  { cloud }: Installation,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<PlannedService> {
  const dns = await startDnsServer({ resolver: cloud.resolver, view: { kind: 'public' }, port: 0 });
  const ready = () => ({ dns: { public: `127.0.0.1:${dns.port}` } });
  const server = await startHttpServer({ gateway: cloud.gateway, port: 0, routes: { ready } });
  const calls = new WireCounter(cloud.gateway, ({ context }) => context.principal.kind === 'root');
  try {
    return {
      ...(await run('cli/main.ts', ['plan', ...args], { AWS_ENDPOINT_URL: server.url, ...environment })),
      calls,
    };
  } finally {
    calls.stop();
    await server.close();
    await dns.stop();
  }
}
