import { JsonCodec2 } from '@aws-sdk/core/protocols';
import type { NormalizedSchema } from '@smithy/core/schema';
import { bytesOf, textOf } from './message.ts';
import { bytesFromBase64, dateFromText, fromText } from './text.ts';
import { path, type Refusals, requiredMembers, typeName } from './validation.ts';

const EPOCH_SECONDS = 7;
export type JsonDocument = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is JsonDocument =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const kind = (value: unknown) => (value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value);

/** The JSON object that a body is. @param malformed makes the error for one that is none. */
export function documentOf(body: Uint8Array, malformed: Refusals['malformed']): JsonDocument {
  let document: unknown;
  try {
    document = JSON.parse(textOf(body));
  } catch (error) {
    throw malformed(`the body is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!isObject(document)) throw malformed(`the body is a ${kind(document)}, not a JSON object`);
  return document;
}

/** The JSON half of AWS JSON and of REST JSON (which alone honours `jsonName`). */
export class JsonShapes {
  readonly #refuse: Refusals;
  readonly #renames: boolean;
  readonly #codec: JsonCodec2;

  constructor(refuse: Refusals, options: { readonly jsonName: boolean }) {
    this.#refuse = refuse;
    this.#renames = options.jsonName;
    this.#codec = new JsonCodec2({
      timestampFormat: { useTrait: true, default: EPOCH_SECONDS },
      jsonName: options.jsonName,
    });
  }

  /** The document of a body; an empty body is `{}`. */
  parse(body: Uint8Array): JsonDocument {
    return body.length === 0 ? {} : documentOf(body, this.#refuse.malformed);
  }

  wireName(name: string, member: NormalizedSchema): string {
    return (this.#renames ? member.getMergedTraits().jsonName : undefined) ?? name;
  }

  /** A value typed by its schema. Paths of required members that are not there are added to `missing`. */
  read(ns: NormalizedSchema, value: unknown, at: string, missing: string[]): unknown {
    if (ns.isDocumentSchema()) return value;
    if (ns.isStructSchema()) return this.#structure(ns, value, at, missing);
    if (ns.isListSchema()) {
      if (!Array.isArray(value)) throw this.#wrongType(ns, value, at);
      return value.map((item, index) => this.#element(ns, item, path.item(at, index), missing));
    }
    if (ns.isMapSchema()) {
      if (!isObject(value)) throw this.#wrongType(ns, value, at);
      const entries = Object.entries(value);
      return Object.fromEntries(
        entries.map(([key, item]) => [key, this.#element(ns, item, path.value(at, key), missing)]),
      );
    }
    return this.#scalar(ns, value, at);
  }

  write(ns: NormalizedSchema, value: unknown): Uint8Array {
    const serializer = this.#codec.createSerializer();
    serializer.write(ns, value);
    const written: unknown = serializer.flush();
    return written instanceof Uint8Array ? written : bytesOf(String(written));
  }

  #structure(ns: NormalizedSchema, value: unknown, at: string, missing: string[]): object {
    if (!isObject(value)) throw this.#wrongType(ns, value, at);
    const read: Record<string, unknown> = {};
    for (const [name, member] of ns.structIterator()) {
      const wire = value[this.wireName(name, member)];
      if (wire !== undefined && wire !== null) read[name] = this.read(member, wire, path.member(at, name), missing);
    }
    for (const name of requiredMembers(ns)) if (read[name] === undefined) missing.push(path.member(at, name));
    return read;
  }

  #element(collection: NormalizedSchema, value: unknown, at: string, missing: string[]): unknown {
    if (value !== null) return this.read(collection.getValueSchema(), value, at, missing);
    if (!collection.getMergedTraits().sparse) missing.push(at);
    return null;
  }

  #scalar(ns: NormalizedSchema, value: unknown, at: string): unknown {
    const wrongType = () => this.#wrongType(ns, value, at);
    if (ns.isTimestampSchema()) {
      const date = typeof value === 'number' || typeof value === 'string' ? dateFromText(String(value)) : undefined;
      if (date === undefined) throw wrongType();
      return date;
    }
    if (ns.isBlobSchema()) {
      const bytes = typeof value === 'string' ? bytesFromBase64(value) : undefined;
      if (bytes === undefined) throw wrongType();
      return bytes;
    }
    if (ns.isStringSchema() || ns.isBooleanSchema()) {
      if (typeof value !== (ns.isStringSchema() ? 'string' : 'boolean')) throw wrongType();
      return value;
    }
    const special = typeof value === 'string' && /^(NaN|-?Infinity)$/.test(value);
    if (typeof value !== 'number' && !special) throw wrongType();
    return fromText(ns, String(value), wrongType);
  }

  #wrongType(ns: NormalizedSchema, value: unknown, at: string): Error {
    return this.#refuse.wrongType(at, typeName(ns), kind(value));
  }
}
