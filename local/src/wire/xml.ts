import { XmlShapeDeserializer, XmlShapeSerializer } from '@aws-sdk/core/protocols';
import type { NormalizedSchema } from '@smithy/core/schema';
import type { $SchemaRef, StaticStructureSchema } from '@smithy/types';
import { bytesOf } from './message.ts';
import { fromText } from './text.ts';
import { path, type Refusals, requiredMembers, typeName } from './validation.ts';

/** An element as the SDK's parser gives it: text, children by name, or several elements of one name. */
type Element = string | Readonly<Record<string, unknown>> | readonly unknown[];
type Children = Readonly<Record<string, unknown>>;

const DOCUMENT = 15;
const DATE_TIME = 5;
export const STRING = 0;
export const BOOLEAN = 2;

const settings = (xmlNamespace: string) => ({
  timestampFormat: { useTrait: true, default: DATE_TIME } as const,
  xmlNamespace,
  serviceNamespace: '',
});

/** A structure that only exists on the wire: an envelope, an error document, the body half of an HTTP-bound shape. */
export const structure = (name: string, members: Readonly<Record<string, $SchemaRef>>): StaticStructureSchema => [
  3,
  'wire',
  name,
  0,
  Object.keys(members),
  Object.values(members),
];

/** The document whose root element is `schema`'s name, in `namespace`. */
export function writeXml(schema: StaticStructureSchema, value: object, namespace: string): Uint8Array {
  const serializer = new XmlShapeSerializer(settings(namespace));
  serializer.write(schema, value);
  return bytesOf(`<?xml version="1.0" encoding="UTF-8"?>\n${serializer.flush()}`);
}

const isChildren = (value: unknown): value is Children =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isElement = (value: unknown): value is Element => typeof value === 'string' || typeof value === 'object';

/** The reading half of REST XML. */
export class XmlShapes {
  readonly #refuse: Refusals;

  constructor(refuse: Refusals) {
    this.#refuse = refuse;
  }

  /** The children of the root element (whose own name is ignored); an empty body has none. */
  parse(body: Uint8Array): Children {
    if (body.length === 0) return {};
    let root: unknown;
    try {
      root = new XmlShapeDeserializer(settings('')).read(DOCUMENT, body);
    } catch (error) {
      throw this.#refuse.malformed(`the body is not XML: ${error instanceof Error ? error.message : String(error)}`);
    }
    if (root === undefined || root === null || root === '') return {};
    if (!isChildren(root)) throw this.#refuse.malformed('the root element holds text instead of elements');
    return root;
  }

  /** A value typed by its schema. Paths of required members that are not there are added to `missing`. */
  read(ns: NormalizedSchema, element: unknown, at: string, missing: string[]): unknown {
    if (!isElement(element)) throw this.#wrongType(ns, element, at);
    if (ns.isStructSchema()) return this.#structure(ns, element, at, missing);
    if (ns.isListSchema()) return this.#list(ns, element, at, missing);
    if (ns.isMapSchema()) return this.#map(ns, element, at, missing);
    if (typeof element !== 'string') throw this.#wrongType(ns, element, at);
    return fromText(ns, element, () => this.#wrongType(ns, element, at));
  }

  #structure(ns: NormalizedSchema, element: Element, at: string, missing: string[]): object {
    const children = this.#children(ns, element, at);
    const read: Record<string, unknown> = {};
    for (const [name, member] of ns.structIterator()) {
      const child = children[member.getMergedTraits().xmlName ?? name];
      if (child !== undefined) read[name] = this.read(member, child, path.member(at, name), missing);
    }
    for (const name of requiredMembers(ns)) if (read[name] === undefined) missing.push(path.member(at, name));
    return read;
  }

  #list(ns: NormalizedSchema, element: Element, at: string, missing: string[]): readonly unknown[] {
    const item = ns.getValueSchema();
    const flat = ns.getMergedTraits().xmlFlattened;
    const items = flat ? element : this.#children(ns, element, at)[item.getMergedTraits().xmlName ?? 'member'];
    const all = items === undefined ? [] : Array.isArray(items) ? items : [items];
    return all.map((each, index) => this.read(item, each, path.item(at, index), missing));
  }

  #map(ns: NormalizedSchema, element: Element, at: string, missing: string[]): object {
    const [keyName, valueName] = [ns.getKeySchema(), ns.getValueSchema()].map((each) => each.getMergedTraits().xmlName);
    const entries = ns.getMergedTraits().xmlFlattened ? element : this.#children(ns, element, at).entry;
    const all = entries === undefined ? [] : Array.isArray(entries) ? entries : [entries];
    return Object.fromEntries(
      all.map((entry) => {
        const children = isElement(entry) ? this.#children(ns, entry, at) : {};
        const key = children[keyName ?? 'key'];
        if (typeof key !== 'string') throw this.#refuse.wrongType(at, 'map', 'structure');
        return [key, this.read(ns.getValueSchema(), children[valueName ?? 'value'], path.value(at, key), missing)];
      }),
    );
  }

  #children(ns: NormalizedSchema, element: Element, at: string): Children {
    if (element === '') return {};
    if (!isChildren(element)) throw this.#wrongType(ns, element, at);
    return element;
  }

  #wrongType(ns: NormalizedSchema, element: unknown, at: string): Error {
    const got = Array.isArray(element) ? 'list' : typeof element === 'string' ? 'string' : 'structure';
    return this.#refuse.wrongType(at, typeName(ns), got);
  }
}

/** The members of a structure as the schema has them, for building envelopes around them. */
export function membersOf(ns: NormalizedSchema): Record<string, NormalizedSchema> {
  return ns.isUnitSchema() ? {} : Object.fromEntries(ns.structIterator());
}

/** A modelled error's members beside its message. */
function furtherMembers(schema: NormalizedSchema | undefined): Record<string, NormalizedSchema> {
  if (schema === undefined) return {};
  return Object.fromEntries(Object.entries(membersOf(schema)).filter(([name]) => !/^(message|code|type)$/i.test(name)));
}

/** `<ErrorResponse><Error><Type>Sender</Type><Code>…`, as the query protocol and REST XML both have it. */
export function errorResponse(
  namespace: string,
  code: string,
  fault: 'client' | 'server',
  message: string,
  schema: NormalizedSchema | undefined,
  members: Readonly<Record<string, unknown>>,
  requestId: string,
): Uint8Array {
  const shape = structure('ErrorResponse', {
    Error: structure('Error', { Type: STRING, Code: STRING, Message: STRING, ...furtherMembers(schema) }),
    RequestId: STRING,
  });
  const Type = fault === 'client' ? 'Sender' : 'Receiver';
  return writeXml(
    shape,
    { Error: { ...members, Type, Code: code, Message: message }, RequestId: requestId },
    namespace,
  );
}
