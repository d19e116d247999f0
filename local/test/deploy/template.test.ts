// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how Fn::Sub is written
import { describe, expect, it } from 'vitest';
import { condition, evaluate, type Scope } from '../../src/deploy/intrinsic-functions.ts';
import { creationOrder } from '../../src/deploy/references.ts';
import {
  type ParameterDeclaration,
  pseudoParameters,
  readTemplate,
  resolveParameters,
  type Template,
} from '../../src/deploy/template.ts';

const place = { account: '123456789012', region: 'ap-northeast-1', stackName: 'ingress' };

/** `Ref` gives `ref-<id>`, `Fn::GetAtt` gives `<id>.<name>` except for `Unknown`. */
function scopeOf(template: Partial<Template> = {}, parameters: Scope['parameters'] = {}): Scope {
  const Resources = { Queue: { Type: 'AWS::SQS::Queue' }, ...template.Resources };
  return {
    template: { ...template, Resources },
    parameters,
    pseudo: pseudoParameters(place),
    reference: (logicalId) => `ref-${logicalId}`,
    attribute: (logicalId, name) => (name === 'Unknown' ? undefined : `${logicalId}.${name}`),
  };
}

const scope = scopeOf(
  {
    Conditions: {
      IsProduction: { 'Fn::Equals': [{ Ref: 'Stage' }, 'production'] },
      IsTokyo: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'ap-northeast-1'] },
      Both: { 'Fn::And': [{ Condition: 'IsProduction' }, { Condition: 'IsTokyo' }] },
      Either: { 'Fn::Or': [{ Condition: 'IsProduction' }, { Condition: 'IsTokyo' }] },
      NotProduction: { 'Fn::Not': [{ Condition: 'IsProduction' }] },
      HasNames: { 'Fn::Not': [{ 'Fn::Equals': [{ 'Fn::Join': ['', { Ref: 'Names' }] }, ''] }] },
    },
    Mappings: { Zones: { 'ap-northeast-1': { AppRunner: 'Z08491812XW6IPYLR6CCA' } } },
  },
  { Stage: 'test', Names: ['a.example.com', 'b.example.com'], Empty: [] },
);

describe('intrinsic functions', () => {
  it.each<[string, unknown, unknown]>([
    ['a plain value', { a: [1, 'x', true, null] }, { a: [1, 'x', true, null] }],
    ['Ref of a parameter', { Ref: 'Stage' }, 'test'],
    ['Ref of a list', { Ref: 'Names' }, ['a.example.com', 'b.example.com']],
    ['Ref of a pseudo parameter', { Ref: 'AWS::AccountId' }, '123456789012'],
    ['Ref of a resource', { Ref: 'Queue' }, 'ref-Queue'],
    ['Ref of nothing, as a member', { a: 1, b: { Ref: 'AWS::NoValue' } }, { a: 1 }],
    ['Ref of nothing, as an element', [1, { Ref: 'AWS::NoValue' }], [1]],
    ['GetAtt', { 'Fn::GetAtt': ['Queue', 'Arn'] }, 'Queue.Arn'],
    ['GetAtt as text', { 'Fn::GetAtt': 'Queue.Arn' }, 'Queue.Arn'],
    [
      'Sub',
      { 'Fn::Sub': 'arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:${Queue}-${Queue.Arn}-${Stage}' },
      'arn:aws:sqs:ap-northeast-1:123456789012:ref-Queue-Queue.Arn-test',
    ],
    [
      'Sub with variables',
      { 'Fn::Sub': ['${A}-${Stage}', { A: { 'Fn::GetAtt': ['Queue', 'Name'] } }] },
      'Queue.Name-test',
    ],
    ['Sub leaves ${!Literal}', { 'Fn::Sub': '${!Stage}' }, '${Stage}'],
    ['Join', { 'Fn::Join': ['-', ['a', { Ref: 'Stage' }, 1]] }, 'a-test-1'],
    ['Join of a parameter', { 'Fn::Join': [',', { Ref: 'Names' }] }, 'a.example.com,b.example.com'],
    ['Split', { 'Fn::Split': [',', 'a,b'] }, ['a', 'b']],
    ['Select', { 'Fn::Select': ['1', { Ref: 'Names' }] }, 'b.example.com'],
    ['Select of Split', { 'Fn::Select': [2, { 'Fn::Split': ['.', { 'Fn::Join': ['.', { Ref: 'Names' }] }] }] }, 'com'],
    ['If, false', { 'Fn::If': ['IsProduction', 'yes', 'no'] }, 'no'],
    ['If, true', { 'Fn::If': ['IsTokyo', { Ref: 'Stage' }, 'no'] }, 'test'],
    ['If without a value', { a: { 'Fn::If': ['IsProduction', 1, { Ref: 'AWS::NoValue' }] } }, {}],
    ['FindInMap', { 'Fn::FindInMap': ['Zones', { Ref: 'AWS::Region' }, 'AppRunner'] }, 'Z08491812XW6IPYLR6CCA'],
    ['Base64', { 'Fn::Base64': 'hello' }, 'aGVsbG8='],
  ])('%s', (_what, value, expected) => {
    expect(evaluate(scope, value)).toEqual(expected);
  });

  it.each<[string, unknown, string]>([
    [
      'an unknown Ref',
      { Ref: 'Nothing' },
      'Template format error: Unresolved resource dependencies [Nothing] in the Resources block of the template',
    ],
    [
      'an unknown resource in GetAtt',
      { 'Fn::GetAtt': ['Nothing', 'Arn'] },
      'Template error: instance of Fn::GetAtt references undefined resource Nothing',
    ],
    [
      'an unknown attribute',
      { 'Fn::GetAtt': ['Queue', 'Unknown'] },
      'Template error: resource Queue does not support attribute type Unknown in Fn::GetAtt (AWS::SQS::Queue in the embedded cloud)',
    ],
    [
      'an unknown condition',
      { 'Fn::If': ['Nothing', 1, 2] },
      'Template format error: Unresolved condition dependency Nothing',
    ],
    [
      'a Select out of range',
      { 'Fn::Select': [2, { Ref: 'Names' }] },
      'Template error: Fn::Select cannot select nonexistent value at index 2',
    ],
    [
      'a mapping that is not there',
      { 'Fn::FindInMap': ['Zones', 'us-east-1', 'AppRunner'] },
      'Template error: Unable to get mapping for Zones::us-east-1::AppRunner',
    ],
    [
      'ImportValue',
      { 'Fn::ImportValue': 'x' },
      'Template error: Fn::ImportValue is not supported by the embedded cloud',
    ],
    ['a list within Sub', { 'Fn::Sub': '${Names}' }, 'Template error: every Fn::Sub object must be made of strings'],
  ])('refuse %s', (_what, value, message) => {
    expect(() => evaluate(scope, value)).toThrow(
      expect.objectContaining({ name: 'TemplateError', message: expect.stringContaining(message) }),
    );
  });

  it.each([
    ['IsProduction', false],
    ['IsTokyo', true],
    ['Both', false],
    ['Either', true],
    ['NotProduction', true],
    ['HasNames', true],
  ])('condition %s is %s', (name, expected) => {
    expect(condition(scope, name)).toBe(expected);
  });
});

