import { describe, expect, test } from 'vitest';
import {
  missingParameters,
  parameterValues,
  parseParameters,
  requireParameters,
} from '../../../cli/stack/parameters.ts';
import type { ParameterDefinition } from '../../../cli/stack/template.ts';

const definitions: Readonly<Record<string, ParameterDefinition>> = {
  AllowedZones: {
    Type: 'CommaDelimitedList',
    AllowedPattern: '^Z[A-Z0-9]{1,31}$',
    ConstraintDescription: 'ids of hosted zones separated by commas.',
  },
  OnDetach: { Type: 'String', Default: 'keep-private', AllowedValues: ['keep-private', 'restore-public'] },
  Price: { Type: 'Number', Default: 0.014, MinValue: 0 },
  Rate: { Type: 'Number', Default: 5, MinValue: 0.5, MaxValue: 100 },
  Name: { Type: 'String', Default: '', AllowedPattern: '^[a-z]*$' },
  OrganizationId: { Type: 'String', Default: '' },
  MemberExternalId: { Type: 'String', Default: '' },
};

const refusal = (...words: string[]): string => {
  try {
    requireParameters(
      definitions,
      parameterValues(definitions, parseParameters(words, definitions), { AllowedZones: 'Z1' }),
    );
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return '';
};

describe('parameters of the stack', () => {
  test('are taken apart at the first equals sign', () => {
    expect(parseParameters(['AllowedZones=Z1, Z2', 'MemberExternalId=a=b'], definitions)).toEqual({
      AllowedZones: 'Z1, Z2',
      MemberExternalId: 'a=b',
    });
  });

  test('fall back to their defaults', () => {
    const values = parameterValues(definitions, { AllowedZones: 'Z1, Z2' });
    expect(values.list('AllowedZones')).toEqual(['Z1', 'Z2']);
    expect([values.value('OnDetach'), values.value('Price'), values.list('Name')]).toEqual([
      'keep-private',
      '0.014',
      [],
    ]);
    expect(missingParameters(definitions, values)).toEqual([]);
    expect(missingParameters(definitions, parameterValues(definitions, { AllowedZones: '' }))).toEqual([
      'AllowedZones',
    ]);
  });

  test('that are not given keep the values of the stack', () => {
    const deployed = { AllowedZones: 'Z1', OnDetach: 'restore-public', Gone: 'x' };
    const values = parameterValues(definitions, { AllowedZones: 'Z2', Name: '' }, deployed);
    expect(values.kept).toEqual({ OnDetach: 'restore-public' });
    expect(['AllowedZones', 'OnDetach', 'Price', 'Gone'].map(values.value)).toEqual([
      'Z2',
      'restore-public',
      '0.014',
      undefined,
    ]);
    const inOrganization = { OrganizationId: 'o-1', MemberExternalId: 'one-two' };
    expect(() =>
      requireParameters(definitions, parameterValues(definitions, {}, { AllowedZones: 'Z1', ...inOrganization })),
    ).not.toThrow();
    expect(() => requireParameters(definitions, parameterValues(definitions, {}))).toThrow(
      "The stack needs AllowedZones: add --param 'AllowedZones=…'",
    );
  });

  test.each([
    ['a slip in the name', 'AlowedZones=Z1', 'There is no parameter AlowedZones; did you mean AllowedZones?'],
    ['letters swapped', 'Onedtach=x', 'did you mean OnDetach?'],
    ['another name', 'Colour=red', 'There is no parameter Colour; there are AllowedZones, OnDetach'],
    ['no value', 'OnDetach', "OnDetach has no value: write --param 'OnDetach=…'."],
    [
      'one of a list that is none',
      'AllowedZones=Z1,zone',
      'ids of hosted zones separated by commas, and "zone" is none.',
    ],
    ['an empty item', 'AllowedZones=Z1,', 'and "" is none'],
    [
      'a value that is not allowed',
      'OnDetach=keep-privat',
      'it takes one of keep-private, restore-public; did you mean keep-private?',
    ],
    ['text for a number', 'Price=cheap', 'Price is "cheap": it takes a number.'],
    ['too small a number', 'Price=-1', 'it takes a number, 0 or more.'],
    ['too large a number', 'Rate=101', 'it takes a number, 100 or less.'],
    ['what does not fit a pattern', 'Name=a1', 'it takes what matches ^[a-z]*$.'],
    ['an organisation without its external id', 'OrganizationId=o-1', 'OrganizationId needs MemberExternalId'],
  ])('are refused: %s', (_, word, says) => {
    expect(refusal(word)).toContain(says);
  });

  test('are refused all at once, and given once', () => {
    expect(refusal('Price=x', 'OnDetach=x', 'Price=1').split('\n')).toEqual([
      expect.stringContaining('Price is "x"'),
      expect.stringContaining('OnDetach is "x"'),
      'Price is given twice.',
    ]);
  });
});
