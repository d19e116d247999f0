import {
  ListResourceRecordSetsCommand,
  type ListResourceRecordSetsCommandInput,
  type ListResourceRecordSetsResponse,
  type Route53Client,
} from '@aws-sdk/client-route-53';
import { listingKey, normalizeName } from '../records/names.ts';
import type { RecordSet } from '../records/record-set.ts';
import { recordSet } from './records.ts';
import { said } from './said.ts';

/** A part of a hosted zone that was read whole: the keys from `from` up to, but without, `to`; to the end without it. */
interface Span {
  readonly from: string;
  readonly to: string | undefined;
  /** The name that is at `to`. */
  readonly next: string | undefined;
  readonly records: ReadonlyMap<string, readonly RecordSet[]>;
}

type Start = Pick<ListResourceRecordSetsCommandInput, 'StartRecordName' | 'StartRecordType' | 'StartRecordIdentifier'>;
type Page = Omit<ListResourceRecordSetsResponse, 'MaxItems' | 'IsTruncated'> & {
  readonly IsTruncated?: boolean | undefined;
};

/** Lists record sets of one hosted zone from a place on. */
export type ListPage = (start: Start) => Promise<Page>;

/**
 * @param pageSize record sets a call; Route 53 returns 300 at most.
 * @param fromStart whether the zone is read from its start on, because most of it will be asked for.
 */
export function pagesOf(route53: Route53Client, HostedZoneId: string, pageSize: number, fromStart = false): ZonePages {
  const list: ListPage = (start) =>
    route53.send(new ListResourceRecordSetsCommand({ HostedZoneId, ...start, MaxItems: pageSize }));
  return new ZonePages(list, fromStart);
}

/**
 * The record sets of one hosted zone, read page by page and each page once. A name that lies within a page that was read
 * costs no call, so many names cost as many calls as the zone has pages, and few names one each.
 */
export class ZonePages {
  readonly #list: ListPage;
  readonly #fromStart: boolean;
  readonly #spans: Span[] = [];
  #last: Promise<unknown> = Promise.resolve();

  constructor(list: ListPage, fromStart = false) {
    this.#list = list;
    this.#fromStart = fromStart;
  }

  /** All record sets at the given names. One question after the other: the next one finds the pages of those before. */
  at(names: readonly string[]): Promise<readonly RecordSet[]> {
    const answer = this.#last.then(() => this.#read(names));
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  async #read(names: readonly string[]): Promise<readonly RecordSet[]> {
    const wanted = [...new Set(names)]
      .map((name) => ({ name, key: listingKey(name) }))
      .sort((a, b) => order(a.key, b.key));
    const found: RecordSet[] = [];
    for (const { name, key } of wanted) {
      const span =
        this.#spans.find((one) => holds(one, key)) ??
        (await (this.#fromStart ? this.#pagesUpTo(key) : this.#page(name, key)));
      found.push(...(span.records.get(name) ?? []));
    }
    return found;
  }

  /** Reads page after page, from where the last one ended, until one holds the key. */
  async #pagesUpTo(key: string): Promise<Span> {
    const last = this.#spans.at(-1);
    const span = await this.#page(last?.next, last?.to ?? '');
    return holds(span, key) ? span : this.#pagesUpTo(key);
  }

  /** Reads one page from a name on, or as many as that name fills; without a name, from the start of the zone. */
  async #page(name: string | undefined, from: string): Promise<Span> {
    const records = new Map<string, RecordSet[]>();
    let start: Start | undefined = name === undefined ? {} : { StartRecordName: name };
    let to: string | undefined;
    let next: string | undefined;
    while (start !== undefined) {
      const page: Page = await this.#list(start);
      for (const record of page.ResourceRecordSets ?? []) {
        const read = recordSet(record);
        records.set(read.name, [...(records.get(read.name) ?? []), read]);
      }
      next = said(page.IsTruncated, 'ListResourceRecordSets') ? page.NextRecordName : undefined;
      to = next === undefined ? undefined : listingKey(normalizeName(next));
      start =
        to === undefined || order(to, from) > 0
          ? undefined
          : {
              StartRecordName: next,
              StartRecordType: page.NextRecordType,
              StartRecordIdentifier: page.NextRecordIdentifier,
            };
    }
    const span = { from, to, next, records };
    this.#spans.push(span);
    return span;
  }
}

function holds({ from, to }: Span, key: string): boolean {
  return order(key, from) >= 0 && (to === undefined || order(key, to) < 0);
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
