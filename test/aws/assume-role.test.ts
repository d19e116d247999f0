import { describe, expect, it } from 'vitest';
import { roleCredentials } from '../../shared/aws/assume-role.ts';

const ROLE = 'arn:aws:iam::111111111111:role/stack-read';

describe('credentials of roles', () => {
  const credentials = roleCredentials({ region: 'eu-west-1' }, () => 0);

  it('are shared by those who ask for the same', () => {
    expect(credentials(ROLE, 'one')).toBe(credentials(ROLE, 'one'));
  });

  it.each<[string, Parameters<typeof credentials>]>([
    ['external id', [ROLE, 'two']],
    ['external id, none', [ROLE, undefined]],
    ['role', [`${ROLE}-2`, 'one']],
  ])('are others with another %s', (_, asked) => {
    expect(credentials(...asked)).not.toBe(credentials(ROLE, 'one'));
  });
});
