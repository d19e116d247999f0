import { expect, test } from 'vitest';
import { failureDefinitions, failureOf } from '../../shared/sweep/failure.ts';

function error(name: string, message = 'no', more: object = {}): Error {
  return Object.assign(new Error(message), { name, ...more });
}

test.each([
  ['role-refused', error('AccessDenied', 'User … is not authorized to perform: sts:AssumeRole on resource …')],
  ['permission-missing', error('AccessDeniedException', 'not authorized to perform: apprunner:ListServices')],
  ['permission-missing', error('UnauthorizedOperation')],
  ['region-disabled', error('UnrecognizedClientException', 'The security token included in the request is invalid.')],
  ['region-disabled', error('InvalidClientTokenId')],
  ['region-disabled', error('AuthFailure')],
  ['region-disabled', error('OptInRequired')],
  ['throttled', error('ThrottlingException')],
  ['throttled', error('RequestLimitExceeded')],
  ['throttled', error('TooManyRequestsException')],
  ['throttled', error('SlowDown')],
  ['unavailable', error('InternalFailure', 'no', { $metadata: { httpStatusCode: 500 } })],
  ['unavailable', error('Error', 'no', { code: 'ECONNRESET' })],
  ['unavailable', error('TimeoutError')],
  ['failed', error('ValidationException', 'no', { $metadata: { httpStatusCode: 400 } })],
  ['failed', 'a text that was thrown'],
])('%s: %s', (code, thrown) => {
  const failure = failureOf(thrown, '123456789012/ap-northeast-1');
  expect(failure).toMatchObject({ code, resource: '123456789012/ap-northeast-1' });
  const { message } = thrown instanceof Error ? thrown : { message: thrown };
  expect(failure.message).toContain(message);
});

test('every one says what to do', () => {
  for (const [code, { meaning, remedy }] of Object.entries(failureDefinitions)) {
    expect(meaning, code).toMatch(/\.$/);
    expect(remedy, code).toMatch(/\.$/);
  }
});

test('keeps 400 characters of what AWS says, which may be thousands', () => {
  const of = (length: number) => failureOf(error('Error', 'x'.repeat(length - 'Error: '.length)), 'arn').message;
  expect(of(400)).toHaveLength(400);
  expect(of(401)).toBe(`${of(400)}…`);
});
