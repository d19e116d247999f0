import {
  ListResourceRecordSetsCommand,
  type ListResourceRecordSetsCommandInput,
  type ListResourceRecordSetsResponse,
  type Route53Client,
} from '@aws-sdk/client-route-53';
import { listingKey, normalizeName } from '../records/names.ts';
import { afterChange, type RecordChange, type RecordSet } from '../records/record-set.ts';
import { recordSet } from './records.ts';
import { said } from './said.ts';

/** A part of a hosted zone that was read whole: the keys from `from` up to, but without, `to`; to the end without it. */
interface Span {
  readonly from: string;
  readonly to: string | undefined;
  /** Where the listing goes on. */
  readonly next: RecordStart | undefined;
  /** By name; those at `to` are a part of what is there. */
  readonly records: Map<string, readonly RecordSet[]>;
}

/** A place in the listing of a zone; `{}` is its start. */
export type RecordStart = Pick<
  ListResourceRecordSetsCommandInput,
  'StartRecordName' | 'StartRecordType' | 'StartRecordIdentifier'
>;
export type Page = Omit<ListResourceRecordSetsResponse, 'MaxItems' | 'IsTruncated'> & {
  readonly IsTruncated?: boolean | undefined;
};

/** Lists record sets of one hosted zone from a place on. */
export type ListPage = (start: RecordStart) => Promise<Page>;

/** @param pageSize record sets a call; Route 53 returns 300 at most. */
export function listPages(route53: Route53Client, HostedZoneId: string, pageSize: number): ListPage {
  return async (start) => {
    const command = new ListResourceRecordSetsCommand({ HostedZoneId, ...start, MaxItems: pageSize });
    const { $metadata, ...page } = await route53.send(command);
    return page;
  };
}

/** Where the next page starts; `undefined` after the last one. */
export function nextStart({
  IsTruncated,
  NextRecordName,
  NextRecordType,
  NextRecordIdentifier,
}: Page): RecordStart | undefined {
  if (!said(IsTruncated, 'ListResourceRecordSets')) return undefined;
  return {
    StartRecordName: NextRecordName,
    StartRecordType: NextRecordType,
    StartRecordIdentifier: NextRecordIdentifier,
  };
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

  /** @param fromStart whether the zone is read from its start on, because most of it will be asked for. */
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

  /** Takes over changes that Route 53 has made: they are not asked for again. */
  apply(changes: readonly RecordChange[]): void {
    for (const change of changes) {
      const { name } = change.record;
      const span = this.#spans.find((one) => holds(one, listingKey(name)));
      span?.records.set(name, afterChange(span.records.get(name) ?? [], change));
    }
  }

  async #read(names: readonly string[]): Promise<readonly RecordSet[]> {
    const wanted = [...new Set(names)]
      .map((name) => ({ name, key: listingKey(name) }))
      .sort((a, b) => order(a.key, b.key));
    const found: RecordSet[] = [];
    for (const { name, key } of wanted) {
      const span =
        this.#spans.find((one) => holds(one, key)) ??
        (await (this.#fromStart ? this.#pagesUpTo(key) : this.#page({ StartRecordName: name }, key)));
      found.push(...(span.records.get(name) ?? []));
    }
    return found;
  }

  /** Reads page after page, from where the last one ended, until one holds the key. */
  async #pagesUpTo(key: string): Promise<Span> {
    const last = this.#spans.at(-1);
    const span = await this.#page(last?.next ?? {}, last?.to ?? '', last?.records);
    return holds(span, key) ? span : this.#pagesUpTo(key);
  }

  /**
   * Reads one page from a place on, or as many as the name there fills.
   * @param before the records of the page before, which may have begun that name.
   */
  async #page(first: RecordStart, from: string, before?: Span['records']): Promise<Span> {
    const { StartRecordName = '' } = first;
    const begun = normalizeName(StartRecordName);
    const records = new Map([[begun, before?.get(begun) ?? []]]);
    let start: RecordStart | undefined = first;
    let next: RecordStart | undefined;
    let to: string | undefined;
    while (start !== undefined) {
      const page: Page = await this.#list(start);
      for (const record of page.ResourceRecordSets ?? []) {
        const read = recordSet(record);
        records.set(read.name, [...(records.get(read.name) ?? []), read]);
      }
      next = nextStart(page);
      to = next === undefined ? undefined : listingKey(normalizeName(next.StartRecordName ?? ''));
      start = to === undefined || order(to, from) > 0 ? undefined : next;
    }
    const span = { from, to, next, records };
    this.#spans.push(span);
    return span;
  }
}

function holds({ from, to }: Span, key: string): boolean {
  return order(key, from) >= 0 && (to === undefined || order(key, to) < 0);
}

/** Compares keys of a listing. */
export function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
