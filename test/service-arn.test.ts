import { expect, it } from 'vitest';
import { parseServiceArn } from '../shared/service-arn.ts';

const ID = '0123456789abcdef0123456789abcdef';
const arn = (name: string) => `arn:aws:apprunner:eu-west-1:123456789012:service/${name}/${ID}`;

it('reads the parts of an ARN', () => {
  expect(parseServiceArn(arn('shop-1_a'))).toEqual({
    arn: arn('shop-1_a'),
    partition: 'aws',
    region: 'eu-west-1',
    account: '123456789012',
    name: 'shop-1_a',
    id: ID,
  });
});

it.each([
  ['a line end in the name', arn('shop\nforged: line')],
  ['an escape sequence', arn('shop\u001b[2J')],
  ['a space', arn('my shop')],
  ['a name that is too long', arn('a'.repeat(41))],
  ['a line end behind', `${arn('shop')}\n`],
  ['another resource', arn('shop').replace('service/', 'autoscaling/')],
])('takes no ARN with %s', (_, text) => {
  expect(parseServiceArn(text)).toBeUndefined();
});