describe('parameters', () => {
  const resolved = (declaration: ParameterDeclaration, given?: string) =>
    resolveParameters({ Parameters: { P: declaration }, Resources: {} }, given === undefined ? {} : { P: given }).P;

  it.each<[string, ParameterDeclaration, string | undefined, unknown]>([
    ['a default', { Type: 'String', Default: 'x' }, undefined, 'x'],
    ['a number as default', { Type: 'Number', Default: 5 }, undefined, '5'],
    ['an empty default', { Type: 'String', Default: '' }, undefined, ''],
    ['a given value', { Type: 'String', Default: 'x' }, 'y', 'y'],
    ['a list', { Type: 'CommaDelimitedList' }, 'a, b,c', ['a', 'b', 'c']],
    ['an empty list', { Type: 'CommaDelimitedList', Default: '' }, undefined, []],
    ['a list of subnets', { Type: 'List<AWS::EC2::Subnet::Id>' }, 's-1,s-2', ['s-1', 's-2']],
    ['an allowed value', { Type: 'String', AllowedValues: ['a', 'b'] }, 'b', 'b'],
    ['an allowed number', { Type: 'Number', AllowedValues: [1, 2] }, '2', '2'],
    ['a pattern', { Type: 'String', AllowedPattern: '[a-z]+' }, 'abc', 'abc'],
    ['a pattern of each item', { Type: 'CommaDelimitedList', AllowedPattern: '[a-z]+' }, 'a,b', ['a', 'b']],
  ])('take %s', (_what, declaration, given, expected) => {
    expect(resolved(declaration, given)).toEqual(expected);
  });

  it.each<[string, ParameterDeclaration, string | undefined, string]>([
    ['no value', { Type: 'String' }, undefined, 'Parameters: [P] must have values'],
    [
      'another value',
      { Type: 'String', AllowedValues: ['a', 'b'] },
      'c',
      "Parameter 'P' must be one of AllowedValues [a, b]",
    ],
    [
      'a value of another form',
      { Type: 'String', AllowedPattern: '[a-z]+' },
      'a1',
      "Parameter 'P' must match pattern [a-z]+",
    ],
    [
      'an item of another form',
      { Type: 'CommaDelimitedList', AllowedPattern: '[a-z]+' },
      'a,1',
      "Parameter 'P' must match pattern [a-z]+",
    ],
    [
      'in its own words',
      { Type: 'String', AllowedPattern: 'a', ConstraintDescription: 'must be a' },
      'b',
      'Parameter P failed to satisfy constraint: must be a',
    ],
    ['too short a value', { Type: 'String', MinLength: 2 }, 'a', "Parameter 'P' must contain at least 2 characters"],
    ['too long a value', { Type: 'String', MaxLength: '2' }, 'abc', "Parameter 'P' must contain at most 2 characters"],
    ['what is no number', { Type: 'Number' }, 'x', "Parameter 'P' must be a number"],
    ['too small a number', { Type: 'Number', MinValue: 2 }, '1', "Parameter 'P' must be a number not less than 2"],
    ['too large a number', { Type: 'Number', MaxValue: 2 }, '3', "Parameter 'P' must be a number not greater than 2"],
  ])('refuse %s', (_what, declaration, given, message) => {
    expect(() => resolved(declaration, given)).toThrow(message);
  });

  it('refuse what the template does not declare', () => {
    expect(() => resolveParameters({ Resources: {} }, { Q: '1' })).toThrow(
      'Parameters: [Q] do not exist in the template',
    );
  });
});

