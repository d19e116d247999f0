import { beforeAll, describe, expect, it } from 'vitest';
import { ensurePackaged } from '../../build/package.ts';
import { families } from '../../prove/families.ts';
import { found } from '../../prove/found.ts';
import { promises } from '../../prove/promises.ts';

beforeAll(async () => {
  await ensurePackaged();
}, 120_000);

/** Cases that every run of the tests plays; the rest is for `npm run prove`, `checks` are tests themselves, and `load` takes minutes. */
const SEED = 1;
const CASES: Readonly<Record<string, number>> = {
  ...{ hostile: 3, disorder: 30, histories: 3, crash: 2, faults: 2, situations: 1, checks: 0, load: 0 },
};

it.each(found)('$family $case is mended', async ({ family, case: name, met }) => {
  const played = await families.find((one) => one.name === family)?.play(name);
  expect(played?.disturbances).toBeGreaterThan(0);
  if (met !== undefined) expect(played?.met).toEqual(met);
});

describe.each(families)('$name: $about', ({ name, cases, play }) => {
  it('holds in a few cases', async () => {
    const some = CASES[name];
    expect(some).toBeDefined();
    let left = some ?? 0;
    let disturbances = 0;
    for await (const one of cases('quick', SEED)) {
      if (left-- === 0) break;
      disturbances += (await play(one)).disturbances;
    }
    expect(disturbances).toBeGreaterThanOrEqual(some === 0 || name === 'situations' ? 0 : 1);
  });

  it('has a promise', () => expect(Object.keys(promises)).toContain(name));
});
