import { expect, test } from 'vitest';
import { changesTo } from '../../src/deploy/changes.ts';
import type { DeployedResource, StackResources } from '../../src/deploy/stack.ts';

const stack = (resources: object) => ({
  account: '123456789012',
  region: 'ap-northeast-1',
  stackName: 's',
  template: { Resources: resources },
  functionCode: () => undefined,
});

const queue = (properties: object) => ({ Type: 'AWS::SQS::Queue', Properties: properties });

const standing = (resources: Readonly<Record<string, Partial<DeployedResource>>>): StackResources =>
  new Map(
    Object.entries(resources).map(([logicalId, resource]) => [
      logicalId,
      {
        type: 'AWS::SQS::Queue',
        properties: {},
        reference: `${logicalId}-url`,
        attributes: { Arn: `${logicalId}-arn` },
        ...resource,
      },
    ]),
  );

const summary = (resources: object, present: StackResources) =>
  changesTo(stack(resources), present).map(({ action, logicalId, replacement, properties }) => [
    `${action}${replacement ? ' (replaced)' : ''} ${logicalId}`,
    ...properties,
  ]);

test('what is new is added, what differs changed, what is gone removed, what is the same left alone', () => {
  const present = standing({
    Same: { properties: { QueueName: 'a', Tags: [{ Value: 'v', Key: 'k' }] } },
    Changed: { properties: { VisibilityTimeout: 30, DelaySeconds: 1 } },
    Gone: {},
  });
  const wanted = {
    New: queue({}),
    Same: queue({ Tags: [{ Key: 'k', Value: 'v' }], QueueName: 'a' }),
    Changed: queue({ VisibilityTimeout: 60, MaximumMessageSize: 1 }),
  };
  expect(summary(wanted, present)).toEqual([
    ['Add New'],
    ['Modify Changed', 'VisibilityTimeout', 'DelaySeconds', 'MaximumMessageSize'],
    ['Remove Gone'],
  ]);
});

test('another name is another resource, and whatever refers to it changes too', () => {
  const present = standing({
    Queue: { properties: { QueueName: 'a' } },
    Dead: { properties: { RedrivePolicy: { deadLetterTargetArn: 'Queue-arn' } } },
    Aside: { properties: { Tags: ['Other-url'] } },
    Other: {},
  });
  const wanted = {
    Queue: queue({ QueueName: 'b' }),
    Dead: queue({ RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Queue', 'Arn'] } } }),
    Aside: queue({ Tags: [{ Ref: 'Other' }] }),
    Other: queue({}),
  };
  expect(summary(wanted, present)).toEqual([
    ['Modify (replaced) Queue', 'QueueName'],
    ['Modify Dead', 'RedrivePolicy'],
  ]);
});

test('a value taken from what is not made yet is unknown, and no error', () => {
  const present = standing({ Queue: { properties: { QueueName: 'x' } } });
  const wanted = {
    New: queue({}),
    Queue: queue({ QueueName: { 'Fn::Select': [5, { 'Fn::Split': [':', { 'Fn::GetAtt': ['New', 'Arn'] }] }] } }),
  };
  expect(summary(wanted, present)).toEqual([['Add New'], ['Modify (replaced) Queue', 'QueueName']]);
});
