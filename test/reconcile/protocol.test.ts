import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE, SECOND } from '../../shared/duration.ts';
import { type Fate, Simulation } from './simulation.ts';

const TIMEOUT = 60 * SECOND;
const one = (step: number, fate: Fate, timeout = TIMEOUT) =>
  new Simulation({ fates: new Map([[step, fate]]), duplicates: [], timeout });
const undisturbed = () => new Simulation({ fates: new Map(), duplicates: [], timeout: TIMEOUT });

/** A name, its change while DNS does not answer yet, and one more once everything has ready. */
async function story(simulation: Simulation): Promise<Simulation> {
  const rename = () => {
    simulation.version++;
  };
  simulation.namedAt += 40 * SECOND;
  simulation.eventAt(0, rename);
  simulation.eventAt(9 * SECOND, rename);
  simulation.eventAt(10 * MINUTE, rename);
  await simulation.advance(4 * HOUR);
  return simulation;
}

function expectReady(simulation: Simulation): void {
  expect(simulation.violations).toEqual([]);
  expect(simulation.dead).toEqual([]);
  expect(simulation.published).toEqual([simulation.wanted]);
  expect(simulation.row).toMatchObject({ phase: 'ready', token: undefined });
  expect(simulation.messages).toEqual([]);
}

/** More steps than the story has. */
const STEPS = Array.from({ length: 160 }, (_, step) => step);

describe('one fault, at every step of the story', () => {
  it('none', async () => expectReady(await story(undisturbed())));

  it.each<[string, Fate]>([
    ['the process dies', { kind: 'dies' }],
    ['AWS throttles', { kind: 'fails' }],
    ['it takes 4 seconds, longer than to the next message', { kind: 'takes', milliseconds: 4000 }],
    ['it takes so long that the process is killed', { kind: 'takes', milliseconds: 2 * MINUTE }],
  ])('%s', async (_, fate) => {
    for (const step of STEPS) expectReady(await story(one(step, fate)));
  });

  it('a process that is not killed outlives its lease, and may write no more', async () => {
    for (const milliseconds of [95 * SECOND, 130 * SECOND]) {
      for (const step of STEPS) {
        const simulation = await story(one(step, { kind: 'takes', milliseconds }, HOUR));
        expect(simulation.violations).toEqual([]);
        expect(simulation.row?.seenGeneration).toBe(simulation.row?.generation);
      }
    }
  });
});

describe('a message delivered again while its first reconciliation still runs', () => {
  it('does not let the first one write on with the lease of the second', async () => {
    for (let first = 4; first < 13; first++) {
      for (let second = first + 1; second < first + 10; second++) {
        const slow = new Map<number, Fate>([
          [first, { kind: 'takes', milliseconds: 130 * SECOND }],
          [second, { kind: 'takes', milliseconds: 20 * SECOND }],
        ]);
        const simulation = new Simulation({ fates: slow, duplicates: [], timeout: HOUR });
        simulation.eventAt(0, () => {
          simulation.version++;
        });
        await simulation.advance(HOUR);
        expect(simulation.violations).toEqual([]);
      }
    }
  });
});

