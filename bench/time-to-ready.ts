import { DisableRuleCommand, EventBridgeClient, ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { profiles } from 'apprunner-embedded-cloud/profile';
import type { Installation } from '../test/installation/installation.ts';
import type { Benchmark, Figure } from './figures.ts';
import { DOMAINS, inInstallation, TIMEOUT_MS, tagsFor } from './installation.ts';

/** How long a new service takes until it is ready, and how much of that is AWS's own time. */
export const timeToReady: Benchmark = {
  name: 'time-to-ready',
  about: 'virtual time from creation to ready in the realistic profile, beside the time AWS itself takes',
  async measure() {
    const figures: Figure[] = [];
    for (const domains of [1, 5]) {
      for (const eventsArrive of [true, false]) {
        const seconds = await inInstallation(
          { profile: 'realistic', parameters: { SweepRate: 'rate(30 days)' } },
          async (world) => {
            const start = world.clock.now();
            const arn = await world.createService('hello', tagsFor(DOMAINS.slice(0, domains)));
            // The loop has to hear of the service once.
            await world.clock.advance(1000);
            if (!eventsArrive) await loseEvents(world);
            await world.until(arn, 'ready', TIMEOUT_MS);
            return (world.clock.now() - start) / 1000;
          },
        );
        const row = `${domains} ${domains === 1 ? 'domain' : 'domains'}, ${eventsArrive ? 'events arrive' : 'all events but the first lost'}`;
        figures.push(
          { row, column: 'ready after s', value: seconds },
          { row, column: 'AWS alone s', value: awsAlone() },
          { row, column: 'own s', value: seconds - awsAlone() },
          { row, column: 'ratio', value: seconds / awsAlone() },
        );
      }
    }
    return [
      {
        title: 'From creation to ready (realistic profile, virtual time)',
        rows: 'service with',
        figures,
        notes: ['AWS alone: the longer of the two chains below, without any delay between its links.', ...chainTexts()],
      },
    ];
  },
};

/**
 * What AWS takes in any case; the chains run side by side, and the endpoint beside the first link of both.
 *
 *     create service ─┬─► make private ─► connection ─► its name in DNS
 *                     └─► validation records ─► ACM looks ─► certificate ─► binding
 *
 * ACM checks as soon as it names its records, and again after a quarter of the time it takes to issue. So the second check
 * is the earliest that can succeed.
 */
function chains(): Readonly<Record<string, Readonly<Record<string, number>>>> {
  const { realistic } = profiles;
  const created = { 'create service': realistic.serviceOperation };
  return {
    connection: {
      ...created,
      'make private': realistic.serviceOperation,
      'create connection': realistic.connectionCreation,
      'its name in DNS': realistic.connectionDns,
    },
    certificate: {
      ...created,
      'validation records': realistic.validationRecords,
      'ACM looks again': realistic.certificateIssuance / 4,
      'issue certificate': realistic.certificateIssuance,
      'bind certificate': realistic.certificateBinding,
    },
  };
}

const sum = (links: Readonly<Record<string, number>>): number =>
  Object.values(links).reduce((total, milliseconds) => total + milliseconds / 1000, 0);

export function awsAlone(): number {
  return Math.max(...Object.values(chains()).map(sum));
}

function chainTexts(): readonly string[] {
  return Object.entries(chains()).map(([name, links]) => {
    const parts = Object.entries(links).map(([link, milliseconds]) => `${link} ${milliseconds / 1000}`);
    return `${name}: ${parts.join(' + ')} = ${sum(links)} s`;
  });
}

/** From here on no event arrives: events are best effort (docs/facts.md#events-are-best-effort). */
async function loseEvents(world: Installation): Promise<void> {
  const events = new EventBridgeClient(world.config);
  const { Rules = [] } = await events.send(new ListRulesCommand({}));
  for (const { Name, EventPattern } of Rules) {
    if (EventPattern !== undefined) await events.send(new DisableRuleCommand({ Name }));
  }
}