describe('the order of creation', () => {
  const order = (Resources: Template['Resources'], Conditions: Template['Conditions'] = {}) =>
    creationOrder({ ...scopeOf({ Conditions }), template: { Resources, Conditions } });
  const Type = 'AWS::SQS::Queue';

  it.each<[string, Template['Resources'], string[]]>([
    ['Ref', { A: { Type, Properties: { x: { Ref: 'B' } } }, B: { Type } }, ['B', 'A']],
    ['GetAtt', { A: { Type, Properties: { x: [{ 'Fn::GetAtt': ['B', 'Arn'] }] } }, B: { Type } }, ['B', 'A']],
    ['Sub', { A: { Type, Properties: { x: { 'Fn::Sub': '${B.Arn}/${AWS::Region}' } } }, B: { Type } }, ['B', 'A']],
    [
      'Sub variables',
      {
        A: { Type, Properties: { x: { 'Fn::Sub': ['${B}', { B: { Ref: 'C' } }] } } },
        B: { Type, Properties: { x: { Ref: 'A' } } },
        C: { Type },
      },
      ['C', 'A', 'B'],
    ],
    ['DependsOn', { A: { Type, DependsOn: 'B' }, B: { Type, DependsOn: ['C'] }, C: { Type } }, ['C', 'B', 'A']],
    ['nothing', { A: { Type }, B: { Type } }, ['A', 'B']],
  ])('follows %s', (_what, resources, expected) => {
    expect(order(resources)).toEqual(expected);
  });

  it('leaves out what has a condition that does not hold, and what only that would need', () => {
    const resources = {
      A: { Type, Properties: { x: { 'Fn::If': ['Never', { Ref: 'B' }, { Ref: 'C' }] } } },
      B: { Type, Condition: 'Never' },
      C: { Type },
    };
    expect(order(resources, { Never: { 'Fn::Equals': ['a', 'b'] } })).toEqual(['C', 'A']);
  });

  it('refuses a circle', () => {
    const resources = { A: { Type, Properties: { x: { Ref: 'B' } } }, B: { Type, DependsOn: 'A' }, C: { Type } };
    expect(() => order(resources)).toThrow('Circular dependency between resources: [A, B]');
  });

  it('refuses what is not there', () => {
    const resources = { A: { Type, Properties: { x: { Ref: 'B' }, y: { Ref: 'AWS::NoValue' } } } };
    expect(() => order(resources)).toThrow(
      'Unresolved resource dependencies [B] in the Resources block of the template',
    );
  });
});

describe('a template', () => {
  const whole = { Resources: { A: { Type: 'AWS::SQS::Queue' } } };

  it('has 500 resources', () => {
    const of = (count: number) => ({
      Resources: Object.fromEntries(Array.from({ length: count }, (_, index) => [`R${index}`, whole.Resources.A])),
    });
    expect(readTemplate(of(500))).toEqual(of(500));
    expect(() => readTemplate(of(501))).toThrow('Number of resources, 501, is greater than maximum allowed, 500');
  });

  it.each<[unknown, string]>([
    ['text', 'the template is not an object'],
    [{}, 'At least one Resources member must be defined.'],
    [{ Resources: {} }, 'At least one Resources member must be defined.'],
    [{ Resources: { A: { Properties: {} } } }, '[/Resources/A] Every Resources object must contain a Type member.'],
    [{ ...whole, Resource: {} }, 'Invalid template property or properties [Resource]'],
    [{ ...whole, AWSTemplateFormatVersion: '2020-01-01' }, 'unsupported value for AWSTemplateFormatVersion.'],
    [{ ...whole, Description: 'x'.repeat(1025) }, "'Description' length is greater than 1024."],
    [{ Resources: { 'a-b': { Type: 'AWS::SQS::Queue' } } }, 'Resource name a-b is non alphanumeric.'],
    [{ ...whole, Parameters: { P: {} } }, 'Every Parameters object must contain a Type member.'],
    [{ ...whole, Parameters: { P: { Type: 'Text' } } }, 'Unrecognized parameter type: Text'],
    [{ ...whole, Parameters: { P: { Type: 'String', AllowedPattern: '(' } } }, 'AllowedPattern of parameter P'],
    [{ ...whole, Outputs: { a_b: { Value: 'x' } } }, 'Output name a_b is non alphanumeric.'],
  ])('%j is refused', (document, message) => {
    expect(() => readTemplate(document)).toThrow(message);
  });
});
