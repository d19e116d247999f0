import { describe, expect, it } from 'vitest';
import { perAccountRegion } from '../../shared/aws/per-account-region.ts';

function counted() {
  const made: string[] = [];
  const get = perAccountRegion(({ account, region }) => {
    made.push(`${account}/${region}`);
    return { account, region };
  });
  return { made, get };
}
const hub = { account: '123456789012', region: 'ap-northeast-1' };
const others = Array.from({ length: 40 }, (_, index) => ({
  account: String(index).padStart(12, '0'),
  region: 'eu-west-1',
}));

describe('what is made per account and region', () => {
  it('is made once, and shared', () => {
    const { made, get } = counted();
    expect(get(hub)).toBe(get({ ...hub }));
    get({ ...hub, region: 'eu-west-1' });
    expect(made).toEqual(['123456789012/ap-northeast-1', '123456789012/eu-west-1']);
  });

  it('stays while it is used, however many others come and go', () => {
    const { made, get } = counted();
    for (const other of others) {
      get(hub);
      get(other);
    }
    expect(made.filter((key) => key.startsWith(hub.account))).toHaveLength(1);
  });

  it('is dropped when enough others are used after it', () => {
    const { made, get } = counted();
    get(hub);
    for (const other of others) get(other);
    get(hub);
    expect(made.filter((key) => key.startsWith(hub.account))).toHaveLength(2);
  });
});
