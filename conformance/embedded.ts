import { createCloud, type DnsView, type EmbeddedCloud, REGION } from 'apprunner-embedded-cloud';
import { type Chance, systemChance } from 'apprunner-embedded-cloud/chance';
import { VirtualClock } from 'apprunner-embedded-cloud/clock';
import type { Switches } from 'apprunner-embedded-cloud/profile';
import { seedNetwork } from 'apprunner-embedded-cloud/seed';
import { clientsOf, openSite, type Resolve, type Site } from './site.ts';

/** Milliseconds of virtual time between two reads. */
const INTERVAL = 400;

/** A new embedded cloud in virtual time. */
export async function embeddedSite(
  switches: Partial<Switches> = {},
  chance: Chance = systemChance(),
): Promise<{ readonly site: Site; readonly cloud: EmbeddedCloud; stop(): Promise<void> }> {
  const clock = new VirtualClock();
  const cloud = createCloud({ clock, chance, switches });
  const network = await seedNetwork(cloud);
  const resolve =
    (view: DnsView): Resolve =>
    async (name) => {
      const { rcode, answers } = cloud.resolver.answer(view, name, 'A');
      if (rcode !== 'NOERROR' && rcode !== 'NXDOMAIN') throw new Error(`DNS answers ${rcode} for ${name}`);
      return answers.filter(({ type }) => type === 'A').map(({ value }) => value);
    };
  const site = await openSite({
    target: 'embedded',
    clients: clientsOf(cloud.clientConfig()),
    region: REGION,
    waiter: { interval: INTERVAL, now: () => clock.now(), wait: (milliseconds) => clock.advance(milliseconds) },
    vpcId: network.vpcId,
    zoneId: network.publicZoneId,
    publicDns: resolve({ kind: 'public' }),
    vpcDns: (vpcId) => resolve({ kind: 'vpc', vpcId }),
  });
  return { site, cloud, stop: () => cloud.stop() };
}
