import { readdir, readFile } from 'node:fs/promises';
import { dynamoDbRows } from 'apprunner-embedded-cloud/test/every-operation/dynamodb';
import { expect, test } from 'vitest';

/** Operations of another service, DynamoDB Streams: Lambda alone calls them, and here nothing does. */
const OF_STREAMS = ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'];

test('the embedded DynamoDB is tested with what roles allow and stacks create, and nothing else', async () => {
  const read = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');
  const files = await readdir(new URL('../../stack/roles', import.meta.url));
  const policies = await Promise.all(files.map((file) => read(`stack/roles/${file}`)));
  const roles = policies.join('\n').matchAll(/dynamodb:(\w+)/g);
  const deployment = (await read('local/src/deploy/data-resources.ts')).matchAll(/dynamoDb\.call\('(\w+)'/g);
  const used = new Set(
    [...roles, ...deployment].map(([, name = '']) => name).filter((name) => !OF_STREAMS.includes(name)),
  );
  expect(Object.keys(dynamoDbRows).sort()).toEqual([...used].sort());
});
