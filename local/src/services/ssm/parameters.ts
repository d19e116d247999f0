import { AwsError } from '../../wire/errors.ts';
import type { EventSink, World } from '../../world.ts';
import { type ParameterRecord, parameterArn, selected, type Version } from './parameter.ts';
import { notFound } from './refusals.ts';

interface Place {
  readonly account: string;
  readonly region: string;
}

/** Documented: the oldest version goes when there is one more. */
const MOST_VERSIONS = 100;

/** Every parameter of every account and region. */
export class Parameters {
  readonly #world: World;
  readonly #events: EventSink;
  readonly #records = new Map<string, ParameterRecord>();

  constructor(world: World, events: EventSink) {
    this.#world = world;
    this.#events = events;
  }

  find(place: Place, name: string): ParameterRecord | undefined {
    return this.#records.get(key(place, name));
  }

  /** By name. */
  of(place: Place): readonly ParameterRecord[] {
    const prefix = key(place, '');
    const found = [...this.#records].filter(([at]) => at.startsWith(prefix)).map(([, record]) => record);
    return found.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  }

  /**
   * The parameter and the version that a name, `name:version` or ARN means.
   * @throws AwsError ParameterNotFound, ParameterVersionNotFound
   */
  version(place: Place, given: string): { record: ParameterRecord; version: Version; selector: string | undefined } {
    const { name, selector } = selected(place, given);
    const record = this.find(place, name);
    if (record === undefined) throw notFound(given);
    const version =
      selector === undefined ? newest(record) : record.versions.find((one) => String(one.version) === selector);
    if (version === undefined) {
      throw new AwsError(
        'ParameterVersionNotFound',
        `Systems Manager could not find version ${selector} of ${record.name}. Verify the version and try again.`,
      );
    }
    return { record, version, selector };
  }

  /** Makes the parameter, or its next version. @returns the number of the version. */
  put(
    place: Place,
    name: string,
    value: Omit<Version, 'version' | 'modifiedAt'>,
    tags: ReadonlyMap<string, string> | undefined,
  ): number {
    const before = this.find(place, name);
    const number = (before === undefined ? 0 : newest(before).version) + 1;
    const version = { ...value, version: number, modifiedAt: this.#world.clock.now() };
    const record: ParameterRecord = {
      name: before?.name ?? name,
      arn: parameterArn(place, name),
      versions: [...(before?.versions ?? []), version].slice(-MOST_VERSIONS),
      tags: tags ?? before?.tags ?? new Map(),
    };
    this.#records.set(key(place, name), record);
    this.#publish(place, record, before === undefined ? 'Create' : 'Update');
    return number;
  }

  tag(place: Place, record: ParameterRecord, tags: ReadonlyMap<string, string>): void {
    this.#records.set(key(place, record.name), { ...record, tags });
  }

  delete(place: Place, record: ParameterRecord): void {
    this.#records.delete(key(place, record.name));
    this.#publish(place, record, 'Delete');
  }

  /** Documented: events of Parameter Store. */
  #publish(place: Place, record: ParameterRecord, operation: 'Create' | 'Update' | 'Delete'): void {
    const { type, description } = newest(record);
    this.#events.emit({
      ...place,
      source: 'aws.ssm',
      'detail-type': 'Parameter Store Change',
      resources: [record.arn],
      detail: { operation, name: record.name, type, ...(description === undefined ? {} : { description }) },
    });
  }
}

export function newest({ versions, name }: ParameterRecord): Version {
  const version = versions.at(-1);
  if (version === undefined) throw new Error(`the parameter ${name} has no version`);
  return version;
}

/** `x` and `/x` are one parameter, as they have one ARN. */
const key = ({ account, region }: Place, name: string): string => `${account} ${region} ${name.replace(/^\//, '')}`;
