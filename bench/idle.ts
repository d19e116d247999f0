import type { Benchmark, Figure } from './figures.ts';
import { DOMAINS, inInstallation, TIMEOUT_MS, tagsFor } from './installation.ts';

const DAY = 24 * 60 * 60_000;
/** What external-dns spends at least in a day in which nothing happens, with its own defaults. */
const EXTERNAL_DNS = 2880;

/** A virtual day in which nothing happens, with the sweep as it is by default. */
export const idle: Benchmark = {
  name: 'idle',
  about: 'Route 53 calls of a day in which nothing happens, beside those of external-dns',
  async measure() {
    const figures: Figure[] = [];
    for (const { row, domains } of [
      { row: '1 service, 1 domain', domains: [DOMAINS.slice(0, 1)] },
      { row: '1 service, 5 domains', domains: [DOMAINS] },
      { row: '5 services, 1 domain each', domains: DOMAINS.map((domain) => [domain]) },
    ]) {
      const calls = await inInstallation(
        { profile: 'realistic', parameters: { SweepRate: 'rate(15 minutes)' } },
        async (world) => {
          for (const [index, names] of domains.entries()) {
            await world.until(await world.createService(`hello-${index}`, tagsFor(names)), 'ready', TIMEOUT_MS);
          }
          await world.quiet();
          const counter = world.countProductCalls();
          await world.clock.advance(DAY);
          return counter.operations
            .filter(({ operation }) => operation.startsWith('route53:'))
            .reduce((sum, one) => sum + one.calls, 0);
        },
      );
      figures.push(
        { row, column: 'Route 53 calls a day', value: calls },
        { row, column: 'of external-dns', value: calls / EXTERNAL_DNS },
      );
    }
    return [
      {
        title: 'A day in which nothing happens',
        rows: 'ready',
        figures,
        notes: [`Sweep every 15 minutes. external-dns: ${EXTERNAL_DNS} a day at least, however many names it manages.`],
      },
    ];
  },
};
