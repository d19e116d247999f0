import { expect, test } from 'vitest';
import { parseTemplate } from '../../src/deploy/template-text.ts';

const variable = (name: string) => `\${${name}}`;

test('YAML with short forms is the object that JSON writes out', () => {
  const yaml = `
Conditions:
  Both: !And [!Condition One, !Not [!Equals [!Ref A, ""]]]
Resources:
  Queue: &queue
    Type: AWS::SQS::Queue
    Properties:
      QueueName: !Sub
        - "\${name}-\${AWS::Region}"
        - name: !Select [0, !Split [",", !GetAtt Other.Names]]
      Tags: !If [Both, [{ Key: a, Value: 1 }], !Ref AWS::NoValue]
  Again: *queue
`;
  const queue = {
    Type: 'AWS::SQS::Queue',
    Properties: {
      QueueName: {
        'Fn::Sub': [
          `${variable('name')}-${variable('AWS::Region')}`,
          { name: { 'Fn::Select': [0, { 'Fn::Split': [',', { 'Fn::GetAtt': 'Other.Names' }] }] } },
        ],
      },
      Tags: { 'Fn::If': ['Both', [{ Key: 'a', Value: 1 }], { Ref: 'AWS::NoValue' }] },
    },
  };
  expect(parseTemplate(yaml)).toEqual({
    Conditions: {
      Both: { 'Fn::And': [{ Condition: 'One' }, { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'A' }, ''] }] }] },
    },
    Resources: { Queue: queue, Again: queue },
  });
});

test.each([
  ['{"Resources":', 'JSON not well-formed'],
  ['Resources: [', 'YAML not well-formed'],
])('%s is refused', (text, why) => {
  expect(() => parseTemplate(text)).toThrow(why);
});
