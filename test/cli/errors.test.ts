import { describe, expect, it } from 'vitest';
import { explainError } from '../../cli/errors.ts';

const fromAws = (name: string, message: string, httpStatusCode = 400) =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode } });

describe('an error of AWS that a command meets', () => {
  it.each([
    [
      fromAws('AccessDeniedException', 'User: me is not authorized to perform: apprunner:DescribeService'),
      'They need the permission that the message names.',
    ],
    [
      fromAws('AccessDenied', 'not authorized … with an explicit deny in a service control policy'),
      'A grant does not help: change the Deny statement in the service control policy',
    ],
    [fromAws('InternalServerError', 'no', 500), 'try again in a minute'],
    [fromAws('ThrottlingException', 'Rate exceeded'), 'try again in a minute'],
  ])('%s says what to do', (error, advice) => {
    expect(explainError(error)).toContain(`${error.name}: ${error.message}`);
    expect(explainError(error)).toContain(advice);
  });

  it('says no more than AWS where nothing is known', () => {
    expect(explainError(fromAws('InvalidRequestException', 'no'))).toBe('InvalidRequestException: no');
  });
});
