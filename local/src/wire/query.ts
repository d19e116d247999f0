import { NormalizedSchema } from '@smithy/core/schema';
import { violationMessage } from './constraints.ts';
import { AwsError } from './errors.ts';
import { answer, queryValue, textOf, type WireRequest, type WireResponse } from './message.ts';
import { byName, INVALID_TOKEN, MISSING_TOKEN, modelledError, type WireProtocol } from './protocol.ts';
import type { OperationDefinition, ServiceDefinition } from './service.ts';
import { fromText } from './text.ts';
import { path, type Refusals, refusalsWith, requiredMembers, typeName } from './validation.ts';
import { BOOLEAN, errorResponse, membersOf, STRING, structure, writeXml } from './xml.ts';

/**
 * A form as the tree its dotted names spell:
 *
 *     Filter.1.Name=vpc-id&Filter.1.Value.1=vpc-1   →   Filter → 1 → Name:  "vpc-id"
 *                                                                  → Value → 1: "vpc-1"
 */
interface Field {
  text?: string;
  readonly children: Map<string, Field>;
}

function formOf(request: WireRequest): Field {
  const root: Field = { children: new Map() };
  const pairs: [string, string][] = [...new URLSearchParams(textOf(request.body))];
  for (const name of Object.keys(request.query)) pairs.push([name, queryValue(request, name) ?? '']);
  for (const [name, value] of pairs) {
    let field = root;
    for (const step of name.split('.')) {
      const child: Field = field.children.get(step) ?? { children: new Map() };
      field.children.set(step, child);
      field = child;
    }
    field.text = value;
  }
  return root;
}

/** How the two query protocols differ in reading. */
interface Dialect {
  readonly refuse: Refusals;
  /** The form's name of a structure's member. */
  memberName(name: string, member: NormalizedSchema): string;
  /** Where a list's numbered items are; `undefined` for directly under the list. */
  itemName(list: NormalizedSchema): string | undefined;
  /** How refusals name a place: EC2 by the form's names, the others by the model's. */
  at: { member(parent: string, name: string, wire: string): string; item(parent: string, index: number): string };
}

const numbered = (field: Field | undefined): readonly Field[] =>
  [...(field?.children ?? [])]
    .filter(([step]) => /^\d+$/.test(step))
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, child]) => child);

function read(ns: NormalizedSchema, field: Field, at: string, missing: string[], dialect: Dialect): unknown {
  if (ns.isStructSchema()) {
    const value: Record<string, unknown> = {};
    const place = (name: string, member: NormalizedSchema) =>
      dialect.at.member(at, name, dialect.memberName(name, member));
    for (const [name, member] of ns.structIterator()) {
      const child = field.children.get(dialect.memberName(name, member));
      if (child !== undefined) value[name] = read(member, child, place(name, member), missing, dialect);
    }
    for (const name of requiredMembers(ns)) {
      if (value[name] === undefined) missing.push(place(name, ns.getMemberSchema(name)));
    }
    return value;
  }
  if (ns.isListSchema()) {
    const step = dialect.itemName(ns);
    const items = numbered(step === undefined ? field : field.children.get(step));
    return items.map((item, index) => read(ns.getValueSchema(), item, dialect.at.item(at, index), missing, dialect));
  }
  if (ns.isMapSchema()) {
    const [keyName, valueName] = [ns.getKeySchema(), ns.getValueSchema()].map((each) => each.getMergedTraits().xmlName);
    const entries = numbered(ns.getMergedTraits().xmlFlattened ? field : field.children.get('entry'));
    return Object.fromEntries(
      entries.map((entry) => {
        const key = entry.children.get(keyName ?? 'key')?.text ?? '';
        const value = entry.children.get(valueName ?? 'value') ?? { children: new Map() };
        return [key, read(ns.getValueSchema(), value, path.value(at, key), missing, dialect)];
      }),
    );
  }
  const refuse = (expected: string) =>
    dialect.refuse.wrongType(at, expected, field.text === undefined ? 'structure' : 'string');
  if (field.text === undefined) throw refuse(typeName(ns));
  return fromText(ns, field.text, refuse);
}

function decodeWith(dialect: Dialect, operation: OperationDefinition, request: WireRequest): object {
  const ns = NormalizedSchema.of(operation.schema[4]);
  if (ns.isUnitSchema()) return {};
  const missing: string[] = [];
  const input = read(ns, formOf(request), '', missing, dialect);
  if (missing.length > 0) throw dialect.refuse.missing(missing);
  return input instanceof Object ? input : {};
}

const upperFirst = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);
const joined = (parent: string, step: string | number) => (parent === '' ? `${step}` : `${parent}.${step}`);
const xml = (status: number, body: Uint8Array, requestId: string): WireResponse =>
  answer(status, 'text/xml;charset=UTF-8', body, requestId);
const actionOf = (request: WireRequest): string | undefined =>
  new URLSearchParams(textOf(request.body)).get('Action') ?? queryValue(request, 'Action');

const MISSING_ACTION = {
  code: 'MissingAction',
  message: 'The request must contain the parameter Action.',
  status: 400,
};

