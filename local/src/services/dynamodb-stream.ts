import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../clock.ts';

type Json = Readonly<Record<string, unknown>>;
export type Image = Json;

/** Documented: "StreamSpecification". */
export const streamViewTypes = ['KEYS_ONLY', 'NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES'] as const;
export type StreamViewType = (typeof streamViewTypes)[number];

/** Documented: "Data retention limit for DynamoDB Streams". */
const RETENTION_MS = 24 * 60 * 60 * 1000;
/** The width of a sequence number in AWS's examples: as text they sort as they were written. */
const SEQUENCE_DIGITS = 21;

/** One change of an item, as GetRecords and Lambda show it. */
export interface StreamRecord {
  readonly eventID: string;
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly eventVersion: '1.1';
  readonly eventSource: 'aws:dynamodb';
  readonly awsRegion: string;
  readonly dynamodb: {
    /** Seconds since the epoch. */
    readonly ApproximateCreationDateTime: number;
    readonly Keys: Image;
    readonly NewImage?: Image;
    readonly OldImage?: Image;
    readonly SequenceNumber: string;
    readonly SizeBytes: number;
    readonly StreamViewType: StreamViewType;
  };
}

/**
 * The stream of a table: every change of an item in its order, kept for 24 hours. A write that changes nothing leaves no
 * record (documented: "Change data capture for DynamoDB Streams").
 */
export class TableStream {
  readonly arn: string;
  readonly label: string;
  readonly viewType: StreamViewType;
  readonly #clock: Clock;
  readonly #keyNames: readonly string[];
  readonly #region: string;
  /** The items as they were last written, by their key. */
  readonly #images = new Map<string, Image>();
  readonly #listeners = new Set<() => void>();
  #records: readonly { readonly at: number; readonly sequence: number; readonly record: StreamRecord }[] = [];
  #sequence = 0;

  constructor(
    tableArn: string,
    options: {
      readonly clock: Clock;
      readonly viewType: StreamViewType;
      readonly keyNames: readonly string[];
      readonly items: readonly Image[];
    },
  ) {
    this.label = new Date(options.clock.now()).toISOString().replace('Z', '');
    this.arn = `${tableArn}/stream/${this.label}`;
    this.#region = tableArn.split(':')[3] ?? '';
    this.viewType = options.viewType;
    this.#clock = options.clock;
    this.#keyNames = options.keyNames;
    for (const item of options.items) this.#images.set(this.#keyOf(item).text, item);
  }

  /** @param item any item with the key, or the key alone. @param image the item after the write; `undefined`: it is gone. */
  write(item: Image, image: Image | undefined): void {
    const key = this.#keyOf(item);
    const before = this.#images.get(key.text);
    if (image === undefined) this.#images.delete(key.text);
    else this.#images.set(key.text, image);
    if (isDeepStrictEqual(before, image)) return;
    const at = this.#clock.now();
    const sequence = ++this.#sequence;
    const shown = (has: boolean, name: 'NewImage' | 'OldImage', one: Image | undefined) =>
      has && one !== undefined ? { [name]: one } : {};
    const images = {
      ...shown(/NEW/.test(this.viewType), 'NewImage', image),
      ...shown(/OLD/.test(this.viewType), 'OldImage', before),
    };
    const record: StreamRecord = {
      eventID: `${this.label}-${sequence}`,
      eventName: image === undefined ? 'REMOVE' : before === undefined ? 'INSERT' : 'MODIFY',
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: this.#region,
      dynamodb: {
        ApproximateCreationDateTime: Math.floor(at / 1000),
        Keys: key.members,
        ...images,
        SequenceNumber: sequenceNumber(sequence),
        SizeBytes: JSON.stringify({ ...key.members, ...images }).length,
        StreamViewType: this.viewType,
      },
    };
    this.#records = [...this.#records.filter((one) => at - one.at < RETENTION_MS), { at, sequence, record }];
    for (const listener of [...this.#listeners]) listener();
  }

  /** Up to `most` records after the one of a sequence number. @param after 0: from the oldest. */
  read(after: number, most: number): readonly { readonly sequence: number; readonly record: StreamRecord }[] {
    const oldest = this.#clock.now() - RETENTION_MS;
    return this.#records.filter(({ at, sequence }) => sequence > after && at > oldest).slice(0, most);
  }

  /** The sequence number of the last record. */
  get latest(): number {
    return this.#sequence;
  }

  /** Calls `listener` after each record. @returns what ends the calls. */
  onRecord(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #keyOf(item: Image): { readonly members: Image; readonly text: string } {
    const members = Object.fromEntries(this.#keyNames.map((name) => [name, item[name]]));
    return { members, text: JSON.stringify(members) };
  }
}

const sequenceNumber = (sequence: number): string => `1${String(sequence).padStart(SEQUENCE_DIGITS - 1, '0')}`;
