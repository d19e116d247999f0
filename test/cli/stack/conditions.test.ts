import { describe, expect, test } from 'vitest';
import { presentResources } from '../../../cli/stack/conditions.ts';
import { parameterValues } from '../../../cli/stack/parameters.ts';
import { packagedStack } from '../../../cli/stack/template.ts';

const present = (condition: unknown, given: Readonly<Record<string, string>> = {}): boolean => {
  const Parameters = {
    Name: { Type: 'String' as const, Default: '' },
    Ids: { Type: 'CommaDelimitedList' as const, Default: '' },
  };
  const template = {
    Parameters,
    Conditions: { Tested: condition, Yes: { 'Fn::Equals': ['a', 'a'] } },
    Resources: { A: { Type: 'T', Condition: 'Tested', Properties: {} } },
  };
  return presentResources(template, parameterValues(Parameters, given)).includes('A');
};

const named = { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'Name' }, ''] }] };
const listed = { 'Fn::Not': [{ 'Fn::Equals': [{ 'Fn::Join': ['', { Ref: 'Ids' }] }, ''] }] };

describe('conditions', () => {
  test.each([
    ['a value that is not given', named, {}, false],
    ['a value that is given', named, { Name: 'x' }, true],
    ['an empty list', listed, {}, false],
    ['a list', listed, { Ids: 'a,b' }, true],
    [
      'a list written out',
      { 'Fn::Equals': [{ 'Fn::Join': ['-', ['a', { Ref: 'Name' }]] }, 'a-x'] },
      { Name: 'x' },
      true,
    ],
    ['both', { 'Fn::And': [named, listed] }, { Name: 'x' }, false],
    ['either', { 'Fn::Or': [named, listed] }, { Name: 'x' }, true],
    ['another condition', { Condition: 'Yes' }, {}, true],
  ])('of %s', (_, condition, given, expected) => {
    expect(present(condition, given)).toBe(expected);
  });

  test.each([[{ 'Fn::Select': [0, ['a']] }], [{ 'Fn::Equals': [{ 'Fn::Sub': 'x' }, 'x'] }]])(
    'that are not understood are not guessed: %j',
    (condition) => {
      expect(() => present(condition)).toThrow('not supported');
    },
  );

  test('of the stack itself: the probe exists when its parameters are set', async () => {
    const { template } = await packagedStack(undefined);
    const probe = { VpcId: 'vpc-1', ProbeSubnetIds: 'subnet-1', ProbeSecurityGroupIds: 'sg-1' };
    const ids = (given: Readonly<Record<string, string>>) =>
      presentResources(template, parameterValues(template.Parameters, given));
    expect(ids(probe)).toContain('ProbeLambdaFunction');
    expect(ids({ VpcId: 'vpc-1' })).not.toContain('ProbeLambdaFunction');
    expect(ids({ VpcId: 'vpc-1' })).toContain('Table');
  });
});
