import type { HostedZone, HostedZoneSummary, Route53Client } from '@aws-sdk/client-route-53';
import { currentUrgency } from '../aws/rate-budget.ts';
import { turnOf } from '../aws/route53-budget.ts';
import { listingKey, normalizeName } from '../records/names.ts';
import { type Freshness, KeptAnswers } from './memory.ts';
import type { ZoneListings } from './records.ts';
import { type ListPage, listPages, nextStart, order, type Page } from './zone-pages.ts';

/** Record sets a page, of a zone that is read for one service: a name, its children and its neighbours. */
const PAGE = 100;
/** For several services: the most that Route 53 returns. */
const LARGE_PAGE = 300;

/** Listings that were made with one client. */
interface KeptListings {
  readonly zones: KeptAnswers<readonly HostedZone[]>;
  readonly inVpc: KeptAnswers<readonly HostedZoneSummary[]>;
}

interface Waiting<Answer> {
  readonly names: string[];
  readonly answer: Promise<Answer>;
}

/** Reads of one kind. One that waits for its turn is joined by whoever asks the same of the same client. */
class Joined<Answer> {
  /** What AWS answers may depend on who asks. */
  readonly #waiting = new WeakMap<Route53Client, Map<string, Waiting<Answer>>>();

  /**
   * @param about names the question.
   * @param ask is called when the turn has come, with the names of all that wait by then.
   */
  read(
    about: string,
    client: Route53Client,
    ask: (names: readonly string[]) => Promise<Answer>,
    name = '',
  ): Promise<Answer> {
    // Who may not wait for long would be refused in the place of one who may.
    const key = `${currentUrgency()} ${about}`;
    const waiting = this.#waiting.get(client) ?? new Map<string, Waiting<Answer>>();
    this.#waiting.set(client, waiting);
    const known = waiting.get(key);
    known?.names.push(name);
    if (known !== undefined) return known.answer;
    const names = [name];
    const answer = turnOf(client)
      .finally(() => waiting.delete(key))
      .then((inTurn) => inTurn(() => ask(names)));
    waiting.set(key, { names, answer });
    return answer;
  }
}

/**
 * What is read of Route 53 for the services that a process reconciles at the same time. They wait for the same line of calls
 * (`RateBudget`), so a read whose turn has not come is made for all that want it by then: it begins after they asked, and is as
 * new as one of their own (docs/decisions/reads-in-line-are-joined.md).
 */
export class JoinedReads {
  readonly #zones = new Joined<readonly HostedZone[]>();
  readonly #inVpc = new Joined<readonly HostedZoneSummary[]>();
  readonly #pages = new Joined<{ readonly from: string; readonly page: Page }>();
  readonly #kept = new WeakMap<Route53Client, KeptListings>();

  /** @param freshness which listings of other reconciliations are taken. */
  listings(freshness: Freshness): ZoneListings {
    return {
      zones: (client, from, list) =>
        this.#keptOf(client).zones.read(from, freshness, () => this.#zones.read(from, client, list)),
      inVpc: (client, vpcId, list) =>
        this.#keptOf(client).inVpc.read(vpcId, freshness, () => this.#inVpc.read(vpcId, client, list)),
    };
  }

  #keptOf(client: Route53Client): KeptListings {
    const kept = this.#kept.get(client) ?? {
      zones: new KeptAnswers(() => true),
      inVpc: new KeptAnswers(() => true),
    };
    this.#kept.set(client, kept);
    return kept;
  }

  /** Lists a zone. A page from a name on is also for the names behind it, as far as it goes. */
  pages(client: Route53Client, zoneId: string): ListPage {
    return ({ StartRecordName: name, ...rest }) =>
      name === undefined || Object.values(rest).some((part) => part !== undefined)
        ? listPages(client, zoneId, PAGE)({ StartRecordName: name, ...rest })
        : this.#pageFrom(client, zoneId, name);
  }

  async #pageFrom(client: Route53Client, zoneId: string, name: string): Promise<Page> {
    const readFrom = async (names: readonly string[]) => {
      const [from = name] = names.toSorted((a, b) => order(listingKey(a), listingKey(b)));
      const size = names.length > 1 ? LARGE_PAGE : PAGE;
      return { from, page: await listPages(client, zoneId, size)({ StartRecordName: from }) };
    };
    const { from, page } = await this.#pages.read(zoneId, client, readFrom, name);
    if (from === name) return page;
    const isBefore = (other = '') => order(listingKey(normalizeName(other)), listingKey(name)) < 0;
    const next = nextStart(page);
    if (next !== undefined && isBefore(next.StartRecordName)) return this.#pageFrom(client, zoneId, name);
    const { ResourceRecordSets = [] } = page;
    return { ...page, ResourceRecordSets: ResourceRecordSets.filter(({ Name }) => !isBefore(Name)) };
  }
}
