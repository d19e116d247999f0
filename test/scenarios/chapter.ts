import { beforeAll, describe, test } from 'vitest';
import { ensurePackaged } from '../../build/package.ts';
import { play } from './run.ts';
import type { Chapter, ScenarioWorld } from './scenario.ts';
import { scenarios } from './scenarios.ts';

const oneWorld: readonly ScenarioWorld[] = [{}];

/** Names and plays every scenario of a chapter, each in each of its worlds. */
export function playChapter(chapter: Chapter): void {
  const runs = scenarios
    .filter((scenario) => scenario.chapter === chapter)
    .flatMap((scenario) =>
      (scenario.worlds ?? oneWorld).map((world) => ({
        scenario,
        world,
        title: [`${scenario.id}: ${scenario.situation}`, world.name].filter((part) => part !== undefined).join(' – '),
      })),
    );
  // The first scenario after a change would have to wait for it.
  beforeAll(async () => {
    await ensurePackaged();
  }, 120_000);
  describe(chapter, () => {
    test.each(runs)('$title', async ({ scenario, world }) => {
      await play(scenario, world);
    });
  });
}
