import { AssociateCustomDomainCommand } from '@aws-sdk/client-apprunner';
import { describe, expect, it } from 'vitest';
import { outcomeOf } from '../../shared/execute/outcome.ts';
import { appRunnerAnswering } from './answering.ts';

const SERVICE = 'arn:aws:apprunner:ap-northeast-1:123456789012:service/hello/b21dc1e973a8d1e43abc2804f3c09587';

/** What the client throws when App Runner answers so, from the first attempt to the last. */
async function thrown(statusCode: number, body: string, name?: string): Promise<unknown> {
  const command = new AssociateCustomDomainCommand({ ServiceArn: SERVICE, DomainName: 'hello.example.com' });
  return appRunnerAnswering(statusCode, body, name)
    .send(command)
    .then(
      () => undefined,
      (error: unknown) => error,
    );
}

const answered = (attempts: number) =>
  Object.assign(new Error('is already associated'), {
    name: 'InvalidRequestException',
    $metadata: { httpStatusCode: 400, attempts },
  });

describe('what may have happened', () => {
  it.each([
    [200, '<html><body>This is not AWS.</body></html>'],
    [200, '{"Domain'],
    [502, '<html>Bad gateway</html>'],
  ])('is not refused: an answer with status %i that cannot be read', async (status, body) => {
    expect(outcomeOf(await thrown(status, body))).toMatchObject({ kind: 'retry', maybeApplied: true });
  });

  it('is in doubt from the second attempt on: the first may have succeeded', () => {
    expect(outcomeOf(answered(1))).not.toHaveProperty('maybeApplied');
    expect(outcomeOf(answered(2))).toMatchObject({ kind: 'refused', maybeApplied: true });
  });
});

describe('what did not happen', () => {
  it('is refused by AWS in its own words', async () => {
    const error = await thrown(
      400,
      JSON.stringify({ message: 'hello.example.com is taken' }),
      'InvalidRequestException',
    );
    expect(outcomeOf(error, 'domain-taken')).toEqual({
      kind: 'refused',
      code: 'domain-taken',
      message: 'InvalidRequestException: hello.example.com is taken',
    });
  });

  it('is a fault of this program where AWS said nothing', () => {
    expect(() => outcomeOf(new TypeError('undefined is not a function'))).toThrow(TypeError);
  });
});
