import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import type { Property, PropertyType, Resource } from '@aws-cdk/service-spec-types';
import { intrinsic, isJson, json, type LintedValue, type Mistake } from './template.ts';

/** CloudFormation's resource types, as AWS publishes them. */
const database = loadAwsServiceSpecSync();

const resourceType = (type: string): Resource | undefined =>
  database.lookup('resource', 'cloudFormationType', 'equals', type)[0];

/** What `Fn::GetAtt` knows of a type; `undefined` when there is no such type. */
export function attributesOf(type: string): readonly string[] | undefined {
  const resource = resourceType(type);
  return resource === undefined ? undefined : Object.keys(resource.attributes).sort();
}

/** Resource types and properties that are not known, properties that are missing, and values of another kind. */
export function propertyMistakes(template: LintedValue): readonly Mistake[] {
  return Object.entries(json(template.Resources)).flatMap(([id, resource]) => {
    const { Type, Properties = {} } = json(resource);
    const path = `Resources/${id}`;
    const known = resourceType(String(Type));
    if (known === undefined) return [{ path: `${path}/Type`, message: `there is no type ${String(Type)}` }];
    return memberMistakes(Properties, known.properties, `${path}/Properties`, json(template.Parameters));
  });
}

function memberMistakes(
  value: unknown,
  known: Readonly<Record<string, Property>>,
  path: string,
  parameters: LintedValue,
): readonly Mistake[] {
  if (!isJson(value)) return [{ path, message: `is ${shown(value)}, not an object` }];
  const missing = Object.keys(known).filter((name) => known[name]?.required === true && value[name] === undefined);
  return [
    ...missing.map((name) => ({ path, message: `has no ${name}, which is required` })),
    ...Object.entries(value).flatMap(([name, member]) => {
      const property = known[name];
      if (property === undefined) return [{ path: `${path}/${name}`, message: `is no property here` }];
      return valueMistakes(member, property.type, `${path}/${name}`, parameters, property.required === true);
    }),
  ];
}

function valueMistakes(
  value: unknown,
  type: PropertyType,
  path: string,
  parameters: LintedValue,
  required = false,
): readonly Mistake[] {
  const mistake = (message: string) => [{ path, message }];
  const called = intrinsic(value);
  if (called?.name === 'Fn::If') {
    const branches = Array.isArray(called.argument) ? called.argument.slice(1) : [];
    if (branches.length !== 2) return mistake('Fn::If takes a condition and two values');
    return branches.flatMap((branch, at) => valueMistakes(branch, type, `${path}/${at + 1}`, parameters, required));
  }
  if (called !== undefined) {
    const kind = kindOf(called.name, called.argument, parameters);
    if (kind === 'nothing') return required ? mistake('is AWS::NoValue, and required') : [];
    return kind === 'anything' || fits(kind, type) ? [] : mistake(`is ${kind}, not ${named(type)}`);
  }
  switch (type.type) {
    case 'json':
      return [];
    case 'union': {
      const tried = type.types.map((one) => valueMistakes(value, one, path, parameters));
      return tried.some((mistakes) => mistakes.length === 0) ? [] : (tried[0] ?? []);
    }
    case 'array':
      if (!Array.isArray(value)) return mistake(`is ${shown(value)}, not a list`);
      return value.flatMap((item, at) => valueMistakes(item, type.element, `${path}/${at}`, parameters));
    case 'map':
      if (!isJson(value)) return mistake(`is ${shown(value)}, not an object`);
      return Object.entries(value).flatMap(([key, item]) =>
        valueMistakes(item, type.element, `${path}/${key}`, parameters),
      );
    case 'ref':
      return memberMistakes(value, database.get('typeDefinition', type.reference).properties, path, parameters);
    case 'tag':
      return memberMistakes(value, TAG, path, parameters);
    default:
      return scalarMistake(value, type).flatMap(mistake);
  }
}

const TAG: Readonly<Record<string, Property>> = {
  Key: { type: { type: 'string' }, required: true },
  Value: { type: { type: 'string' }, required: true },
};

/** CloudFormation takes numbers and booleans as text, and text as numbers and booleans. */
function scalarMistake(value: unknown, type: PropertyType): readonly string[] {
  const wrong = [`is ${shown(value)}, not ${named(type)}`];
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return wrong;
  switch (type.type) {
    case 'number':
      return value === '' || Number.isNaN(Number(value)) ? wrong : [];
    case 'integer':
      return value !== '' && Number.isInteger(Number(value)) ? [] : wrong;
    case 'boolean':
      return /^(true|false)$/i.test(String(value)) ? [] : wrong;
    case 'string':
      return type.allowedValues === undefined || type.allowedValues.includes(String(value))
        ? []
        : [`is ${shown(value)}, not one of ${type.allowedValues.join(', ')}`];
    default:
      return [];
  }
}

/** What a function answers. */
type Kind = 'a text' | 'a list' | 'nothing' | 'anything';

function kindOf(name: string, argument: unknown, parameters: LintedValue): Kind {
  switch (name) {
    case 'Ref': {
      if (argument === 'AWS::NoValue') return 'nothing';
      const type = String(json(parameters[String(argument)]).Type);
      return type === 'CommaDelimitedList' || type.startsWith('List<') || argument === 'AWS::NotificationARNs'
        ? 'a list'
        : 'a text';
    }
    case 'Fn::Split':
    case 'Fn::GetAZs':
    case 'Fn::Cidr':
      return 'a list';
    case 'Fn::Sub':
    case 'Fn::Join':
    case 'Fn::Base64':
      return 'a text';
    default:
      return 'anything';
  }
}

function fits(kind: Kind, type: PropertyType): boolean {
  switch (type.type) {
    case 'json':
      return true;
    case 'union':
      return type.types.some((one) => fits(kind, one));
    case 'array':
      return kind === 'a list';
    case 'map':
    case 'ref':
    case 'tag':
      return false;
    default:
      return kind === 'a text';
  }
}

function named(type: PropertyType): string {
  switch (type.type) {
    case 'array':
      return 'a list';
    case 'union':
      return type.types.map(named).join(' or ');
    case 'string':
      return 'a text';
    case 'map':
    case 'ref':
    case 'tag':
      return 'an object';
    case 'integer':
      return 'an integer';
    default:
      return `a ${type.type}`;
  }
}

const shown = (value: unknown): string =>
  Array.isArray(value) ? 'a list' : isJson(value) ? 'an object' : (JSON.stringify(value) ?? 'nothing');
