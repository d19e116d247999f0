import { isJson, json, type LintedValue, type Mistake } from './template.ts';

/** Documented: "Template sections". */
const SECTIONS = [
  'AWSTemplateFormatVersion',
  'Conditions',
  'Description',
  'Mappings',
  'Metadata',
  'Outputs',
  'Parameters',
  'Resources',
  'Rules',
  'Transform',
];

/** Documented: "CloudFormation quotas": how many a template may have, and bytes of the template and of its description. */
const MOST: Readonly<Record<string, number>> = { Mappings: 200, Outputs: 200, Parameters: 200, Resources: 500 };
const LARGEST_TEMPLATE = 1_000_000;
const LONGEST_DESCRIPTION = 1024;
const LONGEST_PARAMETER_DESCRIPTION = 4000;

/** Documented: "Resource attribute reference". */
const RESOURCE_ATTRIBUTES = [
  'Condition',
  'CreationPolicy',
  'DeletionPolicy',
  'DependsOn',
  'Metadata',
  'Properties',
  'Type',
  'UpdatePolicy',
  'UpdateReplacePolicy',
];
const PARAMETER_ATTRIBUTES = [
  'AllowedPattern',
  'AllowedValues',
  'ConstraintDescription',
  'Default',
  'Description',
  'MaxLength',
  'MaxValue',
  'MinLength',
  'MinValue',
  'NoEcho',
  'Type',
];
const PARAMETER_TYPE =
  /^(String|Number|CommaDelimitedList|List<Number>|(List<)?AWS::[A-Za-z0-9:]+>?|AWS::SSM::Parameter::.+)$/;
const OUTPUT_ATTRIBUTES = ['Condition', 'Description', 'Export', 'Value'];

/** Sections, counts and lengths, and what parameters say of themselves. */
export function formatMistakes(template: LintedValue): readonly Mistake[] {
  const sections = Object.keys(template).filter((name) => !SECTIONS.includes(name));
  const counts = Object.entries(MOST).flatMap(([name, most]) => {
    const count = Object.keys(json(template[name])).length;
    return count > most ? [{ path: name, message: `has ${count} members, and may have ${most}` }] : [];
  });
  const size = Buffer.byteLength(JSON.stringify(template));
  return [
    ...sections.map((name) => ({ path: name, message: 'is no section of a template' })),
    ...(Object.keys(json(template.Resources)).length === 0 ? [{ path: 'Resources', message: 'has no resource' }] : []),
    ...counts,
    ...(size > LARGEST_TEMPLATE ? [{ path: '', message: `has ${size} bytes, and may have ${LARGEST_TEMPLATE}` }] : []),
    ...tooLong('Description', template.Description, LONGEST_DESCRIPTION),
    ...['Parameters', 'Resources', 'Outputs'].flatMap((section) => nameMistakes(section, json(template[section]))),
    ...Object.entries(json(template.Resources)).flatMap(([id, resource]) =>
      unknownMembers(`Resources/${id}`, resource, RESOURCE_ATTRIBUTES),
    ),
    ...Object.entries(json(template.Parameters)).flatMap(([name, parameter]) =>
      parameterMistakes(`Parameters/${name}`, json(parameter)),
    ),
    ...Object.entries(json(template.Outputs)).flatMap(([name, output]) => [
      ...unknownMembers(`Outputs/${name}`, output, OUTPUT_ATTRIBUTES),
      ...(json(output).Value === undefined ? [{ path: `Outputs/${name}`, message: 'has no Value' }] : []),
      ...tooLong(`Outputs/${name}/Description`, json(output).Description, LONGEST_DESCRIPTION),
    ]),
  ];
}

function nameMistakes(section: string, members: LintedValue): readonly Mistake[] {
  return Object.keys(members)
    .filter((name) => !/^[A-Za-z0-9]{1,255}$/.test(name))
    .map((name) => ({ path: `${section}/${name}`, message: 'is no name of letters and digits' }));
}

function unknownMembers(path: string, value: unknown, known: readonly string[]): readonly Mistake[] {
  if (!isJson(value)) return [{ path, message: 'is not an object' }];
  return Object.keys(value)
    .filter((name) => !known.includes(name))
    .map((name) => ({ path: `${path}/${name}`, message: 'is not known there' }));
}

function tooLong(path: string, text: unknown, most: number): readonly Mistake[] {
  if (text === undefined) return [];
  if (typeof text !== 'string') return [{ path, message: 'is not a text' }];
  const length = Buffer.byteLength(text);
  return length > most ? [{ path, message: `has ${length} bytes, and may have ${most}` }] : [];
}

function parameterMistakes(path: string, parameter: LintedValue): readonly Mistake[] {
  const { Type, Default, AllowedPattern, AllowedValues, Description, ConstraintDescription } = parameter;
  return [
    ...unknownMembers(path, parameter, PARAMETER_ATTRIBUTES),
    ...(PARAMETER_TYPE.test(String(Type))
      ? []
      : [{ path: `${path}/Type`, message: `${String(Type)} is no type of a parameter` }]),
    ...tooLong(`${path}/Description`, Description, LONGEST_PARAMETER_DESCRIPTION),
    ...tooLong(`${path}/ConstraintDescription`, ConstraintDescription, LONGEST_PARAMETER_DESCRIPTION),
    ...(Default === undefined
      ? []
      : defaultMistakes(`${path}/Default`, String(Default), String(Type), { AllowedPattern, AllowedValues })),
  ];
}

/** Documented: a default has to be a value that could be given. Of a list, each member is checked. */
function defaultMistakes(
  path: string,
  text: string,
  type: string,
  { AllowedPattern, AllowedValues }: LintedValue,
): readonly Mistake[] {
  const isList = type === 'CommaDelimitedList' || type.startsWith('List<');
  return (isList ? text.split(',') : [text]).flatMap((value) => {
    if (Array.isArray(AllowedValues) && !AllowedValues.map(String).includes(value))
      return [{ path, message: `"${value}" is not one of ${AllowedValues.join(', ')}` }];
    if (typeof AllowedPattern === 'string' && !new RegExp(`^(?:${AllowedPattern})$`).test(value))
      return [{ path, message: `"${value}" does not match ${AllowedPattern}` }];
    return /Number/.test(type) && (value === '' || Number.isNaN(Number(value)))
      ? [{ path, message: `"${value}" is not a number` }]
      : [];
  });
}