describe('one line of reconciliations', () => {
  it('events that come faster than reconciliations are not lost', async () => {
    // Three observations of one reconciliation miss some of these, and the last message ends during the reconciliation.
    for (let interval = 10; interval < 80; interval += 2) {
      for (let count = 3; count < 9; count++) {
        const simulation = undisturbed();
        for (let event = 0; event < count; event++) {
          simulation.eventAt(event * interval, () => {
            simulation.version++;
          });
        }
        await simulation.advance(HOUR);
        expectReady(simulation);
      }
    }
  });

  it('ten events at once, while a reconciliation waits, leave one next message', async () => {
    const simulation = undisturbed();
    simulation.namedAt += HOUR;
    simulation.eventAt(0, () => {
      simulation.version++;
    });
    await simulation.advance(5 * MINUTE);
    const before = simulation.results.length;
    for (let event = 0; event < 10; event++) simulation.event(() => {});
    await simulation.advance(20 * SECOND);
    expect(simulation.live).toHaveLength(1);
    // Ten came, and share one message; that of the wait before is out of date.
    expect(simulation.results.slice(before).filter((kind) => kind === 'reconciled')).toHaveLength(1);
    await simulation.advance(5 * MINUTE);
    expect(simulation.messages).toEqual(simulation.live);
    expect(simulation.live).toHaveLength(1);
    await simulation.advance(2 * HOUR);
    expectReady(simulation);
  });

  it('an event during a reconciliation makes it observe again', async () => {
    const simulation = undisturbed();
    simulation.eventAt(0, () => {
      simulation.version++;
    });
    // The reconciliation takes the lease at 25 ms and saves after 100.
    simulation.eventAt(60, () => {
      simulation.version++;
    });
    await simulation.advance(MINUTE);
    expectReady(simulation);
    expect(simulation.results).toContain('reconciled');
  });

  it('a duplicate of a message that is being worked on is left alone, and ends once that is done', async () => {
    const simulation = new Simulation({
      fates: new Map([[6, { kind: 'takes', milliseconds: 5000 }]]),
      duplicates: [true],
      timeout: TIMEOUT,
    });
    simulation.eventAt(0, () => {
      simulation.version++;
    });
    await simulation.advance(HOUR);
    expectReady(simulation);
    expect(simulation.results).toEqual(['redeliver', 'reconciled']);
  });

  it('a next message that comes before its reconciliation has saved is not lost', async () => {
    // Step 12 is before the save, after the next message was sent.
    const simulation = one(12, { kind: 'takes', milliseconds: 8000 });
    simulation.namedAt += MINUTE;
    simulation.eventAt(0, () => {
      simulation.version++;
    });
    await simulation.advance(HOUR);
    expect(simulation.results.slice(0, 2)).toEqual(['early', 'reconciled']);
    expectReady(simulation);
  });
});

describe('a reconciliation that only waits', () => {
  it('asks what is waited for and the tags, and nothing else', async () => {
    const simulation = undisturbed();
    simulation.namedAt += HOUR / 4;
    simulation.eventAt(0, () => {
      simulation.version++;
    });
    await simulation.advance(30 * SECOND);
    const { looks, questions } = simulation;
    await simulation.advance(10 * MINUTE);
    expect(simulation.looks).toBe(looks);
    expect(simulation.questions).toBeGreaterThan(questions + 20);
    await simulation.advance(5 * MINUTE);
    expectReady(simulation);
  });

  it('observes everything once there was an event, though its message has ended', async () => {
    const simulation = undisturbed();
    simulation.namedAt += HOUR / 4;
    simulation.eventAt(0, () => {});
    await simulation.advance(MINUTE);
    const { looks } = simulation;
    simulation.item = { ...simulation.item, generation: 2 };
    await simulation.advance(MINUTE);
    expect(simulation.looks).toBe(looks + 1);
    expect(simulation.row?.seenGeneration).toBe(2);
  });

  it('observes everything once the tags differ, without an event', async () => {
    const simulation = undisturbed();
    simulation.namedAt += HOUR / 4;
    simulation.eventAt(0, () => {});
    await simulation.advance(MINUTE);
    const { looks } = simulation;
    simulation.version++;
    await simulation.advance(6 * MINUTE);
    expect(simulation.looks).toBeGreaterThan(looks);
    expect(simulation.row?.desired).toMatchObject({ domains: ['v1.example.com'] });
  });

  it('observes everything, slowly, once it takes too long, and reports it', async () => {
    const simulation = undisturbed();
    simulation.namedAt += 2 * HOUR;
    simulation.eventAt(0, () => {});
    await simulation.advance(29 * MINUTE);
    expect(simulation.row?.findings).toEqual([]);
    await simulation.advance(5 * MINUTE);
    expect(simulation.row?.findings).toMatchObject([{ code: 'overdue', severity: 'warning' }]);
    expect(simulation.row?.phase).toBe('waiting-for-dns');
    await simulation.advance(2 * HOUR);
    expectReady(simulation);
    expect(simulation.row?.findings).toEqual([]);
  });
});
