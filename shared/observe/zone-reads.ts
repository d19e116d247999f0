import type { HostedZone, HostedZoneSummary, Route53Client } from '@aws-sdk/client-route-53';
import type { List, ZoneListings } from './records.ts';
import { type ListPage, ZonePages } from './zone-pages.ts';

/** Answers that several processes share: one of them asks, and the others take its answer. */
export interface SharedAnswers {
  /** @param about names the question. @throws what `ask` throws; then another process may ask again. */
  once<Answer extends object>(about: string, ask: () => Promise<Answer>): Promise<Answer>;
}

/** Each process asks for itself. */
const unshared: SharedAnswers = { once: (_, ask) => ask() };

/**
 * What is read of hosted zones that no one account and region has for itself: the targets of a sweep share it, so that a
 * zone costs as many calls as it has pages, however many accounts publish in it. What fails is asked again.
 */
export class ZoneReads implements ZoneListings {
  readonly #listings = new Map<string, Promise<readonly HostedZone[]>>();
  readonly #pages = new Map<string, ZonePages>();
  /** Record sets of each zone, as its listing says. */
  readonly #sizes = new Map<string, number>();
  readonly #answers: SharedAnswers;
  #services: Readonly<Record<string, number>> = {};

  /** @param answers what the process shares with others; by default nothing. */
  constructor(answers: SharedAnswers = unshared) {
    this.#answers = answers;
  }

  /** @param from names the client that lists. */
  zones(_: Route53Client, from: string, list: List<HostedZone>): Promise<readonly HostedZone[]> {
    const known = this.#listings.get(from);
    if (known !== undefined) return known;
    const listed = this.#answers.once(`zones ${from}`, list).then((zones) => {
      for (const { Id = '', ResourceRecordSetCount = 0 } of zones)
        this.#sizes.set(Id.replace('/hostedzone/', ''), ResourceRecordSetCount);
      return zones;
    });
    this.#listings.set(from, listed);
    listed.catch(() => this.#listings.delete(from));
    return listed;
  }

  /** Each VPC is of one account and region, whose observer remembers it. */
  inVpc(_: Route53Client, __: string, list: List<HostedZoneSummary>): Promise<readonly HostedZoneSummary[]> {
    return list();
  }

  /** @param services how many services will ask for records of each zone, by its id. */
  expect(services: Readonly<Record<string, number>>): void {
    this.#services = services;
  }

  /** Lists a zone, each page once. */
  shared(zoneId: string, list: ListPage): ListPage {
    return (start) => this.#answers.once(`page ${zoneId} ${JSON.stringify(start)}`, () => list(start));
  }

  /**
   * The pages of a zone: read from its start on, and shared, where that costs fewer calls than one for each service.
   * @param pageSize record sets a call of `list`.
   */
  pages(zoneId: string, pageSize: number, list: ListPage): ZonePages {
    const known = this.#pages.get(zoneId);
    if (known !== undefined) return known;
    const whole = Math.ceil((this.#sizes.get(zoneId) ?? Number.POSITIVE_INFINITY) / pageSize);
    const fromStart = whole <= (this.#services[zoneId] ?? 0);
    const pages = new ZonePages(fromStart ? this.shared(zoneId, list) : list, { fromStart });
    this.#pages.set(zoneId, pages);
    return pages;
  }
}

/**
 * The reads of the run that is compared now; those of the one before are given up.
 * @param answersOf what the processes that compare a run share.
 */
export function zoneReadsOfRun(answersOf?: (run: string) => SharedAnswers): (run: string) => ZoneReads {
  let last: { readonly run: string; readonly reads: ZoneReads } | undefined;
  return (run) => {
    if (last?.run !== run) last = { run, reads: new ZoneReads(answersOf?.(run)) };
    return last.reads;
  };
}
