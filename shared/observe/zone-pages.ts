import {
  ListResourceRecordSetsCommand,
  type ListResourceRecordSetsCommandInput,
  type ListResourceRecordSetsResponse,
  type Route53Client,
} from '@aws-sdk/client-route-53';
import { listingKey, normalizeName } from '../records/names.ts';
import { afterChange, type RecordChange, type RecordSet } from '../records/record-set.ts';
import { type Asked, askedNow } from './memory.ts';
import { recordSet } from './records.ts';
import { said } from './said.ts';

/** A part of a hosted zone that was read whole: the keys from `from` up to, but without, `to`; to the end without it. */
export interface Span extends Asked {
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

/** How the pages of a zone are read and kept. */
export interface PageOptions {
  /** Whether the zone is read from its start on, because most of it will be asked for. */
  readonly fromStart?: boolean;
  /** Milliseconds since the epoch. */
  now?(): number;
  /** How long pages are kept, in milliseconds. */
  readonly keptFor?: number;
  /** How many pages are kept at most. */
  readonly most?: number;
}

/**
 * The record sets of one hosted zone, read page by page and each page once. A name that lies within a page that was read
 * costs no call, so many names cost as many calls as the zone has pages, and few names one each.
 */
export class ZonePages {
  readonly #list: ListPage;
  readonly #fromStart: boolean;
  readonly #now: () => number;
  readonly #keptFor: number;
  readonly #most: number;
  /** In the order in which they were asked for. */
  #spans: readonly Span[] = [];
  /** Pages that are being read, and changes that Route 53 made since the first of them was asked for. */
  #reading = 0;
  #meanwhile: readonly { readonly change: RecordChange; readonly at: number }[] = [];
  #last: Promise<unknown> = Promise.resolve();

  /** By default all pages are kept. */
  constructor(
    list: ListPage,
    {
      fromStart = false,
      now = () => 0,
      keptFor = Number.POSITIVE_INFINITY,
      most = Number.POSITIVE_INFINITY,
    }: PageOptions = {},
  ) {
    this.#list = list;
    this.#fromStart = fromStart;
    this.#now = now;
    this.#keptFor = keptFor;
    this.#most = most;
  }

  /** How many pages are kept; 1 at least. */
  get count(): number {
    return Math.max(1, this.#spans.length);
  }

  /** When the last of them was asked for, in milliseconds since the epoch. */
  get lastAt(): number {
    return this.#spans.at(-1)?.at ?? this.#now();
  }

  /** All record sets at the given names. One question after the other: the next one finds the pages of those before. */
  at(names: readonly string[]): Promise<readonly RecordSet[]> {
    const answer = this.#last.then(() => this.read(names));
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  /**
   * All record sets at the given names.
   * @param mayTake whether a page that was read already will do for a name.
   */
  async read(
    names: readonly string[],
    mayTake: (span: Span, name: string) => boolean = () => true,
  ): Promise<readonly RecordSet[]> {
    const wanted = [...new Set(names)]
      .map((name) => ({ name, key: listingKey(name) }))
      .sort((a, b) => order(a.key, b.key));
    const records: RecordSet[] = [];
    const read = new Set<Span>();
    for (const { name, key } of wanted) {
      const known = this.#spans.findLast((one) => holds(one, key) && (read.has(one) || mayTake(one, name)));
      const span =
        known ?? (await (this.#fromStart ? this.#pagesUpTo(key) : this.#page({ StartRecordName: name }, key)));
      if (known === undefined) read.add(span);
      records.push(...(span.records.get(name) ?? []));
    }
    return records;
  }

  /**
   * Takes over changes that Route 53 has made: they are not asked for again.
   * @param at when it had made them, in milliseconds since the epoch.
   */
  apply(changes: readonly RecordChange[], at: number): void {
    for (const change of changes) for (const span of this.#spans) takeOver(span, change, at);
    if (this.#reading > 0) this.#meanwhile = [...this.#meanwhile, ...changes.map((change) => ({ change, at }))];
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
    const asked = askedNow(this.#now);
    this.#reading++;
    try {
      const span = { ...asked, from, ...(await readFrom(this.#list, first, from, before)) };
      for (const { change, at: madeAt } of this.#meanwhile) takeOver(span, change, madeAt);
      const isKept = (one: Span) =>
        asked.at - one.at < this.#keptFor && !(one.order < asked.order && isWithin(one, span));
      const spans = [...this.#spans.filter(isKept), span].toSorted((one, other) => one.order - other.order);
      this.#spans = spans.slice(-this.#most);
      return span;
    } finally {
      if (--this.#reading === 0) this.#meanwhile = [];
    }
  }
}

async function readFrom(
  list: ListPage,
  first: RecordStart,
  from: string,
  before: Span['records'] | undefined,
): Promise<Pick<Span, 'to' | 'next' | 'records'>> {
  const begun = normalizeName(first.StartRecordName ?? '');
  const records = new Map([[begun, before?.get(begun) ?? []]]);
  let start: RecordStart | undefined = first;
  let next: RecordStart | undefined;
  let to: string | undefined;
  while (start !== undefined) {
    const page: Page = await list(start);
    for (const record of page.ResourceRecordSets ?? []) {
      const read = recordSet(record);
      records.set(read.name, [...(records.get(read.name) ?? []), read]);
    }
    next = nextStart(page);
    to = next === undefined ? undefined : listingKey(normalizeName(next.StartRecordName ?? ''));
    start = to === undefined || order(to, from) > 0 ? undefined : next;
  }
  return { to, next, records };
}

/** A page that was asked for before the change was made takes it over: it may have been read before, too. */
function takeOver(span: Span, change: RecordChange, madeAt: number): void {
  const { name } = change.record;
  if (span.at <= madeAt && holds(span, listingKey(name)))
    span.records.set(name, afterChange(span.records.get(name) ?? [], change));
}

function holds({ from, to }: Span, key: string): boolean {
  return order(key, from) >= 0 && (to === undefined || order(key, to) < 0);
}

/** Whether a part has nothing that the other one does not have. */
function isWithin(one: Span, other: Span): boolean {
  return (
    order(one.from, other.from) >= 0 &&
    (other.to === undefined || (one.to !== undefined && order(one.to, other.to) <= 0))
  );
}

/** Compares keys of a listing. */
export function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
