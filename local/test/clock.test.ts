import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../src/clock.ts';

/** A clock at 0, and what happened when. */
function story() {
  const clock = new VirtualClock(0);
  const seen: string[] = [];
  return { clock, seen, see: (what: string) => seen.push(`${clock.now()} ${what}`) };
}

/** Takes turns of the event loop, as an answer of a server does. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

describe('the virtual clock', () => {
  it('ends each task before the next begins, however long it takes', async () => {
    const { clock, seen, see } = story();
    clock.schedule(0, async () => {
      see('a');
      await turns(3);
      see('a ends');
    });
    clock.schedule(0, () => {
      see('b');
    });
    await clock.advance(1);
    expect(seen).toEqual(['0 a', '0 a ends', '0 b']);
  });

  it('lets tasks that pause overlap', async () => {
    const { clock, seen, see } = story();
    for (const [name, duration] of [
      ['a', 7],
      ['b', 3],
    ] as const) {
      clock.schedule(0, async () => {
        see(name);
        await clock.pause(duration);
        see(`${name} again`);
        await clock.pause(10);
        see(`${name} ends`);
      });
    }
    await clock.advance(100);
    expect(seen).toEqual(['0 a', '0 b', '3 b again', '7 a again', '13 b ends', '17 a ends']);
    expect(clock.now()).toBe(100);
  });

  it('stands still while work is under way, whoever is paused', async () => {
    const { clock, seen, see } = story();
    clock.schedule(0, () =>
      clock
        .pause(5)
        .then(() => see('a ends'))
        .then(() => {}),
    );
    clock.schedule(1, async () => {
      await clock.pause(1);
      await clock.work(() => turns(5));
      see('b worked');
      await clock.pause(1);
      await Promise.all([clock.work(() => turns(5)), clock.pause(0).then(() => clock.work(() => turns(2)))]);
      see('b worked twice');
    });
    await clock.advance(10);
    expect(seen).toEqual(['2 b worked', '3 b worked twice', '5 a ends']);
  });

  it('goes on with a pause in the next advance', async () => {
    const { clock, seen, see } = story();
    clock.schedule(0, () => clock.pause(50).then(() => void see('a ends')));
    await clock.advance(49);
    expect(seen).toEqual([]);
    await clock.advance(1);
    expect(seen).toEqual(['50 a ends']);
  });

  it.each([
    ['at once', 0],
    ['after a pause', 5],
  ])('rejects the advance in which a task fails %s', async (_, duration) => {
    const { clock } = story();
    clock.schedule(0, async () => {
      if (duration > 0) await clock.pause(duration);
      throw new Error('no');
    });
    clock.schedule(0, () => clock.pause(20));
    await expect(clock.advance(10)).rejects.toThrow('no');
    expect(clock.now()).toBe(duration);
    await clock.advance(100);
  });

  it('runs no task that was cancelled', async () => {
    const { clock, seen, see } = story();
    const cancel = clock.schedule(5, () => void see('cancelled'));
    clock.schedule(1, cancel);
    await clock.advance(10);
    expect(seen).toEqual([]);
  });
});
