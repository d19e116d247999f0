import type { WireCounter } from 'apprunner-embedded-cloud/wire-counter';
import { isOwnCall } from '../demo/product-calls.ts';
import type { Installation } from '../test/installation/installation.ts';
import type { Benchmark, Figure } from './figures.ts';
import { DOMAINS, inInstallation, TIMEOUT_MS, tagsFor } from './installation.ts';

/** No sweep comes between: the one that is counted is started by hand. */
const options = { profile: 'realistic', parameters: { SweepRate: 'rate(30 days)' } } as const;

const [DOMAIN = ''] = DOMAINS;

/** What the stack's functions ask of AWS, counted on the wire, each time until nothing is left to do. */
export const apiCalls: Benchmark = {
  name: 'api-calls',
  about: 'AWS API calls of the functions, by operation: attach, reconcile again, ten events, detach, sweep',
  async measure() {
    const figures: Figure[] = [];
    const count = async (scenario: string, world: Installation, run: () => Promise<unknown>) => {
      const counter = world.countProductCalls();
      await run();
      await world.quiet();
      counter.stop();
      figures.push(...counted(scenario, counter));
    };
    const attach = async (world: Installation, name: string, domains: readonly string[]) => {
      const arn = await world.createService(name, tagsFor(domains));
      await world.until(arn, 'ready', TIMEOUT_MS);
      return arn;
    };

    await inInstallation(options, async (world) => {
      let arn = '';
      await count('attach', world, async () => {
        arn = await attach(world, 'hello', [DOMAIN]);
      });
      await count('reconcile again', world, () => world.enqueue(arn));
      await count('10 events', world, () => world.enqueue(arn, 10));
      await count('detach', world, async () => {
        await world.tag(arn, { 'private-ingress': 'disabled' });
        await world.until(arn, 'detached', TIMEOUT_MS);
      });
    });
    await inInstallation(options, (world) => count('attach, 5 domains', world, () => attach(world, 'hello', DOMAINS)));
    await inInstallation(options, async (world) => {
      for (let service = 0; service < 10; service++) {
        await attach(world, `hello-${service}`, [`hello-${service}.example.com`]);
      }
      await world.quiet();
      await count('sweep, 10 services', world, () => world.sweep());
    });

    const sum = (row: string, column: string) =>
      figures.find((figure) => figure.row === row && figure.column === column)?.value ?? Number.NaN;
    return [
      {
        title: 'AWS API calls (* writes)',
        rows: 'operation',
        figures: figures.toSorted((a, b) => order(a.row) - order(b.row) || (bare(a.row) < bare(b.row) ? -1 : 1)),
        notes: [
          'Of one service with one domain, unless the row says otherwise; AWS takes as long as in the realistic profile.',
          'lambda:Invoke is the probe: it is a write by its verb, and changes nothing.',
          'The own calls include those of the budget of Route 53 calls.',
        ],
        goals: [
          { what: 'attach one service: reads of the world', most: 80, value: sum(READS, 'attach') },
          { what: 'attach one service: own calls', most: 130, value: sum(OWN, 'attach') },
          { what: 'look at a ready service: reads', most: 8, value: sum(READS, 'reconcile again') },
          { what: 'look at a ready service: own calls', most: 5, value: sum(OWN, 'reconcile again') },
          {
            what: 'ten events at once: reads, in looks',
            most: 1,
            value: sum(READS, '10 events') / sum(READS, 'reconcile again'),
          },
        ],
      },
    ];
  },
};

function counted(scenario: string, counter: WireCounter): readonly Figure[] {
  const sum = (row: string, wanted: (operation: string, writes: boolean) => boolean): Figure => ({
    row,
    column: scenario,
    value: counter.operations
      .filter(({ operation, writes }) => wanted(operation, writes))
      .reduce((total, { calls }) => total + calls, 0),
  });
  return [
    ...counter.operations.map(({ operation, writes, calls }) => ({
      row: `${writes ? '*' : ' '} ${operation}`,
      column: scenario,
      value: calls,
    })),
    sum(READS, (operation, writes) => !writes && !isOwnCall(operation)),
    sum(WRITES, (operation, writes) => writes && !isOwnCall(operation)),
    sum(OWN, isOwnCall),
  ];
}

const READS = 'reads of the world';
const WRITES = 'writes to the world';
const OWN = 'own tables, queues, probe, switch';
const SUMS = [READS, WRITES, OWN];

const order = (row: string): number => SUMS.indexOf(row);
const bare = (row: string): string => row.slice(2);
