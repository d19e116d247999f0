import { beforeEach, describe, expect, it } from 'vitest';
import type { Claims } from '../../shared/claims.ts';
import { type EndpointAttempts, endpointAttempts } from '../../shared/execute/endpoint-attempt.ts';
import { START, VPC } from '../fixtures.ts';
import { memoryClaims } from '../memory-claims.ts';

const vpc = { account: '123456789012', region: 'ap-northeast-1', vpcId: VPC };

let claims: Claims;
let now: number;
let tokens: number;
let gone: readonly string[];
let attempts: EndpointAttempts;
beforeEach(() => {
  [claims, now, tokens, gone] = [memoryClaims(), START, 0, []];
  attempts = attemptsIn(vpc);
});

const attemptsIn = (place: typeof vpc) =>
  endpointAttempts(claims, place, {
    now: () => now,
    token: () => `token-${++tokens}`,
    isGone: async (id) => gone.includes(id),
  });

describe('the attempts to create an endpoint', () => {
  it('have one token for all services that are at it', async () => {
    const both = await Promise.all([attempts.claim(), attemptsIn(vpc).claim()]);
    expect(both).toEqual(['token-1', 'token-1']);
    expect(await attempts.claim()).toBe('token-1');
  });

  it('have another token in another VPC, region and account', async () => {
    const places = [vpc, { ...vpc, vpcId: 'vpc-2' }, { ...vpc, region: 'eu-west-1' }, { ...vpc, account: '2' }];
    const claimed: (string | undefined)[] = [];
    for (const place of places) claimed.push(await attemptsIn(place).claim());
    expect(new Set(claimed).size).toBe(4);
  });

  it.each([
    ['while its endpoint lives, however long EC2 does not list it', 24 * 3600_000, [], undefined],
    ['while EC2 may not list it yet', 119_000, ['vpce-1'], undefined],
    ['once its endpoint is gone', 120_000, ['vpce-1'], 'token-2'],
  ])('%s', async (_, later, deleted, expected) => {
    await attempts.answered((await attempts.claim()) ?? '', 'vpce-1');
    now += later;
    gone = deleted;
    expect(await attempts.claim()).toEqual(expected === undefined ? undefined : expect.stringMatching(/^token-[23]$/));
  });

  it('after a mismatch a new one is made, but not before EC2 lists what there is', async () => {
    await attempts.answered((await attempts.claim()) ?? '', undefined);
    expect(await attempts.claim()).toBeUndefined();
    now += 120_000;
    expect(await attempts.claim()).toMatch(/^token-[23]$/);
  });

  it('an answer to an earlier attempt says nothing of this one', async () => {
    await attempts.answered((await attempts.claim()) ?? '', undefined);
    now += 120_000;
    const second = await attempts.claim();
    await attempts.answered('token-1', 'vpce-1');
    expect(await attempts.claim()).toBe(second);
  });
});
