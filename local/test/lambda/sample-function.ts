import { defaultAsynchronous, type LambdaFunction } from '../../src/services/lambda/function.ts';

/** A function of the tests' account; `changes` are what the test is about. */
export function sampleFunction(changes: Partial<LambdaFunction> = {}): LambdaFunction {
  const name = changes.name ?? 'sample';
  return {
    account: '123456789012',
    region: 'ap-northeast-1',
    name,
    arn: `arn:aws:lambda:ap-northeast-1:123456789012:function:${name}`,
    description: '',
    runtime: 'nodejs24.x',
    handler: 'index.handler',
    roleArn: `arn:aws:iam::123456789012:role/${name}`,
    timeout: 10,
    memorySize: 128,
    environment: {},
    codeFolder: '/nowhere',
    asynchronous: defaultAsynchronous,
    lastModified: 0,
    statements: new Map(),
    ...changes,
  };
}