/** EC2's own query protocol: capitalised names, flat lists, the answer's members directly under the root. */
export function ec2Query(service: ServiceDefinition): WireProtocol {
  const namespace = service.xmlNamespace ?? '';
  const operationNamed = byName(service);
  const dialect: Dialect = {
    refuse: {
      malformed: (detail) => new AwsError('MalformedQueryString', detail),
      wrongType: (at, expected, got) =>
        new AwsError('InvalidParameterValue', `Invalid value for ${at}: it must be a ${expected}, not a ${got}`),
      missing: ([first]) => new AwsError('MissingParameter', `The request must contain the parameter ${first}`),
    },
    memberName: (name, member) => {
      const { ec2QueryName, xmlName } = member.getMergedTraits();
      return typeof ec2QueryName === 'string' ? ec2QueryName : upperFirst(xmlName ?? name);
    },
    itemName: () => undefined,
    at: { member: (parent, _, wire) => joined(parent, wire), item: (parent, index) => joined(parent, index + 1) },
  };
  const failure = structure('Response', {
    Errors: structure('Errors', { Error: structure('Error', { Code: STRING, Message: STRING }) }),
    RequestID: STRING,
  });
  return {
    requested: (request) => operationNamed(actionOf(request)),
    decode: (operation, request) => decodeWith(dialect, operation, request),
    refuseInput([first]) {
      const { value = '', path: at = '', rule = '' } = first ?? {};
      return new AwsError('InvalidParameterValue', `Value (${value}) for parameter ${at} is invalid. ${rule}`);
    },
    encode(operation, output, requestId) {
      const ns = NormalizedSchema.of(operation.schema[5]);
      const name = `${operation.schema[2]}Response`;
      // An operation without output says <return>true</return>.
      const envelope = ns.isUnitSchema()
        ? structure(name, { requestId: STRING, return: BOOLEAN })
        : structure(name, { requestId: STRING, ...membersOf(ns) });
      return xml(200, writeXml(envelope, { return: true, ...output, requestId }, namespace), requestId);
    },
    encodeError(error, requestId) {
      const { queryCode, status } = modelledError(service, error);
      const document = { Errors: { Error: { Code: queryCode, Message: error.message } }, RequestID: requestId };
      return xml(status, writeXml(failure, document, ''), requestId);
    },
    codes: {
      accessDenied: { code: 'UnauthorizedOperation', status: 403 },
      missingCredential: { code: 'MissingAuthenticationToken', message: MISSING_TOKEN, status: 403 },
      unknownKey: {
        code: 'AuthFailure',
        message: 'AWS was not able to validate the provided access credentials',
        status: 401,
      },
      internal: 'InternalError',
      unknownOperation: (name) =>
        name === undefined
          ? MISSING_ACTION
          : { code: 'InvalidAction', message: `The action ${name} is not valid for this web service.`, status: 400 },
    },
  };
}

/** The AWS query protocol (STS): a form in; `<XResponse><XResult>…</XResult><ResponseMetadata>` out. */
export function awsQuery(service: ServiceDefinition): WireProtocol {
  const namespace = service.xmlNamespace ?? '';
  const operationNamed = byName(service);
  const metadata = structure('ResponseMetadata', { RequestId: STRING });
  const dialect: Dialect = {
    refuse: refusalsWith({ malformed: 'MalformedInput', wrongType: 'ValidationError', missing: 'ValidationError' }),
    memberName: (name, member) => member.getMergedTraits().xmlName ?? name,
    itemName: (list) =>
      list.getMergedTraits().xmlFlattened ? undefined : (list.getValueSchema().getMergedTraits().xmlName ?? 'member'),
    at: path,
  };
  return {
    requested: (request) => operationNamed(actionOf(request)),
    decode: (operation, request) => decodeWith(dialect, operation, request),
    refuseInput: (violations) => new AwsError('ValidationError', violationMessage(violations)),
    encode(operation, output, requestId) {
      const ns = NormalizedSchema.of(operation.schema[5]);
      const name = operation.schema[2];
      const result = structure(`${name}Result`, membersOf(ns));
      const envelope = structure(`${name}Response`, {
        ...(ns.isUnitSchema() ? {} : { [`${name}Result`]: result }),
        ResponseMetadata: metadata,
      });
      const document = { [`${name}Result`]: output, ResponseMetadata: { RequestId: requestId } };
      return xml(200, writeXml(envelope, document, namespace), requestId);
    },
    encodeError(error, requestId) {
      const { queryCode, fault, status, schema, members } = modelledError(service, error);
      return xml(
        status,
        errorResponse(namespace, queryCode, fault, error.message, schema, members, requestId),
        requestId,
      );
    },
    codes: {
      accessDenied: { code: 'AccessDenied', status: 403 },
      missingCredential: { code: 'MissingAuthenticationToken', message: MISSING_TOKEN, status: 403 },
      unknownKey: { code: 'InvalidClientTokenId', message: INVALID_TOKEN, status: 403 },
      internal: 'InternalFailure',
      unknownOperation: (name) =>
        name === undefined
          ? MISSING_ACTION
          : {
              code: 'InvalidAction',
              message: `Could not find operation ${name} for version ${service.version}`,
              status: 400,
            },
    },
  };
}
