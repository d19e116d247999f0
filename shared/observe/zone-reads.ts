import type { HostedZone } from '@aws-sdk/client-route-53';
import type { ZonePages } from './zone-pages.ts';

/**
 * What is read of hosted zones that no one account and region has for itself: the targets of a sweep share it in a
 * process, so that a zone costs as many calls as it has pages, however many accounts publish in it. What fails is asked again.
 */
export class ZoneReads {
  readonly #listings = new Map<string, Promise<readonly HostedZone[]>>();
  readonly #pages = new Map<string, ZonePages>();
  /** Record sets of each zone, as its listing says. */
  readonly #sizes = new Map<string, number>();
  #services = 0;

  /** @param from names the client that lists. */
  zones(from: string, list: () => Promise<readonly HostedZone[]>): Promise<readonly HostedZone[]> {
    const known = this.#listings.get(from);
    if (known !== undefined) return known;
    const listed = list().then((zones) => {
      for (const { Id = '', ResourceRecordSetCount = 0 } of zones)
        this.#sizes.set(Id.replace('/hostedzone/', ''), ResourceRecordSetCount);
      return zones;
    });
    this.#listings.set(from, listed);
    listed.catch(() => this.#listings.delete(from));
    return listed;
  }

  /** So many services more will ask for the records of their names. */
  expect(services: number): void {
    this.#services += services;
  }

  /**
   * @param pageSize record sets a call.
   * @param make by `fromStart`: whether the whole zone costs fewer calls than one for each service.
   */
  pages(zoneId: string, pageSize: number, make: (fromStart: boolean) => ZonePages): ZonePages {
    const whole = Math.ceil((this.#sizes.get(zoneId) ?? Number.POSITIVE_INFINITY) / pageSize);
    const pages = this.#pages.get(zoneId) ?? make(whole <= this.#services);
    this.#pages.set(zoneId, pages);
    return pages;
  }
}

/** The reads of the run that is compared now; those of the one before are given up. */
export function zoneReadsOfRun(): (run: string) => ZoneReads {
  let last: { readonly run: string; readonly reads: ZoneReads } | undefined;
  return (run) => {
    if (last?.run !== run) last = { run, reads: new ZoneReads() };
    return last.reads;
  };
}
